extension JSONDocument {
    /// The integer at a tape index; a real counts if its value is integral.
    ///
    /// - Throws: `JSONError` of kind `wrongType` or `outOfRange`.
    @inline(__always)
    func integer<T: FixedWidthInteger>(_ type: T.Type, at index: Int) throws(JSONError) -> T {
        let entry = tape[index]
        // Up to 18 digits cannot overflow.
        if entry.kind == .integer, entry.end - entry.start <= 18 {
            let value = JSONScanner.smallInteger(bytes.span, Int(entry.start)..<Int(entry.end))
            if let result = T(exactly: value) { return result }
        }
        return try largeInteger(type, at: index)
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
        if let result = JSONScanner.exactDouble(bytes.span, Int(entry.start)..<Int(entry.end)) { return result }
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

    private func parsedNumber<T: BinaryFloatingPoint & LosslessStringConvertible>(_ type: T.Type, at index: Int) throws(JSONError) -> T {
        let literal = String(decoding: bytes[range(index)], as: UTF8.self)
        guard let result = T(literal), result.isFinite else {
            throw failure(.outOfRange, "expected a number within the range of \(T.self), found \(foundText(index))", at: index)
        }
        return result
    }
}
