import EventLog
import Glibc
import LMDB

/// A projection's tables at earlier positions, kept so that the next question about the past need not begin at the first event.
///
/// `views/.as-of/trends@1/1200` is an environment as it was after the event at position 1200, always one that the projector handles. It is
/// never written to after it got its name, so that it may be copied file by file and deleted at any time.
struct PastCheckpoints {
    let projection: Projection
    let limits: Limits

    /// What may be kept of all projections together.
    struct Limits {
        var count = 64
        var bytes = 1 << 30
    }

    /// Below this many positions the way is not worth a stop.
    private static let shortestStep: Position = 1024
    private var folder: String { projection.pastFolder }
    private var types: [String] { projection.projector.types }

    init(_ projection: Projection, limits: Limits = Limits()) {
        self.projection = projection
        self.limits = limits
    }

    /// Somebody deleted what was being built.
    private struct Lost: Error {}

    /// The tables as they were after the event at `position`; the caller ends the reader.
    func beginRead(at position: Position, in snapshot: LogSnapshot) throws -> ProjectionReader {
        for _ in 0..<20 {
            do {
                return try tryToRead(at: position, in: snapshot)
            } catch {
                let code = (error as? FileError)?.code ?? (error as? LMDBError)?.code
                guard error is Lost || code == ENOENT else { throw error }
            }
        }
        throw ProjectionError.notSettled
    }

    private func tryToRead(at position: Position, in snapshot: LogSnapshot) throws -> ProjectionReader {
        let last = try snapshot.index.lastPosition(ofTypes: types, atOrBefore: position)
        if let reader = try live(since: last, through: position, in: snapshot) { return reader }
        if let reader = try kept(at: last) { return reader }
        let reader = try build(last, in: snapshot)
        try? trim(keeping: last)
        return reader
    }

    /// The live tables, where nothing has happened in them since.
    private func live(since last: Position, through position: Position, in snapshot: LogSnapshot) throws -> ProjectionReader? {
        let reader = try projection.beginRead()
        if let checkpoint = try reader.checkpoint()?.position, checkpoint >= last,
            try checkpoint <= position
                || checkpoint <= snapshot.index.checkpoint().position
                    && snapshot.index.hasNone(ofTypes: types, in: position + 1...checkpoint)
        {
            return reader
        }
        reader.end()
        return nil
    }

    private func kept(at position: Position) throws -> ProjectionReader? {
        let file = "\(folder)/\(position)/data.mdb"
        guard File.exists(file) else { return nil }
        let kept = projection.past(at: "\(position)")
        let reader = try kept.beginRead()
        // Deleted at this moment, or of an earlier run of the system, it is empty now.
        guard try reader.checkpoint()?.position == position else {
            reader.end()
            try kept.remove()
            return nil
        }
        File.noteUse(file)
        return reader
    }

    /// Positions of the checkpoints kept, newest first.
    private func positions() -> [Position] { Folder.names(in: folder).compactMap { Position($0) }.sorted(by: >) }

    // MARK: Building

    /// Goes from the nearest checkpoint before to a position, and leaves checkpoints there and on the way.
    private func build(_ last: Position, in snapshot: LogSnapshot) throws -> ProjectionReader {
        let build = try BuildFolder(in: folder, for: "\(last)")
        defer { build.remove() }
        try copyNearest(before: last, to: build.content)
        let scratch = projection.past(at: String(build.content.dropFirst(folder.count + 1)))
        try fold(scratch, through: last, in: snapshot, build)
        // Open, it stays whole whatever becomes of its folder.
        let reader = try scratch.beginRead()
        guard try reader.checkpoint()?.position == last else {
            reader.end()
            throw Lost()
        }
        _ = try Folder.move(build.content, to: "\(folder)/\(last)")
        return reader
    }

    private func copyNearest(before last: Position, to target: String) throws {
        for position in positions() where position < last {
            try Folder.make(target)
            try UnsyncedMark.set(in: target, projection.bootID)
            if try File.clone("\(folder)/\(position)/data.mdb", to: "\(target)/data.mdb") {
                File.noteUse("\(folder)/\(position)/data.mdb")
                return
            }
        }
    }

