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

    @inline(__always)
    private mutating func take<T>(_ value: T) -> T {
        next = place.nextElement()
        currentIndex += 1
        return value
    }

    mutating func decodeNil() throws -> Bool {
        guard !isAtEnd else { throw JSONTextReader.giveUp }
        return place.takesNull(next) && take(true)
    }

    mutating func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type
    ) throws -> KeyedDecodingContainer<NestedKey> { throw place.fail() }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { throw place.fail() }
    mutating func superDecoder() throws -> any Decoder { throw place.fail() }

    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T { take(try place.value(type, at: next)) }
    mutating func decode(_ type: Bool.Type) throws -> Bool { take(try place.bool(at: next)) }
    mutating func decode(_ type: String.Type) throws -> String { take(try place.string(at: next)) }
    mutating func decode(_ type: Double.Type) throws -> Double { take(try place.double(at: next)) }
    mutating func decode(_ type: Float.Type) throws -> Float { take(try place.float(at: next)) }
    mutating func decode(_ type: Int.Type) throws -> Int { take(try place.int(at: next)) }
    mutating func decode(_ type: Int8.Type) throws -> Int8 { take(try place.integer(type, at: next)) }
    mutating func decode(_ type: Int16.Type) throws -> Int16 { take(try place.integer(type, at: next)) }
    mutating func decode(_ type: Int32.Type) throws -> Int32 { take(try place.integer(type, at: next)) }
    mutating func decode(_ type: Int64.Type) throws -> Int64 { take(try place.integer(type, at: next)) }
    mutating func decode(_ type: UInt.Type) throws -> UInt { take(try place.integer(type, at: next)) }
    mutating func decode(_ type: UInt8.Type) throws -> UInt8 { take(try place.integer(type, at: next)) }
    mutating func decode(_ type: UInt16.Type) throws -> UInt16 { take(try place.integer(type, at: next)) }
    mutating func decode(_ type: UInt32.Type) throws -> UInt32 { take(try place.integer(type, at: next)) }
    mutating func decode(_ type: UInt64.Type) throws -> UInt64 { take(try place.integer(type, at: next)) }
}
