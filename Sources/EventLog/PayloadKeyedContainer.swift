import JSON

/// Reads the members of an object by key, in the order of the text.
struct PayloadKeyedContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
    // What a container that is kept reads is noted beside it: only `reading` knows.
    private let place: PayloadPlace
    private let object: Int

    init(_ place: PayloadPlace, _ object: Int) {
        self.place = place
        self.object = object
    }

    @inline(__always)
    private var reading: (place: PayloadPlace, object: Int) { place.reading(object) }

    var codingPath: [any CodingKey] { reading.place.noPath() }

    var allKeys: [Key] {
        let reading = reading
        return reading.place.names(of: reading.object).compactMap { Key(stringValue: $0) }
    }

    func contains(_ key: Key) -> Bool {
        let reading = reading
        return reading.place.member(of: reading.object, named: key.stringValue) != nil
    }

    @inline(__always)
    private func required<R>(_ key: Key, _ read: (PayloadPlace, Int) throws -> R) throws -> R {
        let reading = reading
        guard let value = reading.place.member(of: reading.object, named: key.stringValue) else { throw reading.place.fail() }
        return try read(reading.place, value)
    }

    /// What is read of a member that is neither absent nor null.
    @inline(__always)
    private func present<R>(_ key: Key, _ read: (PayloadPlace, Int) throws -> R) throws -> R? {
        let reading = reading
        guard let value = reading.place.presentMember(of: reading.object, named: key.stringValue) else { return nil }
        return try read(reading.place, value)
    }

    func decodeNil(forKey key: Key) throws -> Bool { try required(key) { $0.takesNull($1) } }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<NestedKey> { throw reading.place.fail() }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer { throw reading.place.fail() }
    func superDecoder() throws -> any Decoder { throw reading.place.fail() }
    func superDecoder(forKey key: Key) throws -> any Decoder { throw reading.place.fail() }

    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { try required(key) { try $0.value(type, at: $1) } }
    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try required(key) { try $0.bool(at: $1) } }
    func decode(_ type: String.Type, forKey key: Key) throws -> String { try required(key) { try $0.string(at: $1) } }
    func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try required(key) { try $0.double(at: $1) } }
    func decode(_ type: Float.Type, forKey key: Key) throws -> Float { try required(key) { try $0.float(at: $1) } }
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try required(key) { try $0.int(at: $1) } }
    func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { try required(key) { try $0.integer(type, at: $1) } }
    func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { try required(key) { try $0.integer(type, at: $1) } }
    func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { try required(key) { try $0.integer(type, at: $1) } }
    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try required(key) { try $0.integer(type, at: $1) } }
    func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { try required(key) { try $0.integer(type, at: $1) } }
    func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { try required(key) { try $0.integer(type, at: $1) } }
    func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { try required(key) { try $0.integer(type, at: $1) } }
    func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { try required(key) { try $0.integer(type, at: $1) } }
    func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { try required(key) { try $0.integer(type, at: $1) } }

    // The other numbers are looked for, compared with null and read in three calls.

    func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T? {
        try present(key) { try $0.value(type, at: $1) }
    }

    func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? {
        try present(key) { try $0.bool(at: $1) }
    }

    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? {
        try present(key) { try $0.string(at: $1) }
    }

    func decodeIfPresent(_ type: Double.Type, forKey key: Key) throws -> Double? {
        try present(key) { try $0.double(at: $1) }
    }

    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? {
        try present(key) { try $0.int(at: $1) }
    }
}
