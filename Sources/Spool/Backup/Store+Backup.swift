import EventLog
import Glibc
import JSON

extension Store {
    /// Makes a backup while others go on reading and writing.
    ///
    /// It holds the log up to its last event at the time of the call or later, and every blob that these events name. The folder appears when
    /// the backup is whole and on disk, or not at all.
    ///
    /// - Parameters:
    ///   - path: a folder that is new or empty.
    ///   - earlier: hold only what came after it.
    ///   - bases: where to look for what `earlier` goes on from, besides where it was.
    ///   - withViews: include the views, so that a restored store need not build them again.
    ///   - progress: called with the bytes written and about how many there are.
    /// - Throws: `BackupError`.
    @discardableResult
    public func backup(
        to path: String, since earlier: Backup? = nil, bases: [String] = [], withViews: Bool = false,
        progress: (Int, Int) -> Void = { _, _ in }
    ) throws -> Backup {
        try StoreError.checkOutside(path)
        let target = try StagingFolder.resolved(path)
        guard Folder.names(in: target).isEmpty else { throw BackupError.targetNotEmpty(path: path) }
        do {
            let staging = try StagingFolder(beside: target)
            defer { staging.remove() }
            let writer = try BackupWriter(self, in: staging.content)
            let chain = try earlier.map { try BackupChain($0, bases: bases) }
            try writer.write(since: chain, target: target, withViews: withViews, progress: progress)
            try StagingFolder.syncFolders(staging.content)
            try staging.publish()
        } catch let error as BackupError {
            throw error
        } catch {
            throw BackupError.notMade(what: "the backup", path: path, reason: "\(error)")
        }
        return try Backup(at: target)
    }
}

/// Writes the files of a backup into a folder that nobody else sees.
private struct BackupWriter {
    private let store: Store
    private let folder: String

    /// Records are read in pieces, each on a snapshot of its own: one held for long would keep the log's old pages from being used again.
    private static let recordsPerSnapshot: Position = 50_000

    init(_ store: Store, in folder: String) throws {
        self.store = store
        self.folder = folder
        try Folder.make(folder)
    }

    func write(since chain: BackupChain?, target: String, withViews: Bool, progress: (Int, Int) -> Void) throws {
        var manifest = BackupManifest()
        // Views first: the log that is read after them has every event that they have.
        let views = withViews ? try copyViews(&manifest) : []
        var after = Checkpoint.start
        if let chain { after = try checkpoint(goingOnFrom: chain.last) }
        let head = try store.log.head()
        let wanted = Set(store.blobs.list()).subtracting(chain?.blobs ?? [])

        let bytes = try writeRecords(after: after, through: head, &manifest, progress)
        let blobBytes = try copyBlobs(wanted, &manifest)
        try copy("\(store.path)/store.json", to: "store.json", &manifest)
        let info = BackupInfo(
            format: BackupInfo.currentFormat, id: UUIDv7.make(), store: store.info.id, madeAt: .now(), after: .init(after),
            through: .init(bytes.last), records: bytes.last.position - after.position, recordBytes: UInt64(bytes.count),
            firstRecorded: bytes.firstRecorded, lastRecorded: bytes.lastRecorded, blobs: wanted.count, blobBytes: UInt64(blobBytes),
            views: views, parent: chain.map { parent(of: target, $0.last) })
        try put(JSONEncoding.encode(info) + [0x0A], as: Backup.infoName, &manifest)
        let sums = try HashedOutput("\(folder)/\(BackupManifest.name)")
        try sums.write(manifest.bytes)
        _ = try sums.finish()
    }

    /// Where an incremental backup begins.
    private func checkpoint(goingOnFrom earlier: Backup) throws -> Checkpoint {
        let info = earlier.info
        guard info.store == store.info.id else {
            throw BackupError.otherStore(path: earlier.path, expected: store.info.id, found: info.store)
        }
        let through = info.through.checkpoint
        guard through.position > 0 else { return .start }
        let found = try store.log.storage.read { try $0.event(at: through.position) { $0.checksum } }
        guard found == through.checksum else { throw BackupError.otherHistory(path: earlier.path, position: through.position) }
        return through
    }

