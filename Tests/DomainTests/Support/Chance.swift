import EventLog
import TestSupport

/// Facts to tell both.
extension SideBySide {
    /// What generated facts are made of.
    struct Chance {
        private var numbers: SplitMix64

        init(seed: UInt64) { numbers = SplitMix64(seed: seed) }

        mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &numbers) }

        mutating func real(_ range: ClosedRange<Double>) -> Double { Double.random(in: range, using: &numbers) }

        mutating func oneIn(_ count: Int) -> Bool { number(1...count) == 1 }

        mutating func pick<Element>(_ elements: [Element]) -> Element { elements[number(0...elements.count - 1)] }

        mutating func maybe<Value>(_ value: Value) -> Value? { oneIn(3) ? nil : value }

        /// Texts that have been trouble somewhere.
        mutating func text() -> String {
            let words = [
                "", " ", "fox", "A lighthouse in the fog", "é", "e\u{301}", "日本語", "👩‍👩‍👧 & \u{202E}x", "it's \"quoted\" \\ here",
                "line\nbreak\ttab",
                "nul\u{0}inside", "NULL", "0", "1e400", "ÿ\u{10FFFF}", String(repeating: "long ", count: 130),
                String(repeating: "long ", count: 130) + "end",
            ]
            return pick(words) + (oneIn(2) ? "" : " \(number(0...40))")
        }

        mutating func json() -> String {
            pick([
                "null", "true", "0", "-0.0", "1.50", "1e3", "123456789012345678901234567890", "\"\"", "\"caf\\u00e9 \\ud83d\\ude00\"",
                "\"日本\"", "[]", "{}",
                #"{"scenes":[{"scene_id":1,"text":"The lamp goes out."}]}"#, #"{"1":["/static/videos/a b.mp4"],"":null}"#,
                "[[[1],2],{\"a\":{}}]",
                "[\(number(0...9))]", #"{"n":\#(number(-5...5))}"#,
            ])
        }

        /// A moment in one of the ways that events may write it.
        mutating func written(_ time: Timestamp) -> (json: String, time: Timestamp) {
            let whole = Timestamp(microseconds: time.unixSeconds * 1_000_000)
            return switch number(0...2) {
            case 0: ("\"\(time.iso8601)\"", time)
            case 1: ("\"\(whole.sqlText)\"", whole)
            default: ("\(whole.unixSeconds)", whole)
            }
        }
    }
}
