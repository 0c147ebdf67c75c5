/// One parsed value or object key: where its text lies, and where on the tape the following sibling lies.
///
/// An object's entry is followed by key and value entries in turn, an array's by its elements.
struct JSONTapeEntry: Sendable {
    /// Offsets in the document's bytes: the value's text, with the quotes of a string and the brackets of a container.
    var start: UInt32
    var end: UInt32
    /// The tape index after this value and all it contains.
    var next: UInt32
    var kind: JSONKind
    /// Whether a string's text contains a backslash, so it cannot be used as it stands.
    var hasEscapes: Bool
}
