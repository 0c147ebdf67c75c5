import EventLog

/// A backup's `SHA256SUMS`: every file in it with its SHA-256, as `sha256sum --check SHA256SUMS` reads it.
struct BackupManifest: Sendable {
    static let name = "SHA256SUMS"

    private(set) var files: [String: BlobHash] = [:]

    init() {}

    mutating func add(_ file: String, _ hash: BlobHash) { files[file] = hash }

    /// The text, sorted by path.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        for (file, hash) in files.sorted(by: { $0.key < $1.key }) { bytes.append(contentsOf: "\(hash.hex)  \(file)\n".utf8) }
        return bytes
    }

    /// Reads the text. Every byte of it has to be as `bytes` writes it.
    ///
    /// - Throws: `BackupProblem` naming the line.
    init(parsing bytes: [UInt8], of backup: String) throws(BackupProblem) {
        var line = 0
        var offset = 0
        while offset < bytes.count {
            line += 1
            func problem(_ reason: String) -> BackupProblem {
                BackupProblem(backup, Self.name, offset: offset, "line \(line): \(reason)")
            }
            guard let end = bytes[offset...].firstIndex(of: 0x0A) else { throw problem("cut off; every line ends in a line feed") }
            let text = bytes[offset..<end]
            guard text.count > 66, let digits = String(validating: text.prefix(64), as: UTF8.self), let hash = BlobHash(hex: digits),
                text.dropFirst(64).prefix(2).elementsEqual([0x20, 0x20]),
                let file = String(validating: text.dropFirst(66), as: UTF8.self)
            else { throw problem("expected a SHA-256 in 64 lower-case hexadecimal digits, two spaces and a file") }
            guard Self.isKnown(file) else { throw problem("'\(file.prefix(80))' is no file of a backup") }
            guard files.updateValue(hash, forKey: file) == nil else { throw problem("\(file) is there twice") }
            offset = end + 1
        }
        for file in ["backup.json", "records.spool", "store.json"] where files[file] == nil {
            throw BackupProblem(backup, Self.name, "expected a line for \(file), found none: the file was cut off or changed")
        }
    }

    /// Whether it is the path of a file that backups have. Nothing else is ever read or written: no `..`, no absolute path.
    static func isKnown(_ file: String) -> Bool {
        if ["backup.json", "records.spool", "store.json"].contains(file) { return true }
        if blob(of: file) != nil { return true }
        return view(of: file) != nil
    }

    /// The blob that a file has, by its path.
    static func blob(of file: String) -> BlobHash? {
        let parts = file.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "blobs", parts[1].utf8.count == 2, parts[2].utf8.count == 62 else { return nil }
        return BlobHash(hex: String(parts[1] + parts[2]))
    }

    static func file(of blob: BlobHash) -> String { "blobs/\(blob.hex.prefix(2))/\(blob.hex.dropFirst(2))" }

    /// The name of the view that a file has, by its path.
    static func view(of file: String) -> String? {
        let parts = file.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "views", parts[2] == "data.mdb" else { return nil }
        let letters = parts[1].utf8.allSatisfy { byte in
            (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2D || byte == 0x40 || byte == 0x5F
        }
        return letters && !parts[1].isEmpty ? String(parts[1]) : nil
    }

    static func file(ofView name: String) -> String { "views/\(name)/data.mdb" }

    var blobs: Set<BlobHash> { Set(files.keys.compactMap(Self.blob(of:))) }
}
