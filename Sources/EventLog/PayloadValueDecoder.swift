import JSON

/// The decoder of one value of a payload.
struct PayloadValueDecoder: JSONRawTextDecoder {
    let place: PayloadPlace
    let value: Int

    var codingPath: [any CodingKey] { place.noPath() }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        try place.beginObject(value)
        return place.container(type, of: value)
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        PayloadUnkeyedContainer(place: place, array: value, next: try place.beginArray(value))
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer { PayloadSingleValueContainer(place: place, value: value) }

    func rawText() throws -> String { try place.rawText(at: value) }
}
