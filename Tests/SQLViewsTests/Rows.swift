import Projection
import TestSupport

/// Random rows with everything that is awkward in them.
struct Rows: Sendable {
    var items: [Item] = []
    var places: [Place] = []
    var links: [Link] = []

    static let kinds = ["reddit", "news", "News", "twitter", "tw", "", "é", "5", "05", "zoé", "x\u{0}y", "x"]
    static let texts = [
        "", "a", "A", "ab", "AB", "abc", "abc\u{0}", "abc\u{0}d", "ab\u{FFFD}", "é", "É", "e\u{301}", "日本", "😀", "5", "05", "5.0", "-1",
        "1e3", "%a", "a%", "_",
        "[x]", "*", "it's", "Zebra", "zebra", "\u{FFFF}", "\u{10FFFF}", "a ", " a", "\u{0}", "\u{1}", "NULL",
    ]
    static let integers = [
        0, 1, -1, 2, 5, 10, 127, 128, -128, -129, 255, 256, 65_535, 1 << 31, -(1 << 31), 1 << 53, (1 << 53) + 1, .max, .min, .max - 1,
        .min + 1,
    ]
    static let reals = [
        0.0, -0.0, 1, -1, 0.5, 2.5, -2.5, 5, 1e-300, -1e-300, 1e308, -1e308, .greatestFiniteMagnitude, .leastNonzeroMagnitude, 9.3e18,
        -9.3e18, 9_007_199_254_740_992, .infinity, -.infinity, 0.1,
    ]

    init(seed: UInt64, items count: Int = 260, places placeCount: Int = 120, links linkCount: Int = 160) {
        var random = SplitMix64(seed: seed)
        var names: Set<[UInt8]> = []
        var ids: Set<Int> = []
        while items.count < count {
            var item = Item()
            item.id = Bool.random(using: &random) ? items.count + 1 : Self.integer(&random)
            let name: String? = Int.random(in: 0..<4, using: &random) == 0 ? nil : Self.text(&random)
            guard ids.insert(item.id).inserted else { continue }
            if let name, names.insert(Array(name.utf8)).inserted { item.name = name }
            item.kind = Self.kinds.randomElement(using: &random) ?? ""
            item.score = Self.maybe(Self.real(&random), &random)
            item.count = Self.maybe(Self.integer(&random), &random)
            item.flag = Int.random(in: 0...2, using: &random) == 0 ? 1 : 0
            item.note = Self.maybe(Int.random(in: 0..<5, using: &random) == 0 ? Self.long(&random) : Self.text(&random), &random)
            item.payload = Self.maybe(
                Blob((0..<Int.random(in: 0...3, using: &random)).map { _ in [0, 1, 0x61, 0xFF].randomElement(using: &random) ?? 0 }),
                &random)
            item.doc = Self.maybe("{\"n\":\(Int.random(in: 0...9, using: &random)),\"tags\":[\"a\",\"b\"]}", &random)
            items.append(item)
        }
        var codes: Set<[UInt8]> = []
        while places.count < placeCount {
            var place = Place()
            place.code = Int.random(in: 0..<8, using: &random) == 0 ? Self.long(&random) : Self.text(&random)
            guard codes.insert(Array(place.code.utf8)).inserted else { continue }
            place.title = Self.text(&random)
            place.rank = Self.maybe(Self.integer(&random), &random)
            place.height = Self.real(&random)
            places.append(place)
        }
        for number in 0..<linkCount {
            var link = Link()
            link.item = items.randomElement(using: &random)?.id ?? 0
            link.place = places.randomElement(using: &random)?.code ?? ""
            link.seq = number % 7 == 0 ? Self.integer(&random) : number
            link.weight = Self.maybe(Self.real(&random), &random)
            if !links.contains(where: { $0.item == link.item && $0.place.utf8.elementsEqual(link.place.utf8) && $0.seq == link.seq }) {
                links.append(link)
            }
        }
    }

    static func maybe<T>(_ value: T, _ random: inout SplitMix64) -> T? { Int.random(in: 0..<5, using: &random) == 0 ? nil : value }

    static func text(_ random: inout SplitMix64) -> String {
        let base = texts.randomElement(using: &random) ?? ""
        return Int.random(in: 0..<3, using: &random) == 0 ? base : base + (texts.randomElement(using: &random) ?? "")
    }

    /// Longer than a key can be, with long beginnings in common.
    static func long(_ random: inout SplitMix64) -> String {
        let beginning = String(
            repeating: ["a", "ab", "é", "\u{0}"].randomElement(using: &random) ?? "a", count: Int.random(in: 480...520, using: &random))
        return beginning + text(&random)
    }

    static func integer(_ random: inout SplitMix64) -> Int {
        Bool.random(using: &random) ? Int.random(in: -20...200, using: &random) : integers.randomElement(using: &random) ?? 0
    }

    static func real(_ random: inout SplitMix64) -> Double {
        Bool.random(using: &random) ? Double(Int.random(in: -8...40, using: &random)) / 4 : reals.randomElement(using: &random) ?? 0
    }
}
