extension Timestamp {
    /// Not a time that `Timestamp` reads.
    public struct ParseError: Error, Sendable, CustomStringConvertible {
        public let text: String
        public let reason: String
        public var description: String {
            "'\(text.prefix(40))' is not a time (\(reason)). Use 2017-09-13T07:30:00Z, '2017-09-13 07:30:00' or Unix seconds."
        }
    }

    /// From Unix seconds; nil outside the years 1 to 9999.
    public init?(unixSeconds: Double) {
        guard unixSeconds.isFinite, abs(unixSeconds) < 300_000_000_000 else { return nil }
        let time = Timestamp(microseconds: Int64((unixSeconds * 1_000_000).rounded()))
        guard Self.range.contains(time) else { return nil }
        self = time
    }

    /// From ISO 8601, SQL text or Unix seconds.
    public init(parsing text: String) throws(ParseError) {
        let utf8 = text.utf8.span
        do throws(Scanner.Failure) {
            var scanner = Scanner(utf8)
            self = try scanner.timestamp()
        } catch {
            if Self.isDecimal(text), let seconds = Double(text), let time = Timestamp(unixSeconds: seconds) {
                self = time
                return
            }
            throw ParseError(text: text, reason: error.reason)
        }
    }

    /// From the UTF-8 of ISO 8601 or SQL text; nil for any other.
    init?(scanning utf8: Span<UInt8>) {
        var scanner = Scanner(utf8)
        guard let time = try? scanner.timestamp() else { return nil }
        self = time
    }

    /// Swift reads hexadecimal numbers too.
    private static func isDecimal(_ text: String) -> Bool {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains($0) }
    }

    private struct Scanner: ~Escapable {
        struct Failure: Error { let reason: String }

        let bytes: Span<UInt8>
        var next = 0

        @_lifetime(copy bytes)
        init(_ bytes: Span<UInt8>) { self.bytes = bytes }

        mutating func timestamp() throws(Failure) -> Timestamp {
            let year = try number(4, 1...9999, "year")
            try expect(0x2D)
            let month = try number(2, 1...12, "month")
            try expect(0x2D)
            let day = try number(2, 1...Self.days(in: month, of: year), "day")
            var seconds = Timestamp.days(fromYear: year, month: month, day: day) * 86_400
            var micros: Int64 = 0
            if next < bytes.count {
                guard bytes[next] == 0x54 || bytes[next] == 0x74 || bytes[next] == 0x20 else {
                    throw Failure(reason: "expected 'T' or a space after the date")
                }
                next += 1
                seconds += try number(2, 0...23, "hour") * 3600
                try expect(0x3A)
                seconds += try number(2, 0...59, "minute") * 60
                if next < bytes.count, bytes[next] == 0x3A {
                    next += 1
                    seconds += try number(2, 0...59, "second")
                    micros = try fraction()
                }
                seconds -= try zone()
            }
            let time = Timestamp(microseconds: seconds * 1_000_000 + micros)
            guard next == bytes.count else { throw Failure(reason: "unexpected text after the time") }
            guard Timestamp.range.contains(time) else { throw Failure(reason: "not within the years 1 to 9999 in UTC") }
            return time
        }

        private static func days(in month: Int64, of year: Int64) -> Int64 {
            if month == 2 { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28 }
            return [4, 6, 9, 11].contains(month) ? 30 : 31
        }

        private mutating func number(_ digits: Int, _ range: ClosedRange<Int64>, _ name: String) throws(Failure) -> Int64 {
            var value: Int64 = 0
            for _ in 0..<digits {
                guard next < bytes.count, (0x30...0x39).contains(bytes[next]) else {
                    throw Failure(reason: "expected \(digits) digits for the \(name)")
                }
                value = value * 10 + Int64(bytes[next] - 0x30)
                next += 1
            }
            guard range.contains(value) else {
                throw Failure(reason: "\(name) \(value) is not within \(range.lowerBound) to \(range.upperBound)")
            }
            return value
        }

        private mutating func expect(_ byte: UInt8) throws(Failure) {
            guard next < bytes.count, bytes[next] == byte else {
                throw Failure(reason: "expected '\(Character(Unicode.Scalar(byte)))' at character \(next + 1)")
            }
            next += 1
        }

        /// Digits beyond microseconds are cut off.
        private mutating func fraction() throws(Failure) -> Int64 {
            guard next < bytes.count, bytes[next] == 0x2E || bytes[next] == 0x2C else { return 0 }
            next += 1
            var value: Int64 = 0
            var count = 0
            while next < bytes.count, (0x30...0x39).contains(bytes[next]) {
                if count < 6 { value = value * 10 + Int64(bytes[next] - 0x30) }
                count += 1
                next += 1
            }
            guard count > 0 else { throw Failure(reason: "expected digits after the decimal point") }
            for _ in min(count, 6)..<6 { value *= 10 }
            return value
        }

        /// Seconds east of UTC; no zone means UTC.
        private mutating func zone() throws(Failure) -> Int64 {
            guard next < bytes.count else { return 0 }
            let sign: Int64
            switch bytes[next] {
            case 0x5A, 0x7A:
                next += 1
                return 0
            case 0x2B: sign = 1
            case 0x2D: sign = -1
            default: throw Failure(reason: "expected 'Z' or an offset such as +01:00")
            }
            next += 1
            let hours = try number(2, 0...23, "offset hour")
            if next < bytes.count, bytes[next] == 0x3A { next += 1 }
            let minutes = next < bytes.count ? try number(2, 0...59, "offset minute") : 0
            return sign * (hours * 3600 + minutes * 60)
        }
    }
}
