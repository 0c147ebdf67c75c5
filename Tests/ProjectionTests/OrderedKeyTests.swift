import TestSupport
import Testing

@testable import Projection

/// Keys compared as bytes are in SQL's order.
struct OrderedKeyTests {
    private func order(_ one: SQLValue, _ other: SQLValue) -> Int {
        func rank(_ value: SQLValue) -> Int {
            switch value {
            case .null: 0
            case .integer, .real: 1
            case .text: 2
            case .blob: 3
            }
        }
        func compare<C: Comparable>(_ one: C, _ other: C) -> Int { one == other ? 0 : one < other ? -1 : 1 }
        switch (one, other) {
        case (.integer(let one), .integer(let other)): return compare(one, other)
        case (.real(let one), .real(let other)): return compare(one, other)
        case (.text(let one), .text(let other)): return compareBytes(Array(one.utf8), Array(other.utf8))
        case (.blob(let one), .blob(let other)): return compareBytes(one, other)
        default: return compare(rank(one), rank(other))
        }
    }

    private func compareBytes(_ one: [UInt8], _ other: [UInt8]) -> Int {
        one == other ? 0 : one.lexicographicallyPrecedes(other) ? -1 : 1
    }

    /// Columns have one type each, so a number is compared with numbers of its kind.
    private func value(_ type: Int, _ random: inout SplitMix64) -> SQLValue {
        if Int.random(in: 0...5, using: &random) == 0 { return .null }
        switch type {
        case 0: return .integer(RowFormatTests.randomInteger(&random))
        case 1:
            let number = Double(bitPattern: random.next())
            let special: [Double] = [0, -0.0, .infinity, -.infinity, 1, -1, 1.5, .leastNonzeroMagnitude, -.leastNonzeroMagnitude]
            return .real(number.isNaN || Bool.random(using: &random) ? special.randomElement(using: &random) ?? 0 : number)
        case 2: return .text(String(RowFormatTests.randomText(&random).prefix(4)))
        default:
            return .blob((0..<Int.random(in: 0...3, using: &random)).map { _ in [0, 1, 254, 255].randomElement(using: &random) ?? 0 })
        }
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>) func tuples(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let types = (0..<Int.random(in: 1...4, using: &random)).map { _ in Int.random(in: 0...3, using: &random) }
        let descending = types.map { _ in Bool.random(using: &random) }
        // As in an index entry: the primary key comes last.
        var tuples: [(values: [SQLValue], key: [UInt8])] = []
        for number in 0..<250 {
            let values = types.map { value($0, &random) } + [.integer(Int64(number))]
            var key = OrderedKey()
            for (place, value) in values.enumerated() { key.append(value, descending: place < types.count && descending[place]) }
            tuples.append((values, key.bytes))
            try checkEnds(values, key.bytes, descending + [false], seed)
            try checkCells(values, key.bytes, descending + [false], seed)
        }
        for one in tuples {
            for other in tuples {
                var expected = 0
                for place in one.values.indices where expected == 0 {
                    expected = order(one.values[place], other.values[place])
                    if place < types.count && descending[place] { expected = -expected }
                }
                guard compareBytes(one.key, other.key) == expected else {
                    Issue.record("seed \(seed): \(one.values) and \(other.values), descending \(descending)")
                    return
                }
            }
        }
    }

    private func checkEnds(_ values: [SQLValue], _ key: [UInt8], _ descending: [Bool], _ seed: UInt64) throws {
        var offset = 0
        for (place, value) in values.enumerated() {
            var component = OrderedKey()
            component.append(value, descending: descending[place])
            let end = OrderedKey.end(ofComponentAt: offset, in: key.span.bytes, descending: descending[place])
            #expect(end == offset + component.bytes.count, "seed \(seed): \(values)")
            offset = try #require(end)
        }
        #expect(offset == key.count)
        #expect(OrderedKey.end(ofComponentAt: offset, in: key.span.bytes, descending: false) == nil)
    }

    /// A component from a row's bytes is the same as from its value.
    private func checkCells(_ values: [SQLValue], _ key: [UInt8], _ descending: [Bool], _ seed: UInt64) throws {
        var encoder = RowEncoder()
        for value in values { encoder.append(value) }
        let row = encoder.bytes
        var cells: [RowFormat.Cell] = []
        #expect(RowFormat.locate(values.count, in: row.span.bytes, into: &cells))
        var fromRow = OrderedKey()
        for (place, cell) in cells.enumerated() { fromRow.append(cell, in: row.span.bytes, descending: descending[place]) }
        #expect(fromRow.bytes == key, "seed \(seed): \(values)")
    }

    @Test func negativeZeroIsZeroAndNaNIsNull() {
        #expect(OrderedKey([.real(-0.0)]).bytes == OrderedKey([.real(0)]).bytes)
        #expect(OrderedKey([.real(.nan)]).bytes == OrderedKey([.null]).bytes)
    }

    @Test func prefixesOfTexts() {
        var random = SplitMix64(seed: 9)
        for _ in 0..<2000 {
            let text = RowFormatTests.randomText(&random)
            let prefix = Bool.random(using: &random) ? String(text.unicodeScalars.prefix(2)) : RowFormatTests.randomText(&random)
            for descending in [false, true] {
                var key = OrderedKey()
                key.append(.text(text), descending: descending)
                var start = OrderedKey()
                start.appendTextPrefix(prefix, descending: descending)
                #expect(key.bytes.starts(with: start.bytes) == Array(text.utf8).starts(with: prefix.utf8))
            }
        }
    }

    @Test func bytesThatAreNoKey() {
        var random = SplitMix64(seed: 10)
        for _ in 0..<5000 {
            let bytes = (0..<Int.random(in: 0...12, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
            for descending in [false, true] {
                for offset in [0, 1, bytes.count, bytes.count + 3] {
                    guard let end = OrderedKey.end(ofComponentAt: offset, in: bytes.span.bytes, descending: descending) else { continue }
                    #expect(end > offset && end <= bytes.count, "\(bytes)")
                }
            }
        }
    }
}
