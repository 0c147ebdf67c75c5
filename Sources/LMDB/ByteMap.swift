/// Numbers for keys: 0 for the first that came, 1 for the second … The keys' bytes are in an arena, which the caller gives to every call.
///
/// What belongs to a key is kept in an array beside the map, at the key's number.
public struct ByteMap {
    private var keys: [ByteArena.Slice] = []
    private var hashes: [UInt32] = []
    /// Numbers plus 1 by hash, 0 where free; a power of two of them, at most half taken.
    private var slots: [UInt32] = []

    public init() {}

    public var count: Int { keys.count }

    /// The key with a number.
    public func key(_ number: Int) -> ByteArena.Slice { keys[number] }

    /// The number of a key, nil for one that never came.
    public func number(of key: RawSpan, in arena: ByteArena) -> Int? {
        guard !keys.isEmpty else { return nil }
        let hash = UInt32(truncatingIfNeeded: key.hash64)
        let slot = slots[slot(of: key, hash, arena)]
        return slot == 0 ? nil : Int(slot) - 1
    }

    /// The number of a key, which is copied into the arena when it is new.
    public mutating func insert(_ key: RawSpan, in arena: ByteArena) -> (number: Int, isNew: Bool) {
        let hash = prepare(key)
        let place = slot(of: key, hash, arena)
        if slots[place] != 0 { return (Int(slots[place]) - 1, false) }
        return (add(arena.append(key), hash, at: place), true)
    }

    /// The number of a key whose bytes are in the arena already.
    public mutating func insert(_ key: ByteArena.Slice, in arena: ByteArena) -> (number: Int, isNew: Bool) {
        let bytes = arena[key]
        let hash = prepare(bytes)
        let place = slot(of: bytes, hash, arena)
        if slots[place] != 0 { return (Int(slots[place]) - 1, false) }
        return (add(key, hash, at: place), true)
    }

    /// Forgets all keys.
    public mutating func removeAll() {
        // A map that was large once would be wiped at its full size for ever.
        if slots.count > 1 << 14 { slots = [] } else { for place in slots.indices { slots[place] = 0 } }
        keys.removeAll(keepingCapacity: slots.count > 0)
        hashes.removeAll(keepingCapacity: slots.count > 0)
    }

    private mutating func add(_ key: ByteArena.Slice, _ hash: UInt32, at place: Int) -> Int {
        keys.append(key)
        hashes.append(hash)
        slots[place] = UInt32(keys.count)
        return keys.count - 1
    }

    private mutating func prepare(_ key: RawSpan) -> UInt32 {
        if (keys.count + 1) * 2 > slots.count { grow() }
        return UInt32(truncatingIfNeeded: key.hash64)
    }

    /// Where a key's number is, or would be.
    private func slot(of key: RawSpan, _ hash: UInt32, _ arena: ByteArena) -> Int {
        let mask = slots.count - 1
        var place = Int(hash) & mask
        while slots[place] != 0 {
            let number = Int(slots[place]) - 1
            if hashes[number] == hash, arena[keys[number]].isEqual(to: key) { return place }
            place = (place + 1) & mask
        }
        return place
    }

    private mutating func grow() {
        slots = Array(repeating: 0, count: max(64, slots.count * 2))
        let mask = slots.count - 1
        for number in keys.indices {
            var place = Int(hashes[number]) & mask
            while slots[place] != 0 { place = (place + 1) & mask }
            slots[place] = UInt32(number + 1)
        }
    }
}
