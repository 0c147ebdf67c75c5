import Projection

/// The beginning that every text has which matches a LIKE or GLOB pattern.
struct TextPattern {
    /// The lowest and the highest spelling of the beginning: LIKE takes either case of the letters A to Z.
    let lowest: String
    let highest: String

    var isEmpty: Bool { lowest.isEmpty }

    init(_ pattern: String, ignoringCase: Bool) {
        let wildcards: Set<UInt8> = ignoringCase ? [0x25, 0x5F] : [0x2A, 0x3F, 0x5B]
        var prefix = Array(pattern.utf8.prefix { !wildcards.contains($0) })
        // SQLite reads U+FFFE and U+FFFF as U+FFFD: what is spelled with EF BF may match other bytes.
        for place in prefix.indices.dropLast() where prefix[place] == 0xEF && prefix[place + 1] == 0xBF {
            prefix.removeSubrange(place...)
            break
        }
        if ignoringCase {
            lowest = String(decoding: prefix.map { (0x61...0x7A).contains($0) ? $0 - 0x20 : $0 }, as: UTF8.self)
            highest = String(decoding: prefix.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }, as: UTF8.self)
        } else {
            lowest = String(decoding: prefix, as: UTF8.self)
            highest = lowest
        }
    }
}
