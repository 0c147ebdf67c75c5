/// Recognises the tokens of JSON in UTF-8 bytes.
enum JSONScanner {
    /// The byte at a position, or 0 at the end, which no token begins with.
    @inline(__always)
    static func byte(_ source: Span<UInt8>, _ position: Int) -> UInt8 {
        position < source.count ? source[position] : 0
    }

    @inline(__always)
    static func skipWhitespace(_ source: Span<UInt8>, _ start: Int) -> Int {
        var position = start
        while position < source.count {
            let byte = source[position]
            if byte > 0x20 { break }
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { break }
            position += 1
        }
        return position
    }

    @inline(__always)
    static func isDigit(_ byte: UInt8) -> Bool {
        byte &- 0x30 < 10
    }

    /// Scans a number that begins at `start` with a digit or a minus sign.
    @inline(__always)
    static func scanNumber(_ source: Span<UInt8>, from start: Int) throws(JSONError) -> (end: Int, isReal: Bool) {
        var position = start
        var isReal = false
        if source[position] == UInt8(ascii: "-") { position += 1 }
        if byte(source, position) == UInt8(ascii: "0") {
            position += 1
            if isDigit(byte(source, position)) {
                throw JSONError(kind: .syntax, reason: "a number cannot begin with a superfluous 0", offset: start)
            }
        } else {
            position = try scanDigits(source, from: position)
        }
        if byte(source, position) == UInt8(ascii: ".") {
            isReal = true
            position = try scanDigits(source, from: position + 1)
        }
        if byte(source, position) | 0x20 == UInt8(ascii: "e") {
            isReal = true
            position += 1
            let sign = byte(source, position)
            if sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { position += 1 }
            position = try scanDigits(source, from: position)
        }
        return (position, isReal)
    }

    @inline(__always)
    private static func scanDigits(_ source: Span<UInt8>, from start: Int) throws(JSONError) -> Int {
        var position = start
        while position < source.count, isDigit(source[position]) { position += 1 }
        if position == start { throw unexpected(source, at: start, expected: "a digit") }
        return position
    }

    /// Whether the four bytes at a position are those given.
    @inline(__always)
    static func matches(_ source: Span<UInt8>, at position: Int, _ literal: (UInt8, UInt8, UInt8, UInt8)) -> Bool {
        guard position + 4 <= source.count else { return false }
        return source[position] == literal.0 && source[position + 1] == literal.1 && source[position + 2] == literal.2
            && source[position + 3] == literal.3
    }

    /// The error for a byte that does not fit, or for the end of the input.
    @inline(never)
    static func unexpected(_ source: Span<UInt8>, at position: Int, expected: String) -> JSONError {
        JSONError(kind: .syntax, reason: "expected \(expected), found \(found(source, at: position))", offset: position)
    }

    private static func found(_ source: Span<UInt8>, at position: Int) -> String {
        guard position < source.count else { return "the end of the input" }
        let byte = source[position]
        if byte >= 0x80 {
            let length = sequenceLength(source, at: position)
            guard length > 0 else { return "the byte 0x\(String(byte, radix: 16, uppercase: true))" }
            return "'\(JSONQuoting.escaped(text(source, position..<position + length)))'"
        }
        if byte == UInt8(ascii: "'") { return "a single quote" }
        if byte == UInt8(ascii: "\"") { return "a double quote" }
        var end = position + 1
        if isLetter(byte) {
            while end < source.count, end - position <= JSONQuoting.displayLimit, isLetter(source[end]) { end += 1 }
        }
        return "'\(JSONQuoting.escaped(text(source, position..<end)))'"
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- UInt8(ascii: "a") < 26
    }

    static func text(_ source: Span<UInt8>, _ range: Range<Int>) -> String {
        String(decoding: range.map { source[$0] }, as: UTF8.self)
    }
}
