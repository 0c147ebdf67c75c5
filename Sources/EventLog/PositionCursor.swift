import LMDB

/// Positions of a tag or a type in a snapshot of the index, one by one, in order.
///
/// ```swift
/// let positions = try index.positions(ofTag: "image:42", in: 1...head, backward: true)
/// while let position = try positions.next() { … }
/// ```
public final class PositionCursor {
    private enum Source {
        case tag([UInt8])
        case type(prefix: [UInt8])
    }

    private let cursor: Cursor
    private let source: Source
    private let range: ClosedRange<Position>
    private let backward: Bool
    private var isStarted = false
    private var isAtEnd = false
    /// Of a type: the positions of the current chunk in the order they are handed out, and which comes next.
    private var chunk: [Position] = []
    private var nextInChunk = 0

    /// - Parameter tag: as `name:value`; an empty one has no positions.
    init(tag: String, _ cursor: Cursor, _ range: ClosedRange<Position>, backward: Bool) {
        self.cursor = cursor
        self.range = range
        self.backward = backward
        source = .tag(IndexKey.text(tag))
        isAtEnd = tag.isEmpty
    }

    init(type: String, _ cursor: Cursor, _ range: ClosedRange<Position>, backward: Bool) {
        self.cursor = cursor
        self.range = range
        self.backward = backward
        source = .type(prefix: Array(type.utf8) + [0])
        // No event has a longer type, and LMDB takes no longer key.
        isAtEnd = type.utf8.count > 200
    }

    /// The next position, or nil after the last.
    ///
    /// - Throws: `LMDBError` when the index cannot be read.
    public func next() throws -> Position? {
        if isAtEnd { return nil }
        let position: Position?
        switch source {
        case .tag(let key): position = try nextOfTag(key)
        case .type(let prefix): position = try nextOfType(prefix)
        }
        if position == nil { isAtEnd = true }
        return position
    }

    private func nextOfTag(_ key: [UInt8]) throws -> Position? {
        var found: Bool
        if isStarted {
            found = try cursor.move(backward ? .previousValue : .nextValue)
        } else if !backward {
            found = try cursor.find(key, atLeast: range.lowerBound)
        } else {
            found = try cursor.find(key, atLeast: range.upperBound)
            if !found {
                found = try cursor.find(key) && cursor.move(.lastValue)
            } else if cursor.integerValue > range.upperBound {
                found = try cursor.move(.previousValue)
            }
        }
        isStarted = true
        return found && range.contains(cursor.integerValue) ? cursor.integerValue : nil
    }

    private func nextOfType(_ prefix: [UInt8]) throws -> Position? {
        while nextInChunk >= chunk.count {
            guard try moveToChunk(prefix) else { return nil }
        }
        defer { nextInChunk += 1 }
        return chunk[nextInChunk]
    }

    /// Fills `chunk` with what the next chunk has within the range, maybe nothing; false after the last chunk.
    private func moveToChunk(_ prefix: [UInt8]) throws -> Bool {
        let cursor = cursor
        var found: Bool
        if isStarted {
            found = try cursor.move(backward ? .previous : .next)
        } else {
            isStarted = true
            var edge = prefix
            edge.appendBigEndian(backward ? range.upperBound : range.lowerBound)
            found = try cursor.seek(edge)
            // The chunk that contains the edge begins at or before it.
            if !found { found = try cursor.move(.last) } else if !cursor.key.elementsEqual(edge) { found = try cursor.move(.previous) }
            if !(found && Self.isInType(prefix, cursor)) {
                if backward { return false }
                found = try cursor.seek(edge)
            }
        }
        guard found, Self.isInType(prefix, cursor) else { return false }
        let first = Position(bigEndian: cursor.key.unsafeLoadUnaligned(fromByteOffset: prefix.count, as: Position.self))
        if !backward, first > range.upperBound { return false }
        chunk = TypeChunk.positions(in: cursor.value, first: first).filter(range.contains)
        if backward {
            // Everything further back is before the range.
            if chunk.isEmpty, first < range.lowerBound { return false }
            chunk.reverse()
        }
        nextInChunk = 0
        return true
    }

    private static func isInType(_ prefix: [UInt8], _ cursor: Cursor) -> Bool {
        cursor.key.byteCount == prefix.count + 8 && cursor.key.starts(with: prefix)
    }
}

extension IndexReader {
    /// The positions of a type within a range, in order.
    public func positions(ofType type: String, in range: ClosedRange<Position>, backward: Bool) throws -> PositionCursor {
        PositionCursor(type: type, try transaction.transaction.cursor(types), range, backward: backward)
    }

    /// The positions of a tag (a subject is one) within a range, in order.
    public func positions(ofTag tag: String, in range: ClosedRange<Position>, backward: Bool) throws -> PositionCursor {
        PositionCursor(tag: tag, try transaction.transaction.cursor(tags), range, backward: backward)
    }

    /// Where events with this id are, whatever their source: at most one a source, in the order of their positions.
    ///
    /// An id too long for a key may bring others that begin alike: look at the events.
    public func positions(ofID id: String) throws -> [Position] {
        let prefix = IndexKey.idPrefix(id)
        let cursor = try transaction.transaction.cursor(ids)
        var positions: [Position] = []
        var found = try cursor.seek(prefix)
        while found, cursor.key.starts(with: prefix), cursor.value.byteCount == 8 {
            positions.append(cursor.value.loadLittleEndian(0))
            found = try cursor.move(.next)
        }
        return positions.sorted()
    }
}
