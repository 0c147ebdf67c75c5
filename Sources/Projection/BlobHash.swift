import EventLog

/// The SHA-256 of bytes that are kept outside the log, once, by this name.
///
/// An event carries it as 64 lower-case hexadecimal digits. A column of this type reads as the bytes themselves in SQL.
public struct BlobHash: Hashable, Sendable, CustomStringConvertible {
    /// 64 hexadecimal digits.
    public let text: String

    /// nil unless the text is 64 lower-case hexadecimal digits.
    public init?(_ text: some StringProtocol) {
        guard text.utf8.count == 64, text.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }) else { return nil }
        self.text = String(text)
    }

    public init() { text = String(repeating: "0", count: 64) }

    public var description: String { text }
}

extension BlobHash: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let hash = BlobHash(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "expected the 64 lower-case hexadecimal digits of a SHA-256, as `spool blob put` prints them")
        }
        self = hash
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

extension BlobHash: ColumnValue {
    public static var columnType: ColumnType { .blob }
    public static var isBlobReference: Bool { true }
    public var sqlValue: SQLValue { .text(text) }
    public init?(sqlValue: SQLValue) {
        guard case .text(let text) = sqlValue, let hash = BlobHash(text) else { return nil }
        self = hash
    }
}

/// Bytes by their hash.
public protocol BlobReader: Sendable {
    /// Whether the bytes are there.
    func contains(_ hash: BlobHash) -> Bool
    /// The bytes, checked against the hash.
    ///
    /// - Throws: when they are missing or damaged.
    func read(_ hash: BlobHash) throws -> [UInt8]
}
