/// Bytes that are kept elsewhere, by the SHA-256 of their content.
///
/// Events spell it in 64 lower-case hexadecimal digits; a column holds its 32 bytes, and is marked as standing for the content.
public struct BlobHash: Hashable, Sendable, CustomStringConvertible {
    /// 32 bytes.
    public let bytes: [UInt8]

    /// The hash that no content is known to have: what an unfilled row holds.
    public init() { bytes = Array(repeating: 0, count: 32) }

    /// nil unless the text is 64 lower-case hexadecimal digits.
    public init?(hex: String) {
        let digits = Array(hex.utf8)
        guard digits.count == 64 else { return nil }
        var bytes: [UInt8] = []
        for place in stride(from: 0, to: 64, by: 2) {
            guard let high = Self.value(ofDigit: digits[place]), let low = Self.value(ofDigit: digits[place + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        self.bytes = bytes
    }

    /// nil unless there are 32 bytes.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self.bytes = bytes
    }

    public var hex: String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    public var description: String { hex }

    private static func value(ofDigit digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x61...0x66: digit - 0x61 + 10
        default: nil
        }
    }
}

extension BlobHash: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let hash = BlobHash(hex: text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "expected a SHA-256 in 64 lower-case hexadecimal digits, found '\(text.prefix(80))'")
        }
        self = hash
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(hex)
    }
}

extension BlobHash: ColumnValue {
    public static var columnType: ColumnType { .blob }
    public static var isBlobHash: Bool { true }
    public var sqlValue: SQLValue { .blob(bytes) }
    public init?(sqlValue: SQLValue) {
        guard case .blob(let bytes) = sqlValue, bytes.count == 32 else { return nil }
        self.bytes = bytes
    }
}

extension BlobHash {
    /// The hash that a row holds; nil when the cell holds something else.
    public init?(row: RawSpan, _ cell: RowFormat.Cell) {
        self.init(sqlValue: RowFormat.value(cell, in: row))
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
