/// Sorting keys of an arena: eight bytes of each, taken where the keys begin to differ, are sorted byte by byte (radix), and only keys that
/// agree in those are compared themselves.
public enum KeyOrder {
    private struct Place {
        let prefix: UInt64
        let index: Int
    }

    /// Indices of the keys in LMDB's order; keys that are equal stay as they stood.
    public static func order(of keys: [ByteArena.Slice], in arena: ByteArena) -> [Int] {
        guard keys.count > 1 else { return Array(keys.indices) }
        let common = commonPrefixLength(keys, arena)
        var isSorted = true
        var places: [Place] = []
        places.reserveCapacity(keys.count)
        for index in keys.indices {
            let prefix = arena[keys[index]].bigEndianPrefix(from: common)
            if isSorted, let last = places.last {
                isSorted = last.prefix < prefix || last.prefix == prefix && !arena[keys[index]].precedes(arena[keys[index - 1]])
            }
            places.append(Place(prefix: prefix, index: index))
        }
        if isSorted { return Array(keys.indices) }
        sortByPrefix(&places)
        sortRuns(&places, keys, arena)
        return places.map(\.index)
    }

    private static func commonPrefixLength(_ keys: [ByteArena.Slice], _ arena: ByteArena) -> Int {
        let first = arena[keys[0]]
        var length = first.byteCount
        for key in keys where length > 0 { length = arena[key].commonPrefixLength(with: first, atMost: length) }
        return length
    }

    /// By the lowest byte first; a byte in which all agree costs no pass.
    private static func sortByPrefix(_ places: inout [Place]) {
        if places.count < 256 { return places.sort { ($0.prefix, $0.index) < ($1.prefix, $1.index) } }
        var differing: UInt64 = 0
        for place in places { differing |= place.prefix ^ places[0].prefix }
        var other = places
        for shift in stride(from: 0, to: 64, by: 8) where differing >> UInt64(shift) & 0xFF != 0 {
            var starts = Array(repeating: 0, count: 257)
            for place in places { starts[Int(place.prefix >> UInt64(shift) & 0xFF) + 1] += 1 }
            for byte in 1...256 { starts[byte] += starts[byte - 1] }
            for place in places {
                let byte = Int(place.prefix >> UInt64(shift) & 0xFF)
                other[starts[byte]] = place
                starts[byte] += 1
            }
            swap(&places, &other)
        }
    }

    /// Puts keys with the same eight bytes in order.
    private static func sortRuns(_ places: inout [Place], _ keys: [ByteArena.Slice], _ arena: ByteArena) {
        var start = 0
        while start < places.count {
            var end = start + 1
            while end < places.count, places[end].prefix == places[start].prefix { end += 1 }
            if end - start > 1 {
                places[start..<end].sort { one, other in
                    let order = arena[keys[one.index]].compare(arena[keys[other.index]])
                    return order == 0 ? one.index < other.index : order < 0
                }
            }
            start = end
        }
    }
}
