import ImageLibrary
import Metrics
import Spool
import Trends

/// Questions to the views, through SQL and as Swift values, and their making.
final class Views {
    private let store: Store
    private var chance = SystemIndependentChance()
    private let clock = ContinuousClock()

    init(_ store: String) throws { self.store = try Store(at: store) }

    /// Brings the views of the mix up to the head: from nothing, where their folders were removed.
    func fold(_: Int) throws -> Duration {
        try clock.measure {
            try store.engine.snapshot(of: [trends.name, metrics.name, imageLibrary.name]).end()
        }
    }

    /// A question again and again, every column of every row read.
    func sql(_ question: Question) -> SpoolBench.Slice {
        { [self] count in
            let rows = try question.highestKey.map { try store.rows($0)[0][0] }
            let keys = (0..<count).map { _ in chance.next() }
            return try clock.measure {
                for key in keys {
                    try store.query(question.sql, question.parameters(key, highest: rows)) { result in
                        var sum = 0
                        while try result.next() {
                            result.forEachValue { _, value in sum &+= value.weight }
                        }
                        use(sum)
                    }
                }
            }
        }
    }

    /// The same through `Store.read`.
    func swift(_ question: Question) -> SpoolBench.Slice {
        { [self] count in
            let rows = try question.highestKey.map { try store.rows($0)[0][0] }
            let keys = (0..<count).map { _ in chance.next() }
            return try clock.measure {
                for key in keys { try question.read(store, key, highest: rows) }
            }
        }
    }

    /// The events of an image: it was added, and used about twice, however many others there are.
    func history(_ count: Int) throws -> Duration {
        let images = try store.rows("SELECT max(id) FROM image_library")[0][0]
        guard case .integer(let highest) = images, highest > 0 else { throw Question.Unknown(name: "history: there are no images") }
        let tags = (0..<count).map { _ in "image:\(1 + chance.next() % Int(highest))" }
        return try clock.measure {
            for tag in tags {
                try store.log.forEach(EventFilter(tags: [tag], limit: 100)) { record in
                    use(record.streamVersion)
                    return true
                }
            }
        }
    }

    /// The views as of a position: the same work as a fold of what lies between the nearest checkpoint and there.
    func asOf(_ position: Int) throws -> Duration {
        try clock.measure {
            let names: Set = [trends.name, metrics.name, imageLibrary.name]
            try store.engine.snapshot(of: names, asOf: .position(Position(position))).end()
        }
    }
}

extension ValueView {
    /// Something that cannot be had without reading the value.
    var weight: Int {
        switch self {
        case .text(let bytes), .blob(let bytes): bytes.isEmpty ? 0 : Int(bytes.unsafeLoad(fromByteOffset: 0, as: UInt8.self))
        case .integer(let value): Int(truncatingIfNeeded: value)
        case .real(let value): Int(truncatingIfNeeded: value.bitPattern)
        case .null: 0
        }
    }
}

/// The same numbers on every machine.
struct SystemIndependentChance {
    private var state: UInt64 = 1

    mutating func next() -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33)
    }
}
