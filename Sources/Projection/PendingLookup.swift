import LMDB

/// Finds rows that are not written yet by the first columns of an index, or of the primary key.
///
/// A row is entered under what it holds at each change, and never taken out: whoever finds it looks whether it still belongs there.
struct PendingLookup {
    /// nil: the primary key.
    let index: Int?
    let columns: Int
    private let prefixes = ByteMap()
    /// Not the table's: another thread may read there while a row is looked up here.
    private let arena = ByteArena()
    /// By the prefix's number: where its newest link is.
    private var newest: [Int] = []
    private var links: [Link] = []

    private struct Link {
        let row: Int
        /// Below 0 at the end.
        let next: Int
    }

    init(index: Int?, columns: Int) {
        self.index = index
        self.columns = columns
    }

    mutating func add(_ row: Int, under prefix: RawSpan) {
        let (number, isNew) = prefixes.insert(prefix, in: arena)
        if isNew {
            newest.append(-1)
        } else if links[newest[number]].row == row {
            return
        }
        links.append(Link(row: row, next: newest[number]))
        newest[number] = links.count - 1
    }

    /// The numbers of the rows that were entered under a prefix, each once.
    func numbers(of prefix: [UInt8]) -> Set<Int> {
        guard let number = prefixes.number(of: prefix.span.bytes, in: arena) else { return [] }
        var rows: Set<Int> = []
        var place = newest[number]
        while place >= 0 {
            rows.insert(links[place].row)
            place = links[place].next
        }
        return rows
    }

    mutating func removeAll() {
        prefixes.removeAll()
        newest.removeAll(keepingCapacity: true)
        links.removeAll(keepingCapacity: true)
        arena.removeAll()
    }
}
