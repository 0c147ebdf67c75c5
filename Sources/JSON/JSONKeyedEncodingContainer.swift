/// Writes the members of an object.
struct JSONKeyedEncodingContainer<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let state: JSONEncodingState
    let handle: JSONEncodingHandle

    var codingPath: [any CodingKey] { state.codingPath(of: handle) }

    @inline(__always)
    private func write(_ key: Key, _ body: (inout JSONWriter) -> Void) throws {
        let segment = try state.segment(of: handle)
        state.segments[segment].writer.key(key.stringValue)
        body(&state.segments[segment].writer)
    }

    func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
        let segment = try state.segment(of: handle)
        let name = key.stringValue
        try state.transaction(in: segment) {
            state.segments[segment].writer.key(name)
            try state.encode(value, in: segment, key: name, parent: handle)
        }
    }

    func nestedContainer<NestedKey: CodingKey>(keyedBy type: NestedKey.Type, forKey key: Key) -> KeyedEncodingContainer<NestedKey> {
        nested(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { nested(key).unkeyedContainer() }
    func superEncoder() -> any Encoder { nested(JSONCodingKey.superValue) }
    func superEncoder(forKey key: Key) -> any Encoder { nested(key) }

    private func nested(_ key: some CodingKey) -> JSONValueEncoder {
        JSONValueEncoder(state: state, handle: state.nest(in: handle, key: key.stringValue))
    }

    func encodeNil(forKey key: Key) throws { try write(key) { $0.null() } }
    func encode(_ value: Bool, forKey key: Key) throws { try write(key) { $0.bool(value) } }
    func encode(_ value: String, forKey key: Key) throws { try write(key) { $0.string(value) } }
    func encode(_ value: Double, forKey key: Key) throws { try write(key) { $0.double(value) } }
    func encode(_ value: Float, forKey key: Key) throws { try write(key) { $0.float(value) } }
    func encode(_ value: Int, forKey key: Key) throws { try write(key) { $0.int(value) } }
    func encode(_ value: Int8, forKey key: Key) throws { try write(key) { $0.int(value) } }
    func encode(_ value: Int16, forKey key: Key) throws { try write(key) { $0.int(value) } }
    func encode(_ value: Int32, forKey key: Key) throws { try write(key) { $0.int(value) } }
    func encode(_ value: Int64, forKey key: Key) throws { try write(key) { $0.int(value) } }
    func encode(_ value: UInt, forKey key: Key) throws { try write(key) { $0.int(value) } }
    func encode(_ value: UInt8, forKey key: Key) throws { try write(key) { $0.int(value) } }
    func encode(_ value: UInt16, forKey key: Key) throws { try write(key) { $0.int(value) } }
    func encode(_ value: UInt32, forKey key: Key) throws { try write(key) { $0.int(value) } }
    func encode(_ value: UInt64, forKey key: Key) throws { try write(key) { $0.int(value) } }
}
