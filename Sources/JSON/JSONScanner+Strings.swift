extension JSONScanner {
    /// Scans a string whose opening quote is at `start`; `end` is the position after the closing quote.
    @inline(__always)
    static func scanString(_ source: Span<UInt8>, from start: Int) throws(JSONError) -> (end: Int, hasEscapes: Bool) {
        var position = skipPlain(source, from: start + 1)
        if byte(source, position) == UInt8(ascii: "\"") { return (position + 1, false) }
        var hasEscapes = false
        while position < source.count {
            let byte = source[position]
            if byte == UInt8(ascii: "\"") { return (position + 1, hasEscapes) }
            if byte == UInt8(ascii: "\\") {
                hasEscapes = true
                position = try scanEscape(source, from: position)
            } else if byte >= 0x80 {
                position = try scanNonASCII(source, from: position)
            } else {
                throw controlCharacter(byte, at: position)
            }
            position = skipPlain(source, from: position)
        }
        throw unexpected(source, at: position, expected: "a double quote that ends the string")
    }

    /// The position of the next byte that is not a plain ASCII character of a string.
    @inline(__always)
    static func skipPlain(_ source: Span<UInt8>, from start: Int) -> Int {
        var position = start
        // Eight bytes at a time: a byte's high bit in `special` is set if it is a quote, a backslash, a control or not ASCII.
        // A borrow can only raise a false alarm above the first true one, so the lowest set bit is right.
        while position &+ 8 <= source.count {
            let word = source.bytes.word(position)
            let ones: UInt64 = 0x0101_0101_0101_0101
            let control = word &- ones &* 0x20
            let quote = (word ^ ones &* 0x22) &- ones
            let backslash = (word ^ ones &* 0x5C) &- ones
            let special = ((control | quote | backslash) & ~word | word) & (ones &* 0x80)
            if special != 0 { return position &+ special.trailingZeroBitCount >> 3 }
            position &+= 8
        }
        while position < source.count {
            let byte = source[position]
            if byte < 0x20 || byte >= 0x80 || byte == 0x22 || byte == 0x5C { break }
            position &+= 1
        }
        return position
    }

    /// Scans the escape whose backslash is at `start`; a surrogate pair counts as one.
    private static func scanEscape(_ source: Span<UInt8>, from start: Int) throws(JSONError) -> Int {
        switch byte(source, start + 1) {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"),
            UInt8(ascii: "r"), UInt8(ascii: "t"):
            return start + 2
        case UInt8(ascii: "u"):
            let unit = try scanHexadecimal(source, from: start + 2)
            guard UTF16.isSurrogate(unit) else { return start + 6 }
            if UTF16.isLeadSurrogate(unit), byte(source, start + 6) == UInt8(ascii: "\\"), byte(source, start + 7) == UInt8(ascii: "u"),
                UTF16.isTrailSurrogate(try scanHexadecimal(source, from: start + 8))
            {
                return start + 12
            }
            throw JSONError(
                kind: .syntax, reason: "expected a pair of surrogate escapes, found only \\u\(String(unit, radix: 16))", offset: start)
        default:
            throw unexpected(source, at: start + 1, expected: "an escape character (one of \\ \" / b f n r t u)")
        }
    }

    private static func scanHexadecimal(_ source: Span<UInt8>, from start: Int) throws(JSONError) -> UInt16 {
        var unit: UInt16 = 0
        for position in start..<start + 4 {
            guard let digit = hexadecimalDigit(byte(source, position)) else {
                throw unexpected(source, at: position, expected: "a hexadecimal digit")
            }
            unit = unit << 4 | digit
        }
        return unit
    }

    static func hexadecimalDigit(_ byte: UInt8) -> UInt16? {
        if isDigit(byte) { return UInt16(byte & 0x0F) }
        let letter = (byte | 0x20) &- UInt8(ascii: "a")
        return letter < 6 ? UInt16(letter) + 10 : nil
    }

    /// Scans a run of characters outside ASCII.
    private static func scanNonASCII(_ source: Span<UInt8>, from start: Int) throws(JSONError) -> Int {
        var position = start
        while position < source.count, source[position] >= 0x80 {
            let length = sequenceLength(source, at: position)
            guard length > 0 else {
                let byte = String(source[position], radix: 16, uppercase: true)
                throw JSONError(
                    kind: .invalidUTF8, reason: "expected a UTF-8 character, found the byte 0x\(byte) that begins none", offset: position)
            }
            position += length
        }
        return position
    }

    /// The length of the well-formed UTF-8 sequence of two to four bytes at a position, 0 if there is none.
    ///
    /// The bounds of the second byte exclude overlong forms, surrogates and values above U+10FFFF.
    static func sequenceLength(_ source: Span<UInt8>, at position: Int) -> Int {
        let first = source[position]
        var secondBounds: ClosedRange<UInt8> = 0x80...0xBF
        let length: Int
        switch first {
        case 0xC2...0xDF: length = 2
        case 0xE0...0xEF:
            length = 3
            if first == 0xE0 { secondBounds = 0xA0...0xBF }
            if first == 0xED { secondBounds = 0x80...0x9F }
        case 0xF0...0xF4:
            length = 4
            if first == 0xF0 { secondBounds = 0x90...0xBF }
            if first == 0xF4 { secondBounds = 0x80...0x8F }
        default: return 0
        }
        guard position + length <= source.count, secondBounds.contains(source[position + 1]) else { return 0 }
        for following in position + 2..<max(position + 2, position + length) where source[following] & 0xC0 != 0x80 {
            return 0
        }
        return length
    }

    @inline(never)
    private static func controlCharacter(_ byte: UInt8, at position: Int) -> JSONError {
        let name = JSONQuoting.escaped(String(Unicode.Scalar(byte)))
        return JSONError(
            kind: .syntax, reason: "expected a control character in a string to be escaped, found '\(name)'", offset: position)
    }

    /// The text of a scanned string without its quotes, escapes resolved.
    static func unescaped(_ source: Span<UInt8>, _ range: Range<Int>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(range.count)
        var position = range.lowerBound
        while position < range.upperBound {
            let byte = source[position]
            guard byte == UInt8(ascii: "\\"), position + 1 < range.upperBound else {
                result.append(byte)
                position += 1
                continue
            }
            let escape = source[position + 1]
            position += 2
            switch escape {
            case UInt8(ascii: "b"): result.append(0x08)
            case UInt8(ascii: "f"): result.append(0x0C)
            case UInt8(ascii: "n"): result.append(0x0A)
            case UInt8(ascii: "r"): result.append(0x0D)
            case UInt8(ascii: "t"): result.append(0x09)
            case UInt8(ascii: "u"):
                var value = UInt32(codeUnit(source, position))
                position += 4
                if value & 0xFC00 == 0xD800 {
                    value = 0x10000 + (value & 0x3FF) << 10 + UInt32(codeUnit(source, position + 2)) & 0x3FF
                    position += 6
                }
                // The scan has refused every unpaired surrogate, so the replacement never shows.
                let scalar = Unicode.Scalar(value) ?? "\u{FFFD}"
                result.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            default: result.append(escape)
            }
        }
        return result
    }

    private static func codeUnit(_ source: Span<UInt8>, _ start: Int) -> UInt16 {
        var unit: UInt16 = 0
        for position in start..<start + 4 {
            unit = unit << 4 | (hexadecimalDigit(byte(source, position)) ?? 0)
        }
        return unit
    }
}
