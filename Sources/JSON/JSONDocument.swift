/// A parsed JSON text.
///
/// The document refers to the bytes it was parsed from and to a tape of the values' positions; the values themselves are read from
/// the bytes on demand.
///
/// ```swift
/// let document = try JSONDocument(parsing: Array(#"{"name": "start", "views": 3}"#.utf8))
/// let views = document.root["views"]?.int
/// ```
public struct JSONDocument: Sendable {
    /// The text the document was parsed from. Offsets count from its first byte, whatever its `startIndex`.
    public let bytes: ArraySlice<UInt8>

    let tape: [JSONTapeEntry]

    init(bytes: ArraySlice<UInt8>, tape: [JSONTapeEntry]) {
        self.bytes = bytes
        self.tape = tape
    }

    /// Parses one JSON text.
    ///
    /// - Parameters:
    ///   - bytes: The whole text.
    ///   - maxDepth: How deep objects and arrays may be nested, at most `JSONParser.greatestMaxDepth`.
    /// - Throws: `JSONError` of kind `syntax`, `duplicateField`, `tooDeep`, `invalidUTF8`, or `outOfRange` from 4 GiB on.
    public init(parsing bytes: [UInt8], maxDepth: Int = 128) throws(JSONError) {
        try self.init(parsing: bytes[...], maxDepth: maxDepth)
    }

    /// Parses one JSON text that is part of a larger buffer, without copying it.
    ///
    /// - Parameters:
    ///   - bytes: The whole text.
    ///   - maxDepth: How deep objects and arrays may be nested, at most `JSONParser.greatestMaxDepth`.
    /// - Throws: `JSONError` of kind `syntax`, `duplicateField`, `tooDeep`, `invalidUTF8`, or `outOfRange` from 4 GiB on.
    public init(parsing bytes: ArraySlice<UInt8>, maxDepth: Int = 128) throws(JSONError) {
        var parser = JSONParser(maxDepth: maxDepth)
        self = try parser.parse(bytes)
    }

    /// The outermost value.
    public var root: JSONValue { JSONValue(document: self, index: 0) }

    /// Decodes the root value; see `JSONValue.decode(_:rejectUnknownFields:)`.
    ///
    /// ```swift
    /// let page = try document.decode(Page.self, rejectUnknownFields: true)
    /// ```
    ///
    /// - Parameters:
    ///   - type: The type to decode.
    ///   - rejectUnknownFields: Whether a field that `type` never asks for is an error.
    /// - Returns: The decoded value.
    /// - Throws: `JSONError` with the path of the field concerned.
    public consuming func decode<T: Decodable>(_ type: T.Type, rejectUnknownFields: Bool = false) throws(JSONError) -> T {
        try JSONDecodingState(self, recordsRequests: rejectUnknownFields).whole(type, at: 0)
    }
}
