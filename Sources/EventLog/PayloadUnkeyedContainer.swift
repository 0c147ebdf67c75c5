import JSON

/// Reads the elements of an array of a payload in turn.
struct PayloadUnkeyedContainer: UnkeyedDecodingContainer {
    let place: PayloadPlace
    let array: Int
    private var next: Int
    private(set) var currentIndex = 0

    init(place: PayloadPlace, array: Int, next: Int) {
        self.place = place
        self.array = array
        self.next = next
    }

    var codingPath: [any CodingKey] { place.noPath() }
    var count: Int? { currentIndex + place.elementCount(from: next, of: array) }
    var isAtEnd: Bool { place.isEnd(next, of: array) }

    /// Goes on also after an error, which ends the attempt: whoever counts the elements comes to an end.
    @inline(__always)
    private mutating func take<T>(_ read: (Int) throws -> T) throws -> T {
        defer {
            next = place.nextElement(of: array)
            currentIndex += 1
        }
        return try read(next)
    }

    mutating func decodeNil() throws -> Bool {
        guard !isAtEnd else { throw place.fail() }
        guard place.takesNull(next) else { return false }
        return try take { _ in true }
    }

    mutating func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type
    ) throws -> KeyedDecodingContainer<NestedKey> { try take { [place] _ in throw place.fail() } }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try take { [place] _ in throw place.fail() } }
    mutating func superDecoder() throws -> any Decoder { try take { [place] _ in throw place.fail() } }

    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T { try take { [place] in try place.value(type, at: $0) } }
    mutating func decode(_ type: Bool.Type) throws -> Bool { try take { [place] in try place.bool(at: $0) } }
    mutating func decode(_ type: String.Type) throws -> String { try take { [place] in try place.string(at: $0) } }
    mutating func decode(_ type: Double.Type) throws -> Double { try take { [place] in try place.double(at: $0) } }
    mutating func decode(_ type: Float.Type) throws -> Float { try take { [place] in try place.float(at: $0) } }
    mutating func decode(_ type: Int.Type) throws -> Int { try take { [place] in try place.int(at: $0) } }
    mutating func decode(_ type: Int8.Type) throws -> Int8 { try take { [place] in try place.integer(type, at: $0) } }
    mutating func decode(_ type: Int16.Type) throws -> Int16 { try take { [place] in try place.integer(type, at: $0) } }
    mutating func decode(_ type: Int32.Type) throws -> Int32 { try take { [place] in try place.integer(type, at: $0) } }
    mutating func decode(_ type: Int64.Type) throws -> Int64 { try take { [place] in try place.integer(type, at: $0) } }
    mutating func decode(_ type: UInt.Type) throws -> UInt { try take { [place] in try place.integer(type, at: $0) } }
    mutating func decode(_ type: UInt8.Type) throws -> UInt8 { try take { [place] in try place.integer(type, at: $0) } }
    mutating func decode(_ type: UInt16.Type) throws -> UInt16 { try take { [place] in try place.integer(type, at: $0) } }
    mutating func decode(_ type: UInt32.Type) throws -> UInt32 { try take { [place] in try place.integer(type, at: $0) } }
    mutating func decode(_ type: UInt64.Type) throws -> UInt64 { try take { [place] in try place.integer(type, at: $0) } }
}
