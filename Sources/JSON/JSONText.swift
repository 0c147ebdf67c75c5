/// The exact text of one JSON value, kept as it was written.
///
/// Decoded from a `JSONDocument` it holds the value's source bytes unchanged, whitespace and all; encoded by `JSONEncoding` it is
/// written unchanged. Equality and hash are those of the UTF-8 text; for equality of meaning see `JSONValue.isEquivalent(to:)`.
///
/// ```swift
/// struct Event: Codable {
///     var name: String
///     var payload: JSONText
/// }
/// ```
public struct JSONText: Codable, Hashable, Sendable, CustomStringConvertible {
    /// The text of the value.
    public let text: String

    /// Checks that a text is one valid JSON value.
    ///
    /// ```swift
    /// let payload = try JSONText(validating: #"{"price": 1.50}"#)
    /// ```
    ///
    /// - Parameter text: The text; whitespace around the value is kept.
    /// - Throws: `JSONError` as `JSONDocument(parsing:)`.
    public init(validating text: String) throws(JSONError) {
        _ = try JSONDocument(parsing: Array(text.utf8))
        self.text = text
    }

    /// The exact text of a parsed value.
    public init(_ value: JSONValue) {
        text = value.rawText
    }

    /// For text that was checked before, such as a stored column.
    public init(unchecked text: String) {
        self.text = text
    }

    /// Takes the source text of the value.
    ///
    /// - Throws: `DecodingError.dataCorrupted` with a decoder that does not have the source text.
    public init(from decoder: any Decoder) throws {
        guard let decoder = decoder as? any JSONRawTextDecoder else {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(codingPath: decoder.codingPath, debugDescription: "JSONText can be decoded only from JSON by Spool"))
        }
        text = try decoder.rawText()
    }

    /// Writes the text unchanged.
    ///
    /// - Throws: `EncodingError.invalidValue` with an encoder other than that of `JSONEncoding`.
    public func encode(to encoder: any Encoder) throws {
        guard let encoder = encoder as? JSONValueEncoder else {
            throw EncodingError.invalidValue(
                self,
                EncodingError.Context(
                    codingPath: encoder.codingPath, debugDescription: "JSONText can be encoded only by JSONEncoding.encode"))
        }
        try encoder.writeScalar { $0.raw(text) }
    }

    /// The text of the value.
    public var description: String { text }

    /// Whether the texts are the same, byte for byte.
    public static func == (first: JSONText, second: JSONText) -> Bool {
        first.text.utf8.elementsEqual(second.text.utf8)
    }

    /// Hashes the UTF-8 text.
    public func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
        hasher.combine(0xFF as UInt8)
    }
}
