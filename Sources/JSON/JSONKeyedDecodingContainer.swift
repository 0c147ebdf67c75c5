/// Reads the members of an object by key.
struct JSONKeyedDecodingContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let state: JSONDecodingState
    let object: Int

    var codingPath: [any CodingKey] { JSONValueDecoder(state: state, index: object).codingPath }

    var allKeys: [Key] {
        JSONMembers(JSONValue(document: state.document, index: object)).compactMap { Key(stringValue: $0.key) }
    }

    func contains(_ key: Key) -> Bool {
        state.member(of: object, named: key.stringValue) != nil
    }

    /// The tape index of a required member.
    @inline(__always)
    private func required(_ key: some CodingKey) throws(JSONError) -> Int {
        let name = key.stringValue
        guard let index = state.member(of: object, named: name) else {
            throw state.document.missing(.key(name), in: object, "expected this required field, found none")
        }
        return index
    }

    /// The tape index of a member that is neither absent nor null.
    @inline(__always)
    private func present(_ key: Key) -> Int? {
        guard let index = state.member(of: object, named: key.stringValue), !state.isNull(index) else { return nil }
        return index
    }

    func decodeNil(forKey key: Key) throws -> Bool { state.isNull(try required(key)) }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<NestedKey> {
        try JSONValueDecoder(state: state, index: required(key)).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try JSONValueDecoder(state: state, index: required(key)).unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder {
        JSONValueDecoder(state: state, index: try required(JSONCodingKey.superValue))
    }

    func superDecoder(forKey key: Key) throws -> any Decoder {
        JSONValueDecoder(state: state, index: try required(key))
    }

    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { try state.value(type, at: required(key)) }
    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try state.bool(at: required(key)) }
    func decode(_ type: String.Type, forKey key: Key) throws -> String { try state.string(at: required(key)) }
    func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try state.document.double(at: required(key)) }
    func decode(_ type: Float.Type, forKey key: Key) throws -> Float { try state.document.float(at: required(key)) }
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try state.document.integer(type, at: required(key)) }
    func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { try state.document.integer(type, at: required(key)) }
    func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { try state.document.integer(type, at: required(key)) }
    func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { try state.document.integer(type, at: required(key)) }
    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try state.document.integer(type, at: required(key)) }
    func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { try state.document.integer(type, at: required(key)) }
    func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { try state.document.integer(type, at: required(key)) }
    func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { try state.document.integer(type, at: required(key)) }
    func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { try state.document.integer(type, at: required(key)) }
    func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { try state.document.integer(type, at: required(key)) }

    func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T? {
        guard let index = present(key) else { return nil }
        return try state.value(type, at: index)
    }

    func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? {
        guard let index = present(key) else { return nil }
        return try state.bool(at: index)
    }

    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? {
        guard let index = present(key) else { return nil }
        return try state.string(at: index)
    }

    func decodeIfPresent(_ type: Double.Type, forKey key: Key) throws -> Double? {
        guard let index = present(key) else { return nil }
        return try state.document.double(at: index)
    }

    func decodeIfPresent(_ type: Float.Type, forKey key: Key) throws -> Float? {
        guard let index = present(key) else { return nil }
        return try state.document.float(at: index)
    }

    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? {
        guard let index = present(key) else { return nil }
        return try state.document.integer(type, at: index)
    }

    func decodeIfPresent(_ type: Int8.Type, forKey key: Key) throws -> Int8? {
        guard let index = present(key) else { return nil }
        return try state.document.integer(type, at: index)
    }

    func decodeIfPresent(_ type: Int16.Type, forKey key: Key) throws -> Int16? {
        guard let index = present(key) else { return nil }
        return try state.document.integer(type, at: index)
    }

    func decodeIfPresent(_ type: Int32.Type, forKey key: Key) throws -> Int32? {
        guard let index = present(key) else { return nil }
        return try state.document.integer(type, at: index)
    }

    func decodeIfPresent(_ type: Int64.Type, forKey key: Key) throws -> Int64? {
        guard let index = present(key) else { return nil }
        return try state.document.integer(type, at: index)
    }

    func decodeIfPresent(_ type: UInt.Type, forKey key: Key) throws -> UInt? {
        guard let index = present(key) else { return nil }
        return try state.document.integer(type, at: index)
    }

    func decodeIfPresent(_ type: UInt8.Type, forKey key: Key) throws -> UInt8? {
        guard let index = present(key) else { return nil }
        return try state.document.integer(type, at: index)
    }

    func decodeIfPresent(_ type: UInt16.Type, forKey key: Key) throws -> UInt16? {
        guard let index = present(key) else { return nil }
        return try state.document.integer(type, at: index)
    }

    func decodeIfPresent(_ type: UInt32.Type, forKey key: Key) throws -> UInt32? {
        guard let index = present(key) else { return nil }
        return try state.document.integer(type, at: index)
    }

    func decodeIfPresent(_ type: UInt64.Type, forKey key: Key) throws -> UInt64? {
        guard let index = present(key) else { return nil }
        return try state.document.integer(type, at: index)
    }
}
