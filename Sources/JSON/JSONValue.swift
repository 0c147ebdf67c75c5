/// A value in a parsed document.
///
/// ```swift
/// let root = try JSONDocument(parsing: bytes).root
/// for (key, value) in root.members {
///     print(key, value.kind, value.rawText)
/// }
/// let third = root["items"]?.elements.dropFirst(2).first { _ in true }?.string
/// ```
public struct JSONValue: Sendable {
    let document: JSONDocument
    let index: Int

    /// The type of the value.
    public var kind: JSONKind { document.tape[index].kind }

    /// The members of an object in the order of the source; none for any other value.
    public var members: JSONMembers { JSONMembers(self) }

    /// The elements of an array; none for any other value.
    public var elements: JSONElements { JSONElements(self) }

    /// The value of the member with a name, compared by UTF-8; nil if there is none or the value is no object.
    public subscript(key: String) -> JSONValue? {
        guard kind == .object, let member = document.member(of: index, named: key.utf8.span) else { return nil }
        return JSONValue(document: document, index: member)
    }

    /// The text of a string, nil for any other value.
    public var string: String? {
        kind == .string ? document.string(index) : nil
    }

    /// The value of an integral number (`5`, `5.0`, `1e3`) that fits an `Int`, nil for any other value.
    public var int: Int? {
        try? document.integer(Int.self, at: index)
    }

    /// The value of a number, rounded to the nearest double; nil for any other value, and beyond the range of doubles.
    public var double: Double? {
        try? document.double(at: index)
    }

    /// The value of `true` or `false`, nil for any other value.
    public var bool: Bool? {
        kind == .bool ? document.isTrue(index) : nil
    }

    /// Whether the value is `null`.
    public var isNull: Bool { kind == .null }

    /// The exact source text of the value.
    public var rawText: String { document.rawText(index) }

    /// The exact source bytes of the value.
    public var rawBytes: ArraySlice<UInt8> { document.bytes[document.range(index)] }

    /// The offset of the value in the document's text.
    public var offset: Int { Int(document.tape[index].start) }

    /// The path from the document's root, as in `items[3].name`.
    public var path: String { document.path(to: index) }

    /// Decodes the value.
    ///
    /// Integers take any integral number in range (`5`, `5.0`, `1e3`), floating-point types any number in range, `Bool` only `true`
    /// and `false`, `String` only strings. `null` decodes only as an optional or as `JSONText`.
    ///
    /// ```swift
    /// let page = try root.decode(Page.self, rejectUnknownFields: true)
    /// ```
    ///
    /// - Parameters:
    ///   - type: The type to decode.
    ///   - rejectUnknownFields: Whether a field that is never asked for is an error, in this object and in all nested objects that
    ///     are decoded by key.
    /// - Returns: The decoded value.
    /// - Throws: `JSONError` with the path of the field concerned.
    public consuming func decode<T: Decodable>(_ type: T.Type, rejectUnknownFields: Bool = false) throws(JSONError) -> T {
        try JSONDecodingState(document, recordsRequests: rejectUnknownFields).whole(type, at: index)
    }
}
