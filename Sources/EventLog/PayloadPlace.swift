import JSON
import Synchronization

/// A decoding in progress, as its containers know it; that of a container that is kept is noted elsewhere, and found by `reading`.
struct PayloadPlace: BitwiseCopyable {
    private let state: UnsafeMutablePointer<PayloadMemory.State>
    private let number: UInt64

    /// The number of no decoding.
    private static let kept: UInt64 = 0

    init(_ state: UnsafeMutablePointer<PayloadMemory.State>, _ number: UInt64) {
        self.state = state
        self.number = number
    }

    // MARK: Containers of objects

    /// What a container reads: of one that is kept, whose place has no decoding, what is noted for it.
    @inline(__always)
    func reading(_ object: Int) -> (place: PayloadPlace, object: Int) {
        guard number == Self.kept else { return (self, object) }
        let noted = state.pointee.containers.reading(object)
        return (PayloadPlace(state, noted.decoding), noted.object)
    }

    @inline(__always)
    func container<Key: CodingKey>(_ keys: Key.Type, of object: Int) -> KeyedDecodingContainer<Key> {
        let kept = state.pointee.containers.container(ObjectIdentifier(Key.self), KeptContainers.Reading(decoding: number, object: object))
        guard let kept else { return newContainer(keys, object) }
        // Of the type that was kept for these keys.
        return kept._withUnsafeGuaranteedRef { unsafeDowncast($0, to: KeptContainerOf<KeyedDecodingContainer<Key>>.self).copy() }
    }

    @inline(never)
    private func newContainer<Key: CodingKey>(_ keys: Key.Type, _ object: Int) -> KeyedDecodingContainer<Key> {
        let kept = state.pointee.containers.keep(keys, KeptContainers.Reading(decoding: number, object: object)) { number in
            KeyedDecodingContainer(PayloadKeyedContainer<Key>(PayloadPlace(state, Self.kept), number))
        }
        return kept ?? KeyedDecodingContainer(PayloadKeyedContainer<Key>(self, object))
    }

    // MARK: Access

    /// Every access goes through here.
    @inline(__always)
    private func read<R>(_ body: (inout JSONTextReader, Span<UInt8>) throws(JSONError) -> R) throws(JSONError) -> R {
        guard state.pointee.number.load(ordering: .relaxed) == number else { throw JSONTextReader.givenUp }
        return try body(&state.pointee.reader, state.pointee.text.span)
    }

    /// What a type makes of the whole text.
    // Like the others it returns what it is given, and looks at nothing afterwards: each look takes a copy of the value.
    func whole<T: Decodable>(_ type: T.Type) throws(JSONError) -> T { try decoded(type, at: read { $0.begin($1) }) }

    /// Decodes a value. Some types are read at once, which spares their fields, and collections of them, a decoder.
    // Cast without a look, since the types are compared: `as? T` looks up `T?` first, a twentieth of all decoding.
    func value<T: Decodable>(_ type: T.Type, at value: Int) throws(JSONError) -> T {
        if type == Timestamp.self { return unsafeBitCast(try timestamp(at: value), to: type) }
        if type == JSONText.self { return unsafeBitCast(JSONText(unchecked: try rawText(at: value)), to: type) }
        if type == String.self { return unsafeBitCast(try string(at: value), to: type) }
        if type == Int.self { return unsafeBitCast(try int(at: value), to: type) }
        if type == Double.self { return unsafeBitCast(try double(at: value), to: type) }
        if type == Bool.self { return unsafeBitCast(try bool(at: value), to: type) }
        return try decoded(type, at: value)
    }

    private func decoded<T: Decodable>(_ type: T.Type, at value: Int) throws(JSONError) -> T {
        let around = try read { reader, _ throws(JSONError) in try reader.enter(value) }
        do {
            let result = try T(from: PayloadValueDecoder(place: self, value: value))
            try read { reader, text throws(JSONError) in try reader.leave(around, text) }
            return result
        } catch {
            throw fail()
        }
    }

    // MARK: Objects and arrays

    func beginObject(_ value: Int) throws(JSONError) {
        try read { reader, text throws(JSONError) in try reader.beginObject(value, text) }
    }

    func beginArray(_ value: Int) throws(JSONError) -> Int {
        try read { reader, text throws(JSONError) in try reader.beginArray(value, text) }
    }

    @inline(__always)
    func member(of object: Int, named name: String) -> Int? { (try? read { $0.member(of: object, named: name, $1) }) ?? nil }

    @inline(__always)
    func presentMember(of object: Int, named name: String) -> Int? { (try? read { $0.presentMember(of: object, named: name, $1) }) ?? nil }

    func names(of object: Int) -> [String] { (try? read { $0.names(of: object, $1) }) ?? [] }

    func isEnd(_ element: Int, of array: Int) -> Bool { (try? read { $0.isEnd(element, of: array, $1) }) ?? true }

    func nextElement(of array: Int) -> Int { (try? read { reader, _ in reader.nextElement(of: array) }) ?? JSONTextReader.nowhere }

    func elementCount(from element: Int, of array: Int) -> Int {
        (try? read { $0.elementCount(from: element, of: array, $1) }) ?? 0
    }

    // MARK: Values

    func takesNull(_ value: Int) -> Bool { (try? read { $0.takesNull(value, $1) }) ?? false }

    @inline(__always)
    func string(at value: Int) throws(JSONError) -> String {
        try read { reader, text throws(JSONError) in
            let (content, hasEscapes) = try reader.string(at: value, text)
            if hasEscapes { return String(decoding: JSONTextReader.unescaped(content, text), as: UTF8.self) }
            return text.extracting(content).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
        }
    }

    func rawText(at value: Int) throws(JSONError) -> String {
        try read { reader, text throws(JSONError) in
            text.extracting(try reader.rawText(at: value, text)).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
        }
    }

    /// A number, or a text that is a time without the resolution of escapes.
    private func timestamp(at value: Int) throws(JSONError) -> Timestamp {
        try read { reader, text throws(JSONError) in
            let time =
                reader.isNumber(value, text)
                ? Timestamp(unixSeconds: try reader.double(at: value, text))
                : Timestamp(scanning: text.extracting(try reader.string(at: value, text).content))
            guard let time else { throw reader.fail() }
            return time
        }
    }

    func bool(at value: Int) throws(JSONError) -> Bool {
        try read { reader, text throws(JSONError) in try reader.bool(at: value, text) }
    }

    @inline(__always)
    func int(at value: Int) throws(JSONError) -> Int {
        try read { reader, text throws(JSONError) in try reader.int(at: value, text) }
    }

    func integer<T: FixedWidthInteger>(_ type: T.Type, at value: Int) throws(JSONError) -> T {
        guard let result = T(exactly: try int(at: value)) else { throw fail() }
        return result
    }

    @inline(__always)
    func double(at value: Int) throws(JSONError) -> Double {
        try read { reader, text throws(JSONError) in try reader.double(at: value, text) }
    }

    func float(at value: Int) throws(JSONError) -> Float {
        try read { reader, text throws(JSONError) in try reader.float(at: value, text) }
    }

    // MARK: Giving up

    /// Ends the attempt.
    @discardableResult
    func fail() -> JSONError { (try? read { reader, _ in reader.fail() }) ?? JSONTextReader.givenUp }

    /// For whoever wants to know a path: that takes a parsed document.
    func noPath() -> [any CodingKey] {
        fail()
        return []
    }
}
