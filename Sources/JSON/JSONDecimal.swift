/// The exact value of a JSON number of any size: `digits` × 10^`exponent`.
///
/// The digits have no zeros at either end; zero has no digits, exponent 0 and no sign. So equal numbers have equal forms.
struct JSONDecimal: Equatable {
    private(set) var isNegative = false
    private(set) var digits: [UInt8] = []
    private(set) var exponent = 0

    /// Far beyond any exponent that matters, and far from overflow.
    private static let exponentLimit = 1 << 60

    /// Reads a literal that follows the JSON grammar; nil if its exponent is astronomically large.
    init?(_ literal: ArraySlice<UInt8>) {
        var written = 0
        var fractionDigits = 0
        var isFraction = false
        var isExponent = false
        var exponentIsNegative = false
        for byte in literal {
            switch byte {
            case UInt8(ascii: "-"):
                if isExponent { exponentIsNegative = true } else { isNegative = true }
            case UInt8(ascii: "."): isFraction = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"): isExponent = true
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                if isExponent {
                    written = min(written * 10 + Int(byte & 0x0F), Self.exponentLimit / 16)
                } else {
                    if isFraction { fractionDigits += 1 }
                    if byte != UInt8(ascii: "0") || !digits.isEmpty { digits.append(byte & 0x0F) }
                }
            default: break
            }
        }
        while digits.last == 0 {
            digits.removeLast()
            exponent += 1
        }
        if digits.isEmpty {
            isNegative = false
            exponent = 0
            return
        }
        guard written < Self.exponentLimit / 16 else { return nil }
        exponent += (exponentIsNegative ? -written : written) - fractionDigits
    }

    var isIntegral: Bool { exponent >= 0 }

    /// The absolute value of an integral number, nil if it exceeds 64 bits.
    var magnitude: UInt64? {
        guard exponent >= 0, digits.count + exponent <= 20 else { return digits.isEmpty ? 0 : nil }
        var result: UInt64 = 0
        for position in 0..<digits.count + exponent {
            let digit = position < digits.count ? UInt64(digits[position]) : 0
            let (product, overflowed) = result.multipliedReportingOverflow(by: 10)
            let (sum, carried) = product.addingReportingOverflow(digit)
            if overflowed || carried { return nil }
            result = sum
        }
        return result
    }
}
