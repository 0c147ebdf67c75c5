/// The encoder of one value.
struct JSONValueEncoder: Encoder {
    let state: JSONEncodingState
    let handle: JSONEncodingHandle

    var codingPath: [any CodingKey] { state.codingPath(of: handle) }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        state.begin(.object, of: handle)
        return KeyedEncodingContainer(JSONKeyedEncodingContainer<Key>(state: state, handle: handle))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        state.begin(.array, of: handle)
        return JSONUnkeyedEncodingContainer(state: state, handle: handle)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer {
        JSONSingleValueEncodingContainer(state: state, handle: handle)
    }

    /// Writes a value that is the whole of this encoder's value.
    func writeScalar(_ write: (inout JSONWriter) -> Void) throws {
        let segment = try state.segment(of: handle)
        state.begin(.value, of: handle)
        write(&state.segments[segment].writer)
    }
}
