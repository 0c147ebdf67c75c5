/// The decoder of one value.
struct JSONValueDecoder: JSONRawTextDecoder {
    let state: JSONDecodingState
    let index: Int

    var codingPath: [any CodingKey] { state.document.components(to: index).map(\.codingKey) }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard state.document.tape[index].kind == .object else { throw state.document.wrongType("an object", at: index) }
        state.willDecodeMembers(of: index)
        return KeyedDecodingContainer(JSONKeyedDecodingContainer<Key>(state: state, object: index))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard state.document.tape[index].kind == .array else { throw state.document.wrongType("an array", at: index) }
        return JSONUnkeyedDecodingContainer(state: state, array: index)
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer {
        JSONSingleValueDecodingContainer(state: state, index: index)
    }

    func rawText() -> String { state.document.rawText(index) }
}
