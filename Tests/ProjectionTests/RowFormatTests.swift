import TestSupport
import Testing

@testable import Projection

/// Rows as bytes.
struct RowFormatTests {
    static func randomValue(_ random: inout SplitMix64) -> SQLValue {
        switch Int.random(in: 0...9, using: &random) {
        case 0: .null
        case 1, 2: .integer(randomInteger(&random))
        case 3:
            .real(
                [0, -0.0, 1, -1, .infinity, -.infinity, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 0.1].randomElement(using: &random)
                    ?? 0)
        case 4: .real(Double(bitPattern: random.next()))
        case 5...7: .text(randomText(&random))
        default: .blob((0..<Int.random(in: 0...200, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) })
        }
    }

    static func randomInteger(_ random: inout SplitMix64) -> Int64 {
        let extremes: [Int64] = [0, 1, -1, 2, .max, .min, .max - 1, .min + 1]
        if Int.random(in: 0...3, using: &random) == 0 { return extremes.randomElement(using: &random) ?? 0 }
        // Every magnitude, and the borders between lengths.
        let shift = Int.random(in: 0...63, using: &random)
        let border = Int64(bitPattern: 1 << UInt64(shift)) &+ Int64.random(in: -2...2, using: &random)
        return Bool.random(using: &random) ? border : 0 &- border
    }

    static func randomText(_ random: inout SplitMix64) -> String {
        let pool: [Unicode.Scalar] = ["a", "b", "\u{0}", "\u{1}", "é", "\u{FFFF}", "😀", " ", "z", "\u{7F}"]
        let count = Int.random(in: 0...(Int.random(in: 0...20, using: &random) == 0 ? 300 : 6), using: &random)
        return String(String.UnicodeScalarView((0..<count).map { _ in pool.randomElement(using: &random) ?? "a" }))
    }

    private func decode(_ bytes: [UInt8], _ count: Int) -> [SQLValue]? {
        var cells: [RowFormat.Cell] = []
        guard RowFormat.locate(count, in: bytes.span.bytes, into: &cells) else { return nil }
        return cells.map { RowFormat.value($0, in: bytes.span.bytes) }
    }

    private func encode(_ values: [SQLValue]) -> [UInt8] {
        var encoder = RowEncoder()
        for value in values { encoder.append(value) }
        return encoder.bytes
    }

    @Test(arguments: 1...5 as ClosedRange<UInt64>) func roundTrip(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<500 {
            let values = (0..<Int.random(in: 0...20, using: &random)).map { _ in Self.randomValue(&random) }
            let expected = values.map { value in
                if case .real(let number) = value, number.isNaN { SQLValue.null } else { value }
            }
            #expect(decode(encode(values), values.count) == expected, "seed \(seed)")
        }
    }

    @Test func integersTakeTheRoomTheyNeed() {
        let lengths: [(Int64, Int)] = [
            (0, 1), (1, 1), (-1, 2), (127, 2), (-128, 2), (128, 3), (-129, 3), (32_767, 3), (32_768, 4), (-8_388_608, 4), (8_388_608, 5),
            (2_147_483_647, 5), (2_147_483_648, 7), (-140_737_488_355_328, 7), (140_737_488_355_328, 9), (.max, 9), (.min, 9),
        ]
        for (value, length) in lengths {
            #expect(encode([.integer(value)]).count == length, "\(value)")
            #expect(decode(encode([.integer(value)]), 1) == [.integer(value)])
        }
    }

    /// The bytes of one row, written down: views on disk are read by other processes.
    @Test func bytesOfARow() {
        let row = encode([.integer(1), .null, .text("hé"), .integer(-2), .real(1), .blob([7])])
        #expect(row == [9, 0, 19, 1, 7, 14] + [0x68, 0xC3, 0xA9] + [0xFE] + [0, 0, 0, 0, 0, 0, 0xF0, 0x3F] + [7])
    }

    @Test(arguments: 1...3 as ClosedRange<UInt64>) func malformedBytes(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<3000 {
            let values = (0..<Int.random(in: 1...8, using: &random)).map { _ in Self.randomValue(&random) }
            var bytes = encode(values)
            switch Int.random(in: 0...3, using: &random) {
            case 0: bytes = Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random)))
            case 1: bytes.append(UInt8.random(in: 0...255, using: &random))
            case 2: bytes = (0..<Int.random(in: 0...30, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
            default: bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            for count in [values.count, values.count + 1, max(0, values.count - 1), 0] {
                #expect((decode(bytes, count)?.count ?? count) == count, "seed \(seed)")
            }
            _ = ColumnCoder.decode(Author.self, from: bytes, columnCount: 5)
        }
        #expect(decode([UInt8](repeating: 0xFF, count: 30), 1) == nil)
        #expect(decode([10], 1) == nil && decode([11], 1) == nil)
        #expect(decode([], 0) == [])
        #expect(decode([0], 0) == nil)
    }

    @Test func rowsOfTypes() throws {
        let author = Author(id: .max, name: "n", email: nil, rank: .min, mentorID: 3)
        let bytes = ColumnCoder.encode(author)
        #expect(ColumnCoder.decode(Author.self, from: bytes, columnCount: 5) == author)
        #expect(ColumnCoder.decode(Author.self, from: bytes, columnCount: 4) == nil)
        #expect(ColumnCoder.decode(Loan.self, from: bytes, columnCount: 5) == nil)
        #expect(ColumnCoder.describe(Author.self).map(\.isNullable) == [false, false, true, false, true])
        // NULL where the type does not allow it.
        #expect(ColumnCoder.decode(Shelf.self, from: encode([.integer(1), .null]), columnCount: 2) == nil)
    }
}
