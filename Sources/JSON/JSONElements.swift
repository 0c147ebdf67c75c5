/// The elements of an array.
public struct JSONElements: Sequence, IteratorProtocol, Sendable {
    private let document: JSONDocument
    private var position: Int
    private let end: Int

    init(_ value: JSONValue) {
        document = value.document
        position = value.index + 1
        end = value.kind == .array ? Int(document.tape[value.index].next) : position
    }

    /// The next element, nil after the last.
    public mutating func next() -> JSONValue? {
        guard position < end else { return nil }
        let element = position
        position = Int(document.tape[element].next)
        return JSONValue(document: document, index: element)
    }
}
