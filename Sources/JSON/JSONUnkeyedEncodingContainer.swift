/// Writes the elements of an array.
struct JSONUnkeyedEncodingContainer: UnkeyedEncodingContainer {
    let state: JSONEncodingState
    let handle: JSONEncodingHandle

    var codingPath: [any CodingKey] { state.codingPath(of: handle) }
    var count: Int { state.elementCount(of: handle) }

    @inline(__always)
    private func write(_ body: (inout JSONWriter) -> Void) throws {
        let segment = try state.segment(of: handle)
        body(&state.segments[segment].writer)
        state.countElement(of: handle)
    }

    func encode<T: Encodable>(_ value: T) throws {
        let segment = try state.segment(of: handle)
        try state.transaction(in: segment) {
            try state.encode(value, in: segment, key: nil, parent: handle)
        }
        state.countElement(of: handle)
    }

    func nestedContainer<NestedKey: CodingKey>(keyedBy type: NestedKey.Type) -> KeyedEncodingContainer<NestedKey> {
        nested().container(keyedBy: type)
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { nested().unkeyedContainer() }
    func superEncoder() -> any Encoder { nested() }

    private func nested() -> JSONValueEncoder {
        let nested = state.nest(in: handle, key: nil)
        state.countElement(of: handle)
        return JSONValueEncoder(state: state, handle: nested)
    }

    func encodeNil() throws { try write { $0.null() } }
    func encode(_ value: Bool) throws { try write { $0.bool(value) } }
    func encode(_ value: String) throws { try write { $0.string(value) } }
    func encode(_ value: Double) throws { try write { $0.double(value) } }
    func encode(_ value: Float) throws { try write { $0.float(value) } }
    func encode(_ value: Int) throws { try write { $0.int(value) } }
    func encode(_ value: Int8) throws { try write { $0.int(value) } }
    func encode(_ value: Int16) throws { try write { $0.int(value) } }
    func encode(_ value: Int32) throws { try write { $0.int(value) } }
    func encode(_ value: Int64) throws { try write { $0.int(value) } }
    func encode(_ value: UInt) throws { try write { $0.int(value) } }
    func encode(_ value: UInt8) throws { try write { $0.int(value) } }
    func encode(_ value: UInt16) throws { try write { $0.int(value) } }
    func encode(_ value: UInt32) throws { try write { $0.int(value) } }
    func encode(_ value: UInt64) throws { try write { $0.int(value) } }
}
