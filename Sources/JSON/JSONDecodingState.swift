/// What all containers of one decoding share.
final class JSONDecodingState {
    let document: JSONDocument

    /// Where the search for a key begins: after the key last found, if the object is still the same.
    private var cursorObject = -1
    private var cursor = 0

    /// The fields asked for, kept only if unknown fields are to be refused.
    private let recordsRequests: Bool
    private var requests: [JSONFieldRequests] = []
    private var requestsOfObject: [Int: Int] = [:]
    /// The object asked last, and its place among the requests: fields are asked for in a row.
    private var lastObject = -1
    private var lastRequests = 0
    private var wasRequested: [Bool] = []

    init(_ document: JSONDocument, recordsRequests: Bool) {
        self.document = document
        self.recordsRequests = recordsRequests
        if recordsRequests { wasRequested = [Bool](repeating: false, count: document.tape.count) }
    }

    /// The value of an object's member, nil if there is none.
    func member(of object: Int, named name: String) -> Int? {
        let span = name.utf8.span
        let end = Int(document.tape[object].next)
        let first = cursorObject == object ? cursor : object + 1
        cursorObject = object
        var key = first
        while key < end {
            let value = key + 1
            let next = Int(document.tape[value].next)
            if document.key(key, equals: span) {
                cursor = next
                if recordsRequests { record(name, in: object, key: key) }
                return value
            }
            key = next
        }
        key = object + 1
        while key < first {
            let value = key + 1
            let next = Int(document.tape[value].next)
            if document.key(key, equals: span) {
                cursor = next
                if recordsRequests { record(name, in: object, key: key) }
                return value
            }
            key = next
        }
        cursor = first
        if recordsRequests { record(name, in: object, key: nil) }
        return nil
    }

    /// Decodes the value at a tape index.
    func value<T: Decodable>(_ type: T.Type, at index: Int) throws(JSONError) -> T {
        // What needs no decoder is read at once; this also spares collections of these types a decoder per element.
        if type == String.self, let value = try string(at: index) as? T { return value }
        if type == Int.self, let value = try document.integer(Int.self, at: index) as? T { return value }
        if type == Double.self, let value = try document.double(at: index) as? T { return value }
        if type == Bool.self, let value = try bool(at: index) as? T { return value }
        if type == JSONText.self, let value = JSONText(unchecked: document.rawText(index)) as? T { return value }
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
    func willDecodeMembers(of object: Int) {
        guard recordsRequests, requestsOfObject[object] == nil else { return }
        requestsOfObject[object] = requests.count
        lastObject = object
        lastRequests = requests.count
        requests.append(JSONFieldRequests(object: object))
    }

    private func record(_ name: String, in object: Int, key: Int?) {
        if let key { wasRequested[key] = true }
        if object != lastObject {
            guard let position = requestsOfObject[object] else { return }
            lastObject = object
            lastRequests = position
        }
        requests[lastRequests].names.append(name)
    }

    /// Refuses the first field, in the order of the source, that no type asked for.
    func checkUnknownFields() throws(JSONError) {
        var unknown: (key: Int, names: [String])?
        for request in requests {
            let end = Int(document.tape[request.object].next)
            var key = request.object + 1
            while key < end {
                if !wasRequested[key], key < unknown?.key ?? .max { unknown = (key, request.names) }
                key = Int(document.tape[key + 1].next)
            }
        }
        guard let unknown else { return }
        let name = document.string(unknown.key)
        let nearest = JSONNameDistance.nearest(to: name, in: unknown.names)
        let hint = nearest.map { "'\(JSONQuoting.escaped($0))'" }
        throw document.failure(
            .unknownField(name: name, nearest: nearest),
            "expected a known field\(hint.map { " such as \($0)" } ?? ""), found an unknown one", at: unknown.key)
    }
}
