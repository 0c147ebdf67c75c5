import JSON

/// Reads the members of an object by key, in the order of the text.
struct PayloadKeyedContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let place: PayloadPlace
    let object: Int

    var codingPath: [any CodingKey] { place.noPath() }

    var allKeys: [Key] { place.names(of: object).compactMap { Key(stringValue: $0) } }

    func contains(_ key: Key) -> Bool { place.member(of: object, named: key.stringValue) != nil }

    @inline(__always)
    private func required(_ key: Key) throws(JSONError) -> Int {
        guard let value = place.member(of: object, named: key.stringValue) else { throw place.fail() }
        return value
    }

    /// The value of a member that is neither absent nor null.
    @inline(__always)
    private func present(_ key: Key) -> Int? { place.presentMember(of: object, named: key.stringValue) }

    func decodeNil(forKey key: Key) throws -> Bool { place.takesNull(try required(key)) }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<NestedKey> { throw place.fail() }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer { throw place.fail() }
    func superDecoder() throws -> any Decoder { throw place.fail() }
    func superDecoder(forKey key: Key) throws -> any Decoder { throw place.fail() }

    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { try place.value(type, at: required(key)) }
    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try place.bool(at: required(key)) }
    func decode(_ type: String.Type, forKey key: Key) throws -> String { try place.string(at: required(key)) }
    func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try place.double(at: required(key)) }
    func decode(_ type: Float.Type, forKey key: Key) throws -> Float { try place.float(at: required(key)) }
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try place.int(at: required(key)) }
    func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { try place.integer(type, at: required(key)) }
    func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { try place.integer(type, at: required(key)) }
    func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { try place.integer(type, at: required(key)) }
    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try place.integer(type, at: required(key)) }
    func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { try place.integer(type, at: required(key)) }
    func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { try place.integer(type, at: required(key)) }
    func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { try place.integer(type, at: required(key)) }
    func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { try place.integer(type, at: required(key)) }
    func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { try place.integer(type, at: required(key)) }

    // The other numbers are looked for, compared with null and read in three calls.

    func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T? {
        guard let value = present(key) else { return nil }
        return try place.value(type, at: value)
    }

    func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? {
        guard let value = present(key) else { return nil }
        return try place.bool(at: value)
    }

    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? {
        guard let value = present(key) else { return nil }
        return try place.string(at: value)
    }

    func decodeIfPresent(_ type: Double.Type, forKey key: Key) throws -> Double? {
        guard let value = present(key) else { return nil }
        return try place.double(at: value)
    }

    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? {
        guard let value = present(key) else { return nil }
        return try place.int(at: value)
    }
}
