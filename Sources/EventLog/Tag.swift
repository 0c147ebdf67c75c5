import LMDB

/// What an event is about, as `name:value`: `video:video_001`, `image:42`.
///
/// The history of an entity is the events that carry its tag, whatever domain they belong to.
public struct Tag: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The longest tag, in bytes of UTF-8.
    public static let maximumLength = 1024

    public let text: String

    /// - Throws: `AppendError.invalid` unless the text is `name:value` with no control characters, at most 1,024 bytes.
    public init(_ text: String) throws(AppendError) {
        let utf8 = text.utf8
        guard utf8.count <= Self.maximumLength else {
            throw .invalid(field: "subject", "expected at most \(Self.maximumLength) bytes, found \(utf8.count)")
        }
        guard let colon = utf8.firstIndex(of: 0x3A), colon != utf8.startIndex, utf8.index(after: colon) != utf8.endIndex else {
            throw .invalid(field: "subject", "expected name:value such as video:video_001, found '\(text.prefix(60))'")
        }
        guard !utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            throw .invalid(field: "subject", "expected no control characters, found some in '\(text.prefix(60).debugDescription)'")
        }
        self.text = text
    }

    /// For text that was checked when it was stored.
    init(trusted text: String) { self.text = text }

    /// `Tag("video", event.videoID)`: control characters in the value become spaces, since a tag is one line of text.
    public init(_ name: StaticString, _ value: some LosslessStringConvertible) {
        self.init(entity: name.description, key: String(value))
    }

    /// The tag of a row: its table's entity and its key.
    public init(entity name: String, key value: String) {
        var text = ""
        text.reserveCapacity(name.utf8.count + 1 + value.utf8.count)
        text += name
        text += ":"
        if value.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
            text += String(value.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : Character($0) })
        } else {
            text += value
        }
        self.text = text
    }

    /// Whether it is the tag that `init(entity:key:)` makes of a key without control characters.
    public func isTag(entity name: String, key value: RawSpan) -> Bool {
        let bytes = text.utf8.span.bytes
        let start = name.utf8.count
        return bytes.byteCount == start + 1 + value.byteCount && bytes.extracting(first: start).isEqual(to: name.utf8.span.bytes)
            && bytes.unsafeLoad(fromByteOffset: start, as: UInt8.self) == 0x3A
            && bytes.extracting(droppingFirst: start + 1).isEqual(to: value)
    }

    /// By bytes: é in one character and in two are two tags, although Swift's strings hold them equal.
    public static func == (a: Tag, b: Tag) -> Bool { a.text.utf8.span.bytes.isEqual(to: b.text.utf8.span.bytes) }
    public func hash(into hasher: inout Hasher) {
        text.utf8.span.bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
    }
    public static func < (a: Tag, b: Tag) -> Bool { a.text.utf8.lexicographicallyPrecedes(b.text.utf8) }

    public var description: String { text }
}
