import Synchronization

/// The containers of objects that a decoding handed out, for the next object that is asked for by the same type of keys.
///
/// To make one the standard library looks up types at run time, and allocates: a replay that uses them again makes 1.17 times as many events a
/// second. What one of these reads is noted here, under its number, and noted anew for each object, unless somebody still holds the one before:
/// then another container is made, and what that one reads stays as it was.
struct KeptContainers {
    /// What a container reads: an object, and the number of the decoding that it is read in.
    struct Reading: BitwiseCopyable {
        let decoding: UInt64
        let object: Int
    }

    private struct Entry: ~Copyable {
        var keys: ObjectIdentifier?
        var container: Unmanaged<KeptContainer>?
        // Asked for by whoever keeps the container, on any thread.
        let decoding = Atomic<UInt64>(0)
        let object = Atomic<Int>(0)

        func note(_ reading: Reading) {
            decoding.store(reading.decoding, ordering: .relaxed)
            object.store(reading.object, ordering: .relaxed)
        }
    }

    /// Programs with more types of keys do without this for some.
    private static let capacity = 256
    /// How many entries are looked at for a type.
    private static let attempts = 8

    /// Never deallocated: whoever keeps a container may ask for what it reads at any time.
    private let entries = UnsafeMutablePointer<Entry>.allocate(capacity: Self.capacity)

    init() {
        for number in 0..<Self.capacity { (entries + number).initialize(to: Entry()) }
    }

    /// What the container with a number reads.
    @inline(__always)
    func reading(_ number: Int) -> Reading {
        Reading(decoding: entries[number].decoding.load(ordering: .relaxed), object: entries[number].object.load(ordering: .relaxed))
    }

    /// A container that nobody else has; nil where there is none.
    // Generic it would have to look up what the type of an optional container is.
    @inline(__always)
    func container(_ keys: ObjectIdentifier, _ reading: Reading) -> Unmanaged<KeptContainer>? {
        guard let number = number(for: keys), let kept = entries[number].container, kept._withUnsafeGuaranteedRef({ $0.isFree() }) else {
            return nil
        }
        entries[number].note(reading)
        return kept
    }

    /// Makes a container with a number of its own; nil where there is one for these keys, or no room.
    func keep<Key: CodingKey>(_ keys: Key.Type, _ reading: Reading, make: (_ number: Int) -> KeyedDecodingContainer<Key>)
        -> KeyedDecodingContainer<Key>?
    {
        // Of the static type, as the container is: a class of keys may be given as one that it inherits from.
        let keys = ObjectIdentifier(Key.self)
        guard let number = number(for: keys), entries[number].keys == nil else { return nil }
        let container = make(number)
        entries[number].note(reading)
        entries[number].container = .passRetained(KeptContainerOf(container))
        entries[number].keys = keys
        return container
    }

    /// Where the container for a type of keys is, or has room.
    @inline(__always)
    private func number(for keys: ObjectIdentifier) -> Int? {
        let first = UInt(bitPattern: keys) >> 4
        for attempt in 0..<UInt(Self.attempts) {
            let number = Int((first &+ attempt) & UInt(Self.capacity - 1))
            if entries[number].keys == keys || entries[number].keys == nil { return number }
        }
        return nil
    }
}
