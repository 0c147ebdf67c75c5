import EventLog

/// Backups of a store in one folder, named by the time they were made, the oldest removed as new ones come.
///
/// ```swift
/// let outcome = try BackupSchedule(in: "/var/backups/spool", keep: 7).run(store)
/// ```
///
/// Before anything is removed the new backup is read and checked, with everything that it goes on from: a good one always stays. What a kept
/// backup goes on from is kept with it. Only backups of the same store, with such a name, are ever removed.
public struct BackupSchedule: Sendable {
    /// What a run did.
    public struct Outcome: Sendable {
        public let made: Backup
        public let verification: BackupVerification
        /// Names of the backups removed.
        public let removed: [String]
        /// Names of folders that look like backups and cannot be read: left as they are.
        public let unreadable: [String]
    }

    private let folder: String
    private let keep: Int

    /// - Parameter keep: how many backups stay, at least 1.
    public init(in folder: String, keep: Int) {
        self.folder = Backup.withoutTrailingSlash(folder)
        self.keep = max(1, keep)
    }

    /// Makes a backup, checks it and removes the ones beyond the number to keep.
    ///
    /// - Parameters:
    ///   - isIncremental: go on from the newest backup there is; every `keep` backups a full one begins anew, so that old ones can go.
    ///   - progress: called with what is being done, how much of it is done, and of how much.
    /// - Throws: `BackupError`; when the new backup is not whole nothing was removed.
    public func run(
        _ store: Store, isIncremental: Bool = false, withViews: Bool = false, now: Timestamp = .now(),
        progress: (String, Int, Int) -> Void = { _, _, _ in }
    ) throws -> Outcome {
        try StoreError.checkOutside(folder)
        try Folder.make(folder)
        return try FolderLock.withLock(on: folder) {
            let earlier = isIncremental ? try base(for: store) : nil
            var time = now
            while File.exists("\(folder)/\(Self.name(at: time))") { time = Timestamp(microseconds: time.microseconds + 1) }
            let made = try store.backup(to: "\(folder)/\(Self.name(at: time))", since: earlier, withViews: withViews) {
                progress("backup", $0, $1)
            }
            let verification = try BackupChain(made).verify { progress("verify", $0, $1) }
            if let problem = verification.problems.first { throw BackupError.damaged(problem) }
            let (removed, unreadable) = try prune(keeping: made)
            return Outcome(made: made, verification: verification, removed: removed, unreadable: unreadable)
        }
    }

    /// The newest backup that a new one can go on from; nil when a full one is due.
    private func base(for store: Store) throws -> Backup? {
        for name in Self.names(in: folder).reversed() {
            guard let backup = try? Backup(at: "\(folder)/\(name)"), backup.info.store == store.info.id,
                let chain = try? BackupChain(backup)
            else { continue }
            return chain.backups.count < max(keep, 2) ? backup : nil
        }
        return nil
    }

    private func prune(keeping made: Backup) throws -> (removed: [String], unreadable: [String]) {
        var backups: [Backup] = []
        var unreadable: [String] = []
        for name in Self.names(in: folder) {
            do {
                let backup = try Backup(at: "\(folder)/\(name)")
                if backup.info.store == made.info.store { backups.append(backup) }
            } catch {
                unreadable.append(name)
            }
        }
        let byID = Dictionary(backups.map { ($0.info.id, $0) }) { first, _ in first }
        var needed: Set<String> = []
        for backup in backups.filter({ $0.info.id != made.info.id }).suffix(keep - 1) + [made] {
            var next: Backup? = backup
            while let current = next, needed.insert(current.info.id).inserted {
                next = current.info.parent.flatMap { byID[$0.id] }
            }
        }
        // The newest first: what goes on from another goes before it.
        let leaving = backups.filter { !needed.contains($0.info.id) }.reversed()
        for backup in leaving { try Folder.remove(backup.path) }
        return (leaving.map { String($0.path.split(separator: "/").last ?? "") }.sorted(), unreadable)
    }

    // MARK: Names

    /// `20260102T030405.678901Z`: names sort as times do.
    static func name(at time: Timestamp) -> String {
        let micros = time.microseconds - time.unixSeconds * 1_000_000
        let fraction = String(1_000_000 + micros).dropFirst()
        let digits = time.sqlText.utf8.filter { $0 != 0x2D && $0 != 0x3A && $0 != 0x20 }
        let text = String(decoding: digits, as: UTF8.self)
        return "\(text.prefix(8))T\(text.dropFirst(8)).\(fraction)Z"
    }

    /// Names of that form in a folder, the oldest first.
    private static func names(in folder: String) -> [String] {
        Folder.names(in: folder).filter { name in
            let bytes = Array(name.utf8)
            guard bytes.count == 23 else { return false }
            return bytes.enumerated().allSatisfy { place, byte in
                switch place {
                case 8: byte == 0x54
                case 15: byte == 0x2E
                case 22: byte == 0x5A
                default: (0x30...0x39).contains(byte)
                }
            }
        }
    }

    /// The newest backup in a folder of backups, whatever they are called.
    static func newest(in folder: String) -> String? {
        if let name = names(in: folder).last(where: { Backup.exists(at: "\(folder)/\($0)") }) { return "\(folder)/\(name)" }
        return Folder.names(in: folder).last { !$0.hasPrefix(".") && Backup.exists(at: "\(folder)/\($0)") }.map { "\(folder)/\($0)" }
    }
}
