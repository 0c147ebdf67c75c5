import TestSupport
import Testing

@testable import Projection

/// Rows in place, with short and long serial types, whole and damaged, beside a decoder that takes the format byte by byte.
struct RowViewTests {
    /// The types and lengths of a row's values, and where each begins; nil for what is no row of so many columns.
    private func naive(_ bytes: [UInt8], _ count: Int) -> [(type: UInt64, offset: Int, length: Int)]? {
        var types: [UInt64] = []
        var place = 0
        while types.count < count {
            var type: UInt64 = 0
            var shift: UInt64 = 0
            repeat {
                guard place < bytes.count, shift < 63 else { return nil }
                type |= UInt64(bytes[place] & 0x7F) << shift
                shift += 7
                place += 1
            } while bytes[place - 1] & 0x80 != 0
            types.append(type)
        }
        var cells: [(type: UInt64, offset: Int, length: Int)] = []
        for type in types {
            guard type < 10 || (12...1 << 40).contains(type) else { return nil }
            let length = type < 10 ? [0, 1, 2, 3, 4, 6, 8, 8, 0, 0][Int(type)] : Int(type - 12) / 2
            cells.append((type, place, length))
            place += length
        }
        return place == bytes.count ? cells : nil
    }

    private func check(_ bytes: [UInt8], _ count: Int, _ comment: Comment) -> Bool {
        let row = bytes.span.bytes
        let expected = naive(bytes, count)
        let isShort = ShortTypes.areAll(of: row, count)
        #expect(isShort == (expected != nil && bytes.prefix(count).allSatisfy { $0 < 0x80 }), comment)
        var cells: [RowFormat.Cell] = []
        #expect(RowFormat.locate(count, in: row, into: &cells) == (expected != nil), comment)
        guard let expected else { return false }
        #expect(cells.map(\.serialType) == expected.map(\.type) && cells.map(\.offset) == expected.map(\.offset), comment)
        #expect(cells.map(\.length) == expected.map(\.length), comment)

        let values = cells.map { RowFormat.value($0, in: row) }
        let isAsExpected = isShort ? shows(RowView(row, count, Span()), values) : shows(RowView(row, count, cells.span), values)
        #expect(isAsExpected, comment)
        return isShort
    }

    private func shows(_ view: borrowing RowView, _ values: [SQLValue]) -> Bool {
        var visited: [SQLValue] = []
        view.forEachValue { column, value in visited.append(column == visited.count ? value.sqlValue : .text("out of order")) }
        guard view.columnCount == values.count, visited.map(Self.bits) == values.map(Self.bits) else { return false }
        for (column, value) in values.enumerated() {
            let integer: Int64? = if case .integer(let number) = value { number } else { nil }
            guard Self.bits(view.view(column).sqlValue) == Self.bits(value), Self.bits(view.value(column)) == Self.bits(value),
                view.isNull(column) == (value == .null), view.integer(column) == integer
            else { return false }
        }
        return true
    }

    /// A damaged row may hold a NaN, which is not itself.
    private static func bits(_ value: SQLValue) -> SQLValue {
        if case .real(let number) = value { .integer(Int64(bitPattern: number.bitPattern)) } else { value }
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>) func asTheNaiveDecoder(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var short = 0
        var long = 0
        for round in 0..<100 {
            let values = (0..<Int.random(in: 0...20, using: &random)).map { _ in RowFormatTests.randomValue(&random) }
            var encoder = RowEncoder()
            for value in values { encoder.append(value) }
            let bytes = encoder.bytes
            if check(bytes, values.count, "seed \(seed), round \(round)") { short += 1 } else { long += 1 }
            for _ in 0..<10 where !bytes.isEmpty {
                var damaged = bytes
                switch Int.random(in: 0...3, using: &random) {
                case 0: damaged.removeLast(Int.random(in: 1...damaged.count, using: &random))
                case 1: damaged.append(UInt8.random(in: 0...255, using: &random))
                default:
                    // Among the types, more often than not.
                    let place = Int.random(in: 0..<min(damaged.count, 24), using: &random)
                    let types: [UInt8] = [10, 11, 12, 13, 0x7F, 0x80, .random(in: 0...255, using: &random)]
                    damaged[place] = types.randomElement(using: &random) ?? 0
                }
                _ = check(damaged, values.count, "seed \(seed), round \(round), damaged \(damaged)")
            }
        }
        #expect(short > 20 && long > 10)
    }

    /// The table of lengths says what the rule says.
    @Test func lengths() {
        for type in 0..<128 {
            #expect(ShortTypes.lengths[type] == CellSequence.length(ofSerialType: UInt64(type)).map(UInt8.init) ?? 0xFF, "type \(type)")
        }
    }
}
