/// Why a JSON text could not be parsed, or could not be decoded as the requested type.
///
/// ```swift
/// do {
///     let page = try JSONDocument(parsing: bytes).decode(Page.self)
/// } catch {
///     print(error)  // field 'views': expected an integer, found the text "many"
/// }
/// ```
public struct JSONError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The class of a failure, for code that reacts to it.
    public enum Kind: Sendable, Equatable {
        /// The text does not follow the JSON grammar.
        case syntax
        /// A required field or array element is absent.
        case missingField
        /// The value is of another JSON type than requested.
        case wrongType
        /// The number does not fit the requested type, or the text is too long.
        case outOfRange
        /// An object has a field that the decoded type never asked for. `nearest` is a similar name it did ask for.
        case unknownField(name: String, nearest: String?)
        /// An object has two fields of the same name.
        case duplicateField
        /// Objects and arrays are nested deeper than allowed.
        case tooDeep
        /// A string is not well-formed UTF-8.
        case invalidUTF8
        /// The value has the right JSON type, but the decoded type refused it, for example an enum without such a case.
        case invalidValue
    }

    /// The class of the failure.
    public let kind: Kind

    /// What was expected and what was found.
    public let reason: String

    /// The field concerned, for example `items[3].name`; empty for the root and for syntax errors.
    public let path: String

    /// The byte offset of the failure, counted from the first byte of the parsed text.
    public let offset: Int

    /// For an unknown field: those that the decoded type asked for, in its order.
    public internal(set) var knownFields: [String] = []

    /// Creates an error.
    public init(kind: Kind, reason: String, path: String = "", offset: Int) {
        self.kind = kind
        self.reason = reason
        self.path = path
        self.offset = offset
    }

    /// One sentence naming the field, or the byte offset where there is no field, and the reason.
    public var description: String {
        path.isEmpty ? "byte \(offset): \(reason)" : "field '\(path)': \(reason)"
    }
}
