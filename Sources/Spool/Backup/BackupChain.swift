import EventLog

/// A backup with the earlier ones that it goes on from, back to a full one.
public struct BackupChain: Sendable {
    /// The oldest first, which is full; the last one is the backup that was asked for.
    public let backups: [Backup]

    /// The backup that was asked for.
    public let last: Backup

    /// Finds the backups that an incremental one needs: where they were, beside it, and in `bases`.
    ///
    /// - Parameter bases: folders that are backups, or hold backups.
    /// - Throws: `BackupError` when one is missing, damaged, or not the one that was gone on from.
    public init(_ last: Backup, bases: [String] = []) throws {
        var chain = [last]
        while let child = chain.last, let parent = child.info.parent {
            let found = try Self.find(parent, of: child, bases)
            guard found.info.store == child.info.store else {
                throw BackupError.otherStore(path: found.path, expected: child.info.store, found: found.info.store)
            }
            guard found.info.through == child.info.after else {
                throw BackupError.damaged(
                    BackupProblem(
                        child.path, Backup.infoName,
                        "it goes on after position \(child.info.after.position), and its parent \(found.path) ends at position "
                            + "\(found.info.through.position) with another record"))
            }
            chain.append(found)
        }
        backups = chain.reversed()
        self.last = last
    }

    private static func find(_ parent: BackupInfo.Parent, of child: Backup, _ bases: [String]) throws -> Backup {
        let folder = Folder.parent(of: child.path)
        let name = String(parent.path.split(separator: "/").last ?? "")
        var places: [String] = []
        if isRelative(parent.path) { places = ["\(folder)/\(parent.path)", "\(folder)/\(name)"] }
        for base in bases { places += [base, "\(base)/\(name)"] }
        var damaged: (any Error)?
        var other: String?
        for place in places where Backup.exists(at: place) || File.exists("\(place)/\(BackupManifest.name)") {
            do {
                let candidate = try Backup(at: place)
                if candidate.info.id == parent.id, candidate.manifestHash == parent.manifest { return candidate }
                other = other ?? place
            } catch {
                damaged = damaged ?? error
            }
        }
        if let damaged { throw damaged }
        throw BackupError.missingParent(path: child.path, name: name, other: other)
    }

