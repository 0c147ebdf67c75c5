/// Numbers for keys: 0 for the first that came, 1 for the second … The keys' bytes are in an arena, which the caller gives to every call.
///
/// What belongs to a key is kept in an array beside the map, at the key's number.
// A class, since of a structure in another object each call would count references to its arrays.
public final class ByteMap {
    private var keys: [ByteArena.Slice] = []
    /// Hash and number plus 1, by hash, 0 where free; a power of two of them, at most half taken. Most of what is not there is told from
    /// here alone, which is one place in memory instead of three.
    private var slots: [UInt64] = []

    public init() {}

    public var count: Int { keys.count }

    /// The key with a number.
    public func key(_ number: Int) -> ByteArena.Slice { keys[number] }

    /// The number of a key, nil for one that never came.
    public func number(of key: RawSpan, in arena: ByteArena) -> Int? {
        guard !keys.isEmpty else { return nil }
        return Self.number(in: slots[slot(of: key, UInt32(truncatingIfNeeded: key.hash64), arena)])
    }

    /// The same for a key that was looked for in another map before.
    public func number(of key: RawSpan, lookedForAt place: Place, in arena: ByteArena) -> Int? {
        guard !keys.isEmpty else { return nil }
        return Self.number(in: slots[slot(of: key, place.hash, arena)])
    }

    /// Where a key is, or would be, until the next one is added.
    public struct Place {
        /// nil for a key that never came.
        public let number: Int?
        fileprivate let hash: UInt32
        fileprivate let slot: Int
    }

    /// Finds a key, so that it can be added without being looked for again.
    public func place(of key: RawSpan, in arena: ByteArena) -> Place {
        if (keys.count + 1) * 2 > slots.count { grow() }
        let hash = UInt32(truncatingIfNeeded: key.hash64)
        let slot = slot(of: key, hash, arena)
        return Place(number: Self.number(in: slots[slot]), hash: hash, slot: slot)
    }

    /// Adds a key that never came, whose bytes are in the arena already; returns its number.
    public func add(_ key: ByteArena.Slice, at place: Place) -> Int {
        keys.append(key)
        slots[place.slot] = UInt64(place.hash) << 32 | UInt64(keys.count)
        return keys.count - 1
    }

    /// The number of a key, which is copied into the arena when it is new.
    public func insert(_ key: RawSpan, in arena: ByteArena) -> (number: Int, isNew: Bool) {
        let place = place(of: key, in: arena)
        if let number = place.number { return (number, false) }
        return (add(arena.append(key), at: place), true)
    }

    /// The number of a key whose bytes are in the arena already.
    public func insert(_ key: ByteArena.Slice, in arena: ByteArena) -> (number: Int, isNew: Bool) {
        let place = place(of: arena[key], in: arena)
        if let number = place.number { return (number, false) }
        return (add(key, at: place), true)
    }

    /// Forgets all keys.
    public func removeAll() {
        // A map that was large once would be wiped at its full size for ever.
        if slots.count > 1 << 14 { slots = [] } else { for place in slots.indices { slots[place] = 0 } }
        keys.removeAll(keepingCapacity: slots.count > 0)
    }

    /// Where a key's number is, or would be.
    private func slot(of key: RawSpan, _ hash: UInt32, _ arena: ByteArena) -> Int {
        let mask = slots.count - 1
        var place = Int(hash) & mask
        while let number = Self.number(in: slots[place]) {
            if slots[place] >> 32 == hash, arena[keys[number]].isEqual(to: key) { return place }
            place = (place + 1) & mask
        }
        return place
    }

    private static func number(in slot: UInt64) -> Int? { slot == 0 ? nil : Int(truncatingIfNeeded: slot & 0xFFFF_FFFF) - 1 }

    private func grow() {
        let former = slots
        slots = Array(repeating: 0, count: max(64, former.count * 2))
        let mask = slots.count - 1
        for slot in former where slot != 0 {
            var place = Int(slot >> 32) & mask
            while slots[place] != 0 { place = (place + 1) & mask }
            slots[place] = slot
        }
    }
}