    private func parent(of target: String, _ earlier: Backup) -> BackupInfo.Parent {
        let path = StagingFolder.relative((try? StagingFolder.resolved(earlier.path)) ?? earlier.path, to: Folder.parent(of: target))
        return BackupInfo.Parent(id: earlier.info.id, manifest: earlier.manifestHash, path: path)
    }

    // MARK: Parts

    private struct Records {
        var count = 0
        var last: Checkpoint
        var firstRecorded: Timestamp?
        var lastRecorded: Timestamp?
    }

    private func writeRecords(
        after: Checkpoint, through head: Position, _ manifest: inout BackupManifest, _ progress: (Int, Int) -> Void
    ) throws -> Records {
        let output = try HashedOutput("\(folder)/\(RecordFile.name)")
        try output.write(RecordFile.header(first: after.position + 1))
        var records = Records(last: after)
        var sequence = RecordSequence(after: after)
        let total = head > after.position ? Int(head - after.position) : 0
        while sequence.last.position < head {
            let first = sequence.next
            try store.log.storage.read { log in
                try log.scan(first...min(head, first + Self.recordsPerSnapshot - 1), backward: false) { position, bytes in
                    do throws(RecordError) {
                        try sequence.take(bytes)
                    } catch {
                        throw BackupError.damagedStore(reason: error.description)
                    }
                    guard position == sequence.last.position else {
                        throw BackupError.damagedStore(reason: "the log has no record at position \(sequence.last.position)")
                    }
                    try RecordFile.write(bytes, to: output)
                    records.count += bytes.byteCount
                    if records.firstRecorded == nil { records.firstRecorded = sequence.lastRecorded }
                    if position % 4096 == 0 { progress(Int(position - after.position), total) }
                    return true
                }
            }
            guard sequence.next > first else {
                throw BackupError.damagedStore(reason: "the log has no record at position \(first)")
            }
        }
        records.last = sequence.last
        records.lastRecorded = records.firstRecorded == nil ? nil : sequence.lastRecorded
        manifest.add(RecordFile.name, try output.finish())
        return records
    }

    private func copyBlobs(_ blobs: Set<BlobHash>, _ manifest: inout BackupManifest) throws -> Int {
        var bytes = 0
        for blob in blobs.sorted(by: { $0.hex < $1.hex }) {
            let file = BackupManifest.file(of: blob)
            try Folder.make(Folder.parent(of: "\(folder)/\(file)"))
            let input = try HashedInput("\(store.blobs.path)/\(file.dropFirst("blobs/".count))")
            let output = try HashedOutput("\(folder)/\(file)")
            let found = try input.drain(to: output)
            guard found == blob else {
                throw BackupError.damagedStore(reason: BlobStore.Failure.damaged(blob, found: found).description)
            }
            manifest.add(file, try output.finish())
            bytes += output.count
        }
        return bytes
    }

    private func copyViews(_ manifest: inout BackupManifest) throws -> [BackupInfo.View] {
        var views: [BackupInfo.View] = []
        func add(_ name: String, _ copy: (String) throws -> Position?) throws {
            let path = "\(folder)/views/\(name)"
            guard let position = try copy(path) else { return }
            views.append(BackupInfo.View(name: name, position: position))
            let file = BackupManifest.file(ofView: name)
            manifest.add(file, try HashedInput("\(folder)/\(file)").drain())
        }
        try add(EventIndex.folderName) { try store.log.index.copy(to: $0) }
        for projection in store.engine.projections {
            try add("\(projection.name)@\(projection.projector.version)") { try projection.copy(to: $0) }
        }
        return views
    }

    private func copy(_ source: String, to file: String, _ manifest: inout BackupManifest) throws {
        try put(File.read(source), as: file, &manifest)
    }

    private func put(_ bytes: [UInt8], as file: String, _ manifest: inout BackupManifest) throws {
        let output = try HashedOutput("\(folder)/\(file)")
        try output.write(bytes)
        manifest.add(file, try output.finish())
    }
}
