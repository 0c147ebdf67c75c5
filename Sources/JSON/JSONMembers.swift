/// The members of an object, in the order of the source.
public struct JSONMembers: Sequence, IteratorProtocol, Sendable {
    private let document: JSONDocument
    private var position: Int
    private let end: Int

    init(_ value: JSONValue) {
        document = value.document
        position = value.index + 1
        end = value.kind == .object ? Int(document.tape[value.index].next) : position
    }

    /// The next member, nil after the last.
    public mutating func next() -> (key: String, value: JSONValue)? {
        guard position < end else { return nil }
        let key = position
        position = Int(document.tape[key + 1].next)
        return (document.string(key), JSONValue(document: document, index: key + 1))
    }
}