    private func fold(_ scratch: Projection, through last: Position, in snapshot: LogSnapshot, _ build: BuildFolder) throws {
        var session = try scratch.beginWrite()
        defer { session.end() }
        var stops = try Self.stops(from: session.checkpoint().position, to: last)
        // While the tables are copied the events after them are folded in memory: nothing is committed before the copy is done.
        var copy: WorkBeside?
        defer { try? copy?.wait() }
        if try !session.isInitialized() {
            let first = try snapshot.index.lastPosition(ofTypes: types, atOrBefore: stops.first ?? last)
            if try isDense(in: snapshot), first >= DecodeAhead.shortest {
                // Up to the first stop as a rebuild does it, with the indexes loaded at the end.
                session.end()
                try scratch.fill(through: first, runsIn: build.path) { _ in }
                stops = Array(stops.dropFirst())
                session = try scratch.beginWrite()
                guard try session.checkpoint().position == first else { throw Lost() }
                if first < last { copy = WorkBeside { try keepCopy(of: build, at: first) } }
            } else {
                try session.insertInitialRows()
            }
        }
        var reached = try session.checkpoint()
        try forEachEvent(after: reached.position, through: last, in: snapshot) { event in
            try session.apply(event)
            let position = event.place.position
            reached = Checkpoint(position: position, checksum: event.checksum)
            let isStop = stops.first.map { position >= $0 } ?? false
            guard isStop || session.isLarge else { return }
            try copy?.wait()
            try session.commit(reached)
            if isStop, position < last {
                stops.removeAll { $0 <= position }
                try keepCopy(of: build, at: position)
            }
            session = try scratch.beginWrite()
            // Deleted meanwhile, it would be empty, and what follows would make no sense.
            guard try session.checkpoint() == reached else { throw Lost() }
        }
        try copy?.wait()
        try session.commit(reached)
    }

    /// Visits the projection's events between two positions, decoded.
    private func forEachEvent(
        after first: Position, through last: Position, in snapshot: LogSnapshot, _ body: (DecodeAhead.Item) throws -> Void
    ) throws {
        guard first < last else { return }
        if try last - first >= DecodeAhead.shortest && isDense(in: snapshot) {
            let ahead = DecodeAhead(first + 1...last, of: projection.log, projection.projector)
            defer { ahead.stop() }
            while let chunk = try ahead.next() { for event in chunk.items { try body(event) } }
            return
        }
        var positions = try MergedPositions(types: types, in: first + 1...last, snapshot.index)
        var decoder = EventDecoder(projection.projector)
        while let position = try positions.next() {
            let event = try snapshot.log.event(at: position) { decoder.item(of: $0) }
            if let event = event ?? nil { try body(event) }
        }
    }

    /// Whether many of the log's events are the projection's. Where it is mostly of other domains, the index finds the way faster than a
    /// second thread reads past them.
    private func isDense(in snapshot: LogSnapshot) throws -> Bool {
        let count = try types.reduce(0.0) { $0 + Double(try snapshot.index.summary(ofType: $1)?.count ?? 0) }
        return count * 8 >= Double(snapshot.head)
    }

    /// Places to leave a checkpoint at, closer and closer to the end: whoever asks about a moment not far before is not far from one.
    // Each is a copy of the file. At quarters of the way to the end, three in 500,000 events, the copies took a quarter of all the time.
    static func stops(from first: Position, to last: Position) -> [Position] {
        var stops: [Position] = []
        var rest = (last - first) / 32
        while rest >= shortestStep {
            stops.append(last - rest)
            rest /= 32
        }
        return stops
    }

    private func keepCopy(of build: BuildFolder, at position: Position) throws {
        guard !File.exists("\(folder)/\(position)") else { return }
        let copy = "\(build.path)/\(position)"
        try Folder.make(copy)
        try UnsyncedMark.set(in: copy, projection.bootID)
        guard try File.clone("\(build.content)/data.mdb", to: "\(copy)/data.mdb") else { return }
        _ = try Folder.move(copy, to: "\(folder)/\(position)")
    }

    // MARK: Limits

    /// Removes the checkpoints, of any projection, that were not used for longest; whoever has one open keeps it.
    private func trim(keeping position: Position) throws {
        struct Kept {
            let path: String
            let lastUse: Int64
            let bytes: Int
        }
        try BuildFolder.removeAbandoned(in: folder)
        let root = Folder.parent(of: folder)
        try FolderLock.withLock(on: root) {
            var all: [Kept] = []
            for name in Folder.names(in: root) where name.contains("@") {
                for place in Folder.names(in: "\(root)/\(name)") where Position(place) != nil {
                    let path = "\(root)/\(name)/\(place)"
                    guard let use = File.lastUse("\(path)/data.mdb") else { continue }
                    all.append(Kept(path: path, lastUse: use.nanoseconds, bytes: use.bytes))
                }
            }
            var bytes = all.reduce(0) { $0 + $1.bytes }
            var count = all.count
            for kept in all.sorted(by: { $0.lastUse < $1.lastUse }) where kept.path != "\(folder)/\(position)" {
                guard count > limits.count || bytes > limits.bytes else { return }
                try Folder.remove(kept.path)
                bytes -= kept.bytes
                count -= 1
            }
        }
    }
}
