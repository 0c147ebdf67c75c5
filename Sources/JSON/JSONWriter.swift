/// Writes compact JSON, inserting the commas.
///
/// The caller sees to it that brackets are balanced and that every member of an object has a key.
///
/// ```swift
/// var writer = JSONWriter()
/// writer.beginObject()
/// writer.key("name")
/// writer.string("start")
/// writer.key("views")
/// writer.int(3)
/// writer.endObject()
/// // writer.bytes is {"name":"start","views":3}
/// ```
public struct JSONWriter: Sendable {
    /// The text written so far, in UTF-8.
    public private(set) var bytes: [UInt8]

    /// Whether the next value or key follows another in the same container.
    private var needsComma = false

    /// Creates an empty writer.
    ///
    /// - Parameter capacity: The number of bytes to reserve memory for.
    public init(capacity: Int = 0) {
        bytes = []
        bytes.reserveCapacity(max(capacity, 0))
    }

    /// Discards the text but keeps its memory.
    public mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        needsComma = false
    }

    /// Ends a line, after which another JSON text may begin.
    public mutating func endLine() {
        bytes.append(UInt8(ascii: "\n"))
        needsComma = false
    }

    /// Begins an object.
    public mutating func beginObject() { begin(UInt8(ascii: "{")) }

    /// Ends an object.
    public mutating func endObject() { end(UInt8(ascii: "}")) }

    /// Begins an array.
    public mutating func beginArray() { begin(UInt8(ascii: "[")) }

    /// Ends an array.
    public mutating func endArray() { end(UInt8(ascii: "]")) }

    /// Writes the key of the member whose value is written next.
    public mutating func key(_ name: String) {
        beginValue()
        appendQuoted(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// Writes a string. Quotes, backslashes and control characters are escaped, all else is written as UTF-8.
    public mutating func string(_ value: String) {
        beginValue()
        appendQuoted(value)
        needsComma = true
    }

    /// Writes an integer.
    public mutating func int(_ value: some FixedWidthInteger) {
        beginValue()
        appendDecimal(value)
        needsComma = true
    }

    /// Writes the shortest decimal that reads back as the same number, with `.0` or an exponent if it is integral.
    ///
    /// JSON has no infinities and no NaN; they are written as `null`.
    public mutating func double(_ value: Double) {
        appendReal(value.description, isFinite: value.isFinite)
    }

    /// Writes the shortest decimal that reads back as the same number, with `.0` or an exponent if it is integral.
    ///
    /// JSON has no infinities and no NaN; they are written as `null`.
    public mutating func float(_ value: Float) {
        appendReal(value.description, isFinite: value.isFinite)
    }

    /// Writes `true` or `false`.
    public mutating func bool(_ value: Bool) { raw(value ? "true" : "false") }

    /// Writes `null`.
    public mutating func null() { raw("null") }

    /// Writes a value that is already JSON text. It is not checked.
    public mutating func raw(_ text: String) {
        beginValue()
        bytes.append(contentsOf: text.utf8)
        needsComma = true
    }

    /// Writes a value that is already JSON text in UTF-8. It is not checked.
    public mutating func raw(_ text: ArraySlice<UInt8>) {
        beginValue()
        bytes.append(contentsOf: text)
        needsComma = true
    }

    /// Writes the text of a JSON value unchanged.
    public mutating func raw(_ value: JSONText) { raw(value.text) }

    // MARK: - For the encoder

    /// A state the writer can return to.
    struct Mark {
        let offset: Int
        fileprivate let needsComma: Bool
    }

    var mark: Mark { Mark(offset: bytes.count, needsComma: needsComma) }

    mutating func rollBack(to mark: Mark) {
        bytes.removeLast(bytes.count - mark.offset)
        needsComma = mark.needsComma
    }

    /// Puts a text that ends with a value in the place of all that was written after a mark.
    mutating func replaceText(from mark: Mark, with text: [UInt8]) {
        bytes.removeLast(bytes.count - mark.offset)
        bytes.append(contentsOf: text)
        needsComma = true
    }

    /// Makes room for a value that is inserted later, and returns the offset of that room.
    mutating func placeholder() -> Int {
        beginValue()
        needsComma = true
        return bytes.count
    }

    // MARK: - Parts

    @inline(__always)
    private mutating func beginValue() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }

    @inline(__always)
    private mutating func begin(_ bracket: UInt8) {
        beginValue()
        bytes.append(bracket)
        needsComma = false
    }

    @inline(__always)
    private mutating func end(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    private mutating func appendReal(_ description: String, isFinite: Bool) {
        // The standard library's description of a finite number follows the grammar of JSON.
        raw(isFinite ? description : "null")
    }

    private mutating func appendQuoted(_ value: String) {
        bytes.append(UInt8(ascii: "\""))
        let text = value.utf8.span
        if Self.needsEscapes(text) {
            for position in text.indices { appendEscaped(text[position]) }
        } else {
            bytes.append(contentsOf: value.utf8)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func needsEscapes(_ text: Span<UInt8>) -> Bool {
        var position = 0
        while true {
            position = JSONScanner.skipPlain(text, from: position)
            if position == text.count { return false }
            if text[position] < 0x80 { return true }
            position += 1
        }
    }

    private mutating func appendEscaped(_ byte: UInt8) {
        let short: UInt8
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): short = byte
        case 0x08: short = UInt8(ascii: "b")
        case 0x09: short = UInt8(ascii: "t")
        case 0x0A: short = UInt8(ascii: "n")
        case 0x0C: short = UInt8(ascii: "f")
        case 0x0D: short = UInt8(ascii: "r")
        case 0..<0x20:
            bytes.append(contentsOf: "\\u00".utf8)
            bytes.append(UInt8(ascii: "0") + byte >> 4)
            let digit = byte & 0x0F
            bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
            return
        default:
            bytes.append(byte)
            return
        }
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(short)
    }

    private mutating func appendDecimal<T: FixedWidthInteger>(_ value: T) {
        guard T.bitWidth <= 64 else {
            bytes.append(contentsOf: String(value).utf8)
            return
        }
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        var rest = UInt64(truncatingIfNeeded: value.magnitude)
        let start = bytes.count
        repeat {
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit))
            rest = quotient
        } while rest != 0
        bytes[start...].reverse()
    }
}
