/// What all containers of one decoding share.
final class JSONDecodingState {
    let document: JSONDocument

    /// Where the search for a key begins: after the key last found, if the object is still the same.
    private var cursorObject = -1
    private var cursor = 0

    /// The fields asked for, where unknown ones are to be refused.
    private var asked: JSONAskedFields?
    /// The same where there are too many for that, or to find out which one is unknown.
    private let requests: JSONFieldRequests?

    init(_ document: JSONDocument, recordsRequests: Bool) {
        self.document = document
        let isShort = document.tape.count <= JSONAskedFields.greatestCount
        asked = recordsRequests && isShort ? JSONAskedFields() : nil
        requests = recordsRequests && !isShort ? JSONFieldRequests(document) : nil
    }

    /// To find out which field of a document is unknown.
    private init(diagnosing document: JSONDocument) {
        self.document = document
        requests = JSONFieldRequests(document)
    }

    /// The value of an object's member, nil if there is none.
    @inline(__always)
    func member(of object: Int, named name: String) -> Int? {
        let key = key(of: object, named: name)
        if let key { asked?.note(key) }
        requests?.note(name, in: object, key: key)
        return key.map { $0 &+ 1 }
    }

    /// Looks from the member after the one last found to the end, then from the first: fields mostly come in the order they are asked for.
    private func key(of object: Int, named name: String) -> Int? {
        let name = name.utf8.span
        let first = cursorObject == object ? cursor : object + 1
        cursorObject = object
        cursor = first
        let end = Int(document.tape[object].next)
        return key(named: name, from: first, to: end) ?? key(named: name, from: object + 1, to: first)
    }

    @inline(__always)
    private func key(named name: Span<UInt8>, from first: Int, to end: Int) -> Int? {
        var key = first
        while key < end {
            let next = Int(document.tape[key + 1].next)
            if document.key(key, equals: name) {
                cursor = next
                return key
            }
            key = next
        }
        return nil
    }

    /// Decodes the value at a tape index, and refuses fields that nobody asked for if they are to be refused.
    func whole<T: Decodable>(_ type: T.Type, at index: Int) throws(JSONError) -> T {
        let value = try value(type, at: index)
        if let requests { try requests.check(document) }
        if let asked, !asked.isComplete(document) { _ = try JSONDecodingState(diagnosing: document).whole(type, at: index) }
        return value
    }

    /// Decodes the value at a tape index.
    @inline(__always)
    func value<T: Decodable>(_ type: T.Type, at index: Int) throws(JSONError) -> T {
        let needsNoDecoder =
            type == String.self || type == Int.self || type == Double.self || type == Bool.self || type == JSONText.self
        return needsNoDecoder ? try plainValue(type, at: index) : try decodedValue(type, at: index)
    }

    /// What is read at once; this spares collections of these types a decoder per element.
    ///
    /// A function of its own: the runtime looks up `T?` where it begins, a twentieth of all decoding when every type paid for it.
    @inline(never)
    private func plainValue<T: Decodable>(_ type: T.Type, at index: Int) throws(JSONError) -> T {
        if type == String.self, let value = try string(at: index) as? T { return value }
        if type == Int.self, let value = try document.integer(Int.self, at: index) as? T { return value }
        if type == Double.self, let value = try document.double(at: index) as? T { return value }
        if type == Bool.self, let value = try bool(at: index) as? T { return value }
        if type == JSONText.self, let value = JSONText(unchecked: document.rawText(index)) as? T { return value }
        return try decodedValue(type, at: index)
    }

    private func decodedValue<T: Decodable>(_ type: T.Type, at index: Int) throws(JSONError) -> T {
        let savedObject = cursorObject
        let savedCursor = cursor
        defer {
            cursorObject = savedObject
            cursor = savedCursor
        }
        do {
            return try T(from: JSONValueDecoder(state: self, index: index))
        } catch {
            throw document.failure(from: error, decoding: type, at: index)
        }
    }

    @inline(__always)
    func string(at index: Int) throws(JSONError) -> String {
        guard document.tape[index].kind == .string else { throw document.wrongType("a string", at: index) }
        return document.string(index)
    }

    @inline(__always)
    func bool(at index: Int) throws(JSONError) -> Bool {
        guard document.tape[index].kind == .bool else { throw document.wrongType("true or false", at: index) }
        return document.isTrue(index)
    }

    @inline(__always)
    func isNull(_ index: Int) -> Bool {
        document.tape[index].kind == .null
    }

    /// Notes that an object is decoded by key.
    @inline(__always)
    func willDecodeMembers(of object: Int) {
        asked?.begin(object)
        requests?.begin(object)
    }
}
