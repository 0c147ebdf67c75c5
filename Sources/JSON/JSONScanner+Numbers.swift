/// The powers of ten that a double represents exactly.
private let exactPowersOfTen: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
]

extension JSONScanner {
    /// The value of an integer of at most 18 digits, which cannot overflow.
    @inline(__always)
    static func smallInteger(_ source: Span<UInt8>, _ literal: Range<Int>) -> Int64 {
        var position = literal.lowerBound
        let isNegative = source[position] == UInt8(ascii: "-")
        if isNegative { position += 1 }
        var value: Int64 = 0
        while position < literal.upperBound {
            value = value &* 10 &+ Int64(source[position] & 0x0F)
            position += 1
        }
        return isNegative ? 0 &- value : value
    }

    /// The number that begins at `start`, and where it ends, if it is a short one without an exponent: then one operation rounds once.
    @inline(__always)
    static func shortDouble(_ source: Span<UInt8>, from start: Int) -> (value: Double, end: Int)? {
        var position = start
        let isNegative = byte(source, position) == UInt8(ascii: "-")
        if isNegative { position += 1 }
        let first = position
        var mantissa: UInt64 = 0
        while position < source.count, isDigit(source[position]) {
            mantissa = mantissa &* 10 &+ UInt64(source[position] & 0x0F)
            position += 1
        }
        guard position == first + 1 || position > first && source[first] != UInt8(ascii: "0") else { return nil }
        var fractionCount = 0
        if byte(source, position) == UInt8(ascii: ".") {
            position += 1
            let fraction = position
            while position < source.count, isDigit(source[position]) {
                mantissa = mantissa &* 10 &+ UInt64(source[position] & 0x0F)
                position += 1
            }
            fractionCount = position - fraction
            guard fractionCount > 0 else { return nil }
        }
        // At most 15 digits with a point, which are exact, as the power is; 16 without one, which are rounded once.
        guard position - start <= 16, byte(source, position) | 0x20 != UInt8(ascii: "e") else { return nil }
        let magnitude = Double(mantissa) / exactPowersOfTen[fractionCount]
        return (isNegative ? -magnitude : magnitude, position)
    }

    /// The value of a literal whose digits and power of ten are exact as doubles: then one operation rounds once, hence correctly.
    @inline(__always)
    static func exactDouble(_ source: Span<UInt8>, _ literal: Range<Int>) -> Double? {
        var position = literal.lowerBound
        let end = literal.upperBound
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
            if isDigit(byte) {
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
}
