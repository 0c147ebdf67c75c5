/// The powers of ten that a double represents exactly.
private let exactPowersOfTen: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
]

extension JSONDocument {
    /// The integer at a tape index; a real counts if its value is integral.
    ///
    /// - Throws: `JSONError` of kind `wrongType` or `outOfRange`.
    @inline(__always)
    func integer<T: FixedWidthInteger>(_ type: T.Type, at index: Int) throws(JSONError) -> T {
        let entry = tape[index]
        // Up to 18 digits cannot overflow.
        if entry.kind == .integer, entry.end - entry.start <= 18 {
            let value = smallInteger(entry)
            if let result = T(exactly: value) { return result }
        }
        return try largeInteger(type, at: index)
    }

    @inline(__always)
    private func smallInteger(_ entry: JSONTapeEntry) -> Int64 {
        let source = bytes.span
        var position = Int(entry.start)
        let end = Int(entry.end)
        let isNegative = source[position] == UInt8(ascii: "-")
        if isNegative { position += 1 }
        var value: Int64 = 0
        while position < end {
            value = value &* 10 &+ Int64(source[position] & 0x0F)
            position += 1
        }
        return isNegative ? 0 &- value : value
    }

    @inline(never)
    private func largeInteger<T: FixedWidthInteger>(_ type: T.Type, at index: Int) throws(JSONError) -> T {
        let kind = tape[index].kind
        guard kind == .integer || kind == .real else { throw wrongType("an integer", at: index) }
        let decimal = JSONDecimal(bytes[range(index)])
        if let decimal, !decimal.isIntegral { throw wrongType("an integer", at: index) }
        if let decimal, let magnitude = decimal.magnitude {
            if !decimal.isNegative {
                if let result = T(exactly: magnitude) { return result }
            } else if magnitude <= Int64.min.magnitude, let result = T(exactly: Int64(truncatingIfNeeded: 0 &- magnitude)) {
                return result
            }
        }
        throw failure(.outOfRange, "expected an integer from \(T.min) to \(T.max), found \(foundText(index))", at: index)
    }

    /// The number at a tape index, rounded to the nearest double.
    ///
    /// - Throws: `JSONError` of kind `wrongType` or `outOfRange`.
    @inline(__always)
    func double(at index: Int) throws(JSONError) -> Double {
        let entry = tape[index]
        guard entry.kind == .integer || entry.kind == .real else { throw wrongType("a number", at: index) }
        if let result = exactDouble(entry) { return result }
        return try parsedNumber(Double.self, at: index)
    }

    /// The number at a tape index, rounded to the nearest float.
    ///
    /// - Throws: `JSONError` of kind `wrongType` or `outOfRange`.
    func float(at index: Int) throws(JSONError) -> Float {
        let kind = tape[index].kind
        guard kind == .integer || kind == .real else { throw wrongType("a number", at: index) }
        return try parsedNumber(Float.self, at: index)
    }

    /// The value of a literal whose digits and power of ten are exact as doubles: then one operation rounds once, hence correctly.
    @inline(__always)
    private func exactDouble(_ entry: JSONTapeEntry) -> Double? {
        let source = bytes.span
        var position = Int(entry.start)
        let end = Int(entry.end)
        guard end - position <= 24 else { return nil }
        let isNegative = source[position] == UInt8(ascii: "-")
        if isNegative { position += 1 }
        var mantissa: UInt64 = 0
        var digitCount = 0
        var exponent = 0
        var isFraction = false
        while position < end {
            let byte = source[position]
            position += 1
            if JSONScanner.isDigit(byte) {
                mantissa = mantissa &* 10 &+ UInt64(byte & 0x0F)
                // Leading zeros do not count.
                digitCount &+= mantissa == 0 ? 0 : 1
                exponent &-= isFraction ? 1 : 0
            } else if byte == UInt8(ascii: ".") {
                isFraction = true
            } else {
                break
            }
        }
        guard digitCount <= 15 else { return nil }
        if position < end {
            let isNegativeExponent = source[position] == UInt8(ascii: "-")
            if isNegativeExponent || source[position] == UInt8(ascii: "+") { position += 1 }
            guard end - position <= 3 else { return nil }
            var written = 0
            while position < end {
                written = written &* 10 &+ Int(source[position] & 0x0F)
                position += 1
            }
            exponent &+= isNegativeExponent ? 0 &- written : written
        }
        let magnitude: Double
        if exponent == 0 {
            magnitude = Double(mantissa)
        } else if exponent > 0, exponent <= 22 {
            magnitude = Double(mantissa) * exactPowersOfTen[exponent]
        } else if exponent < 0, exponent >= -22 {
            magnitude = Double(mantissa) / exactPowersOfTen[0 &- exponent]
        } else {
            return nil
        }
        return isNegative ? -magnitude : magnitude
    }

    private func parsedNumber<T: BinaryFloatingPoint & LosslessStringConvertible>(_ type: T.Type, at index: Int) throws(JSONError) -> T {
        let literal = String(decoding: bytes[range(index)], as: UTF8.self)
        guard let result = T(literal), result.isFinite else {
            throw failure(.outOfRange, "expected a number within the range of \(T.self), found \(foundText(index))", at: index)
        }
        return result
    }
}