    /// Steps up, then down: `../monday/full`. What it leads to is taken only if its content is the one expected.
    private static func isRelative(_ path: String) -> Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        let down = parts.drop { $0 == ".." }
        return !down.isEmpty && down.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." && !$0.utf8.contains(0) }
    }

    /// Every blob that the backups hold together.
    var blobs: Set<BlobHash> { backups.reduce(into: []) { $0.formUnion($1.manifest.blobs) } }

    /// What `read` hands out.
    struct Sink {
        /// The bytes of the record that comes next: positions 1, 2, 3 …
        var record: (Position, RawSpan) throws -> Void = { _, _ in }
        /// Where to copy a file to; nil: nowhere.
        var target: (Backup, String) throws -> String? = { _, _ in nil }
    }

    /// Reads every file of every backup once, checks all of it, and hands it to a sink as it goes.
    ///
    /// - Parameters:
    ///   - problem: called with what is wrong; the reading goes on where it can, unless this throws.
    ///   - progress: called with the bytes read and how many there are.
    func read(
        into sink: Sink = Sink(), problem: (BackupProblem) throws -> Void, progress: (Int, Int) -> Void = { _, _ in }
    ) throws -> RecordSequence {
        let total = backups.reduce(0) { sum, backup in sum + backup.manifest.files.keys.reduce(0) { $0 + backup.size(of: $1) } }
        var done = 0
        func advance(_ count: Int) {
            done += count
            progress(done, total)
        }
        var sequence = RecordSequence()
        for backup in backups {
            let found = try backup.listing(problem)
            for file in found.subtracting(backup.manifest.files.keys).sorted() where file != BackupManifest.name {
                try problem(BackupProblem(backup.path, file, "not in \(BackupManifest.name): it does not belong to the backup"))
            }
            for (file, expected) in backup.manifest.files.sorted(by: { $0.key < $1.key }) {
                guard found.contains(file) else {
                    try problem(BackupProblem(backup.path, file, "the file is missing"))
                    continue
                }
                do {
                    let hash: BlobHash
                    if file == RecordFile.name {
                        hash = try readRecords(of: backup, &sequence, sink, problem, advance)
                    } else {
                        let input = try HashedInput("\(backup.path)/\(file)")
                        let output = try sink.target(backup, file).map { path throws(FileError) in try HashedOutput(path) }
                        hash = try input.drain(to: output, progress: advance)
                        _ = try output?.finish()
                    }
                    if hash != expected {
                        try problem(
                            BackupProblem(backup.path, file, "its SHA-256 is \(hash), expected \(expected): the bytes were damaged"))
                    }
                    if let blob = BackupManifest.blob(of: file), blob != expected {
                        try problem(BackupProblem(backup.path, file, "its SHA-256 \(expected) is not its name"))
                    }
                } catch let error as FileError where error.path.hasPrefix("\(backup.path)/") {
                    try problem(BackupProblem(backup.path, file, Backup.reason(error)))
                }
            }
            try checkCounts(of: backup, sequence, problem)
        }
        return sequence
    }

    private func readRecords(
        of backup: Backup, _ sequence: inout RecordSequence, _ sink: Sink, _ problem: (BackupProblem) throws -> Void,
        _ progress: (Int) -> Void
    ) throws -> BlobHash {
        let info = backup.info
        // After damage in an earlier backup the later ones are still worth a look.
        if sequence.last != info.after.checkpoint { sequence = RecordSequence(after: info.after.checkpoint) }
        var taken = sequence
        var byteCount: UInt64 = 0
        let hash = try RecordFile.read(
            HashedInput("\(backup.path)/\(RecordFile.name)"), of: backup.path, first: info.after.position + 1,
            { bytes, offset in
                guard taken.last.position < info.through.position else {
                    try problem(
                        BackupProblem(
                            backup.path, RecordFile.name, offset: offset,
                            "expected the end after position \(info.through.position), found another record"))
                    return false
                }
                do throws(RecordError) {
                    try taken.take(bytes)
                } catch {
                    try problem(BackupProblem(backup.path, RecordFile.name, offset: offset, error.description))
                    return false
                }
                byteCount += UInt64(bytes.byteCount)
                try sink.record(taken.last.position, bytes)
                return true
            }, problem: problem, progress: progress)
        sequence = taken
        if byteCount != info.recordBytes {
            try problem(
                BackupProblem(backup.path, RecordFile.name, "expected \(info.recordBytes) bytes of records, found \(byteCount) whole ones"))
        }
        return hash
    }

    private func checkCounts(of backup: Backup, _ sequence: RecordSequence, _ problem: (BackupProblem) throws -> Void) throws {
        let info = backup.info
        if sequence.last != info.through.checkpoint {
            let same = sequence.last.position == info.through.position
            try problem(
                BackupProblem(
                    backup.path, RecordFile.name,
                    "expected records \(info.after.position + 1) to \(info.through.position), "
                        + (same ? "found another last record" : "found whole ones up to position \(sequence.last.position)")))
        }
        let blobs = backup.manifest.blobs.count
        if blobs != info.blobs {
            try problem(BackupProblem(backup.path, BackupManifest.name, "expected \(info.blobs) blobs, found \(blobs)"))
        }
        let views = Set(backup.manifest.files.keys.compactMap(BackupManifest.view(of:)))
        if views != Set(info.views.map(\.name)) {
            try problem(
                BackupProblem(
                    backup.path, BackupManifest.name,
                    "expected the views \(info.views.map(\.name).sorted().joined(separator: ", ")), "
                        + "found \(views.sorted().joined(separator: ", "))"))
        }
    }
}
