/// The log and its index at one moment, the index at least as far as the log.
public final class LogSnapshot {
    public let log: any LogReader
    public let index: IndexReader
    /// The last position that the snapshot shows.
    public let head: Position

    /// - Parameter head: shows the log up to here although it may have grown.
    public init(_ log: any LogReader, _ index: IndexReader, head: Position) {
        self.log = log
        self.index = index
        self.head = head
    }

    public func end() {
        index.end()
        log.end()
    }

    /// Visits the events that match, in the order of their positions, until `body` returns false.
    public func forEach(_ filter: EventFilter, _ body: (borrowing RecordView) throws -> Bool) throws {
        let upper = min(filter.positions.upperBound, head)
        let lower = max(1, filter.positions.lowerBound)
        guard lower <= upper, filter.limit > 0 else { return }
        var left = filter.limit
        func visit(_ record: borrowing RecordView) throws -> Bool {
            guard filter.matches(record) else { return true }
            left -= 1
            return try body(record) && left > 0
        }
        func visit(next: () throws -> Position?) throws {
            var ahead: [Position] = []
            // A position that cannot be told is no reason not to show the events before it.
            var failure: (any Error)?
            while true {
                ahead.removeAll(keepingCapacity: true)
                do {
                    while failure == nil, ahead.count < min(left, Self.mostAhead), let position = try next() { ahead.append(position) }
                } catch {
                    failure = error
                }
                if ahead.isEmpty {
                    if let failure { throw failure }
                    return
                }
                log.prefetch(ahead)
                for position in ahead {
                    guard try log.event(at: position, { try visit($0) }) ?? true else { return }
                }
            }
        }
        if let tag = try rarestTag(filter.tags) {
            try visit(next: index.positions(ofTag: tag, in: lower...upper, backward: filter.backward).next)
        } else if filter.types.count == 1 {
            try visit(next: index.positions(ofType: filter.types[0], in: lower...upper, backward: filter.backward).next)
        } else if !filter.types.isEmpty {
            var positions = try positions(ofTypes: filter.types, in: lower...upper, backward: filter.backward).makeIterator()
            try visit { positions.next() }
        } else {
            try log.forEach(lower...upper, backward: filter.backward, visit)
        }
    }

    /// So many events are fetched at once: the records of more would drive each other out of the processor's nearest cache.
    private static let mostAhead = 16

    private func rarestTag(_ tags: [String]) throws -> String? {
        guard tags.count > 1 else { return tags.first }
        return try tags.map { ($0, try index.count(ofTag: $0)) }.min { $0.1 < $1.1 }?.0
    }

    /// Eight bytes a matching event: types are few and their positions packed.
    private func positions(ofTypes types: [String], in range: ClosedRange<Position>, backward: Bool) throws -> [Position] {
        var all: [Position] = []
        for type in Set(types) {
            try index.forEachPosition(ofType: type, in: range, backward: backward) { position in
                all.append(position)
                return true
            }
        }
        if backward { all.sort(by: >) } else { all.sort() }
        return all
    }
}
