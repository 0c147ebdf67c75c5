import LMDB
import Projection

/// Keys from `start` on and below `end`, as bytes.
///
/// A component of an `OrderedKey` is followed by nothing or by a byte from 0x05 to 0xFA: 0xFF after it is behind every key that has it.
/// LMDB's keys are shortened beyond 510 bytes and keep their first 495; bounds are cut before that and then take in a few keys more.
struct KeyRange: Equatable {
    /// The longest bound that is compared whole: the byte after it must be one that a shortened key kept.
    private static let limit = 490

    private(set) var start: [UInt8] = []
    /// Nil: to the end of the tree.
    private(set) var end: [UInt8]?

    /// All keys.
    init() {}

    /// All keys that begin with these components.
    init(components: [UInt8]) {
        guard !components.isEmpty else { return }
        from(components)
        through(components)
    }

    var isEmpty: Bool { end.map { !start.lexicographicallyPrecedes($0) } ?? false }

    mutating func from(_ bound: [UInt8]) { raise(Array(bound.prefix(Self.limit))) }

    /// Behind every key that begins with these components.
    mutating func after(_ components: [UInt8]) {
        raise(components.count > Self.limit ? Array(components.prefix(Self.limit)) : components + [0xFF])
    }

    /// Before every key that begins with these components.
    ///
    /// - Parameter descending: the last component is. A text that goes on with a NUL is then spelled as its beginning and 0x00.
    mutating func before(_ components: [UInt8], descending: Bool) {
        if components.count > Self.limit { return lower(Self.successor(components.prefix(Self.limit))) }
        lower(descending ? components + [0x01] : components)
    }

    mutating func through(_ components: [UInt8]) {
        if components.count > Self.limit { return lower(Self.successor(components.prefix(Self.limit))) }
        lower(components + [0xFF])
    }

    /// Up to the texts that begin so; `bytes` ends within a component.
    mutating func through(textPrefix bytes: [UInt8]) {
        if bytes.count > Self.limit { return lower(Self.successor(bytes.prefix(Self.limit))) }
        // Descending, the end of a text is a 0xFF itself.
        lower(bytes + [0xFF, 0xFF])
    }

    /// Leaves out NULL in the component after these.
    mutating func withoutNull(after components: [UInt8], descending: Bool) {
        guard components.count < Self.limit else { return }
        let null = OrderedKey([.null]).bytes
        if descending {
            lower(components + null.map { ~$0 })
        } else {
            raise(components + null + [0xFF])
        }
    }

    private mutating func raise(_ bound: [UInt8]) {
        if start.lexicographicallyPrecedes(bound) { start = bound }
    }

    private mutating func lower(_ bound: [UInt8]?) {
        guard let bound else { return }
        if let end, !bound.lexicographicallyPrecedes(end) { return }
        end = bound
    }

    /// The lowest bytes above everything that begins with these; nil when there are none.
    private static func successor(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
        var bytes = Array(bytes)
        while let last = bytes.popLast() {
            if last < 0xFF { return bytes + [last + 1] }
        }
        return nil
    }

    // MARK: Moving

    /// Moves to the first key of the range; returns whether there is one.
    func moveToFirst(_ cursor: Cursor, backward: Bool) throws -> Bool {
        guard backward else { return try cursor.seek(start) && contains(cursor) }
        let found: Bool
        if let end, try cursor.seek(end) { found = try cursor.move(.previous) } else { found = try cursor.move(.last) }
        return found && contains(cursor)
    }

    func moveToNext(_ cursor: Cursor, backward: Bool) throws -> Bool {
        try cursor.move(backward ? .previous : .next) && contains(cursor, backward: backward)
    }

    private func contains(_ cursor: Cursor) -> Bool { contains(cursor, backward: true) && contains(cursor, backward: false) }

    /// Going on in one direction, only the bound ahead can be passed.
    private func contains(_ cursor: Cursor, backward: Bool) -> Bool {
        if backward { return start.isEmpty || !Self.precedes(cursor.key, start) }
        return end.map { Self.precedes(cursor.key, $0) } ?? true
    }

    private static func precedes(_ key: RawSpan, _ bound: [UInt8]) -> Bool {
        let count = min(key.byteCount, bound.count)
        for place in 0..<count {
            let byte = key.unsafeLoad(fromByteOffset: place, as: UInt8.self)
            if byte != bound[place] { return byte < bound[place] }
        }
        return key.byteCount < bound.count
    }
}
