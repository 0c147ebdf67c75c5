import EventLog
import TestSupport

/// Values for generated facts, mostly plain, now and then at or beyond a limit.
struct FactRandom {
    private var random: SplitMix64

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    mutating func below(_ end: Int) -> Int { Int.random(in: 0..<end, using: &random) }

    mutating func pick<Value>(_ values: [Value]) -> Value { values[below(values.count)] }

    /// Missing, null or a value.
    mutating func optional(_ value: (inout FactRandom) -> Legacy.Field) -> Legacy.Field? {
        switch below(10) {
        case 0..<3: nil
        case 3: .null
        default: value(&self)
        }
    }

    /// In any order, over three years, with and without fractions, some before 1970.
    mutating func time() -> Timestamp {
        let seconds = below(40) == 0 ? Int64(-below(2_000_000_000)) : Int64(1_700_000_000 + below(94_608_000))
        return Timestamp(microseconds: seconds * 1_000_000 + pick([0, 0, 500_000, 123_456, 7, 999_999]))
    }

    /// A time given in an event.
    mutating func moment() -> Legacy.Field {
        .time(Int64(1_600_000_000 + below(94_608_000)), pick(Legacy.Field.Spelling.allCases))
    }

    mutating func text() -> String {
        pick([
            "", "lecture.mp4", "Le boucher découvre l'IA", "Gruppen \"und\" Körper", "日本語の講義", "🎬🎓", "tab\tand\nline", "back\\slash",
            "\u{0}inside\u{0}", "e\u{301}\u{E9}", "1e5", "42", "null", String(repeating: "ü", count: 700), "row \(below(1000))",
        ])
    }

    /// Kept as written, spaces and all.
    mutating func json() -> Legacy.Field {
        .json(
            pick([
                "{}", "[]", #"{"x":0,"y":-1.50}"#, #"["a", "b\u00e9", 1e400]"#, #"{ "deep" : [[[{"k":null}]]] }"#, "7", "\"text\"", "false",
                #"{"n":12345678901234567890}"#,
            ]))
    }

    mutating func size() -> Int { pick([0, 1, 1024, 734_003_200, 1 << 53 + 1, .max, -1] + Array(repeating: below(1_000_000), count: 8)) }

    mutating func seconds() -> Double { pick([0, 0.25, 3605.5, 1e15, 1e-9, -0.5] + Array(repeating: Double(below(7200)) / 8, count: 8)) }

    mutating func score() -> Legacy.Field {
        pick([.real(0), .int(1), .real(0.5), .real(0.1 + 0.2), .real(1.0000000000000002), .real(-0.001), .int(0), .real(0.875)])
    }

    /// A start and an end, which is seldom before it.
    mutating func interval() -> [(String, Legacy.Field?)] {
        let start = seconds()
        let end = below(12) == 0 ? start - 0.125 : start + abs(seconds())
        return [("start_time", .real(start)), ("end_time", .real(end))]
    }

    /// An id of a thing, seldom one that is in use.
    mutating func name(_ prefix: String) -> Legacy.Field { .text("\(prefix)_\(below(600))") }

    /// What imports say beside: the row's number and when it was made.
    mutating func origin() -> [(String, Legacy.Field?)] {
        let id: Legacy.Field? = below(12) == 0 ? .int(pick([below(400) + 1, below(100_000) + 1, -3])) : nil
        return [("id", id), ("created_at", below(4) == 0 ? moment() : nil)]
    }
}
