import EventLog
import Glibc
import JSON

/// A copy of a store in a folder of its own, which can be checked, and restored as it was at any position.
///
/// ```swift
/// let full = try store.backup(to: "backups/monday")
/// let next = try store.backup(to: "backups/tuesday", since: full)
/// let checked = try BackupChain(next).verify()
/// try Restore(of: BackupChain(next), until: .position(1000)).run(to: "restored")
/// ```
///
/// ```
/// tuesday/
///   SHA256SUMS            every file with its SHA-256: `sha256sum --check SHA256SUMS`
///   backup.json           what it is: see BackupInfo
///   store.json            the store's settings
///   records.spool         the log's records, byte for byte: see RecordFile
///   blobs/ab/cdef…        the blobs, by their SHA-256
///   views/trends@1/…      views, only when asked for
/// ```
///
/// An incremental backup holds only what came after its parent, which it names by id, by place and by the SHA-256 of its `SHA256SUMS`.
///
/// Why records and not a copy of the log's LMDB file: they are written and read in one pass through a small buffer; full and incremental
/// backups are the same thing; every record has its own checksum, so that damage has a position; a restore can stop at any position; and no
/// version of LMDB, page size or byte order has to fit. What an LMDB file has besides, its tree's pages, is made anew in one append.
public struct Backup: Sendable {
    public static let infoName = "backup.json"

    /// Its folder.
    public let path: String
    public let info: BackupInfo
    let manifest: BackupManifest
    /// The SHA-256 of its `SHA256SUMS`.
    let manifestHash: BlobHash

    /// Opens a backup. Its description is checked, its content not: see `BackupChain.verify()`.
    ///
    /// - Throws: `BackupError` when the folder is none, or its description is damaged.
    public init(at path: String) throws {
        let path = Self.withoutTrailingSlash(path)
        self.path = path
        guard Self.exists(at: path) || File.exists("\(path)/\(BackupManifest.name)") else {
            throw BackupError.notABackup(path: path, newest: BackupSchedule.newest(in: path))
        }
        do {
            let sums = try Self.read(BackupManifest.name, of: path)
            manifest = try BackupManifest(parsing: sums.bytes, of: path)
            manifestHash = sums.hash
            let description = try Self.read(Self.infoName, of: path)
            if let expected = manifest.files[Self.infoName], expected != description.hash {
                throw BackupProblem(path, Self.infoName, "its SHA-256 is \(description.hash), expected \(expected): the bytes were damaged")
            }
            info = try Self.parse(description.bytes, path)
            if let contradiction = info.contradiction { throw BackupProblem(path, Self.infoName, contradiction) }
        } catch let problem as BackupProblem {
            throw BackupError.damaged(problem)
        }
    }

    private static func parse(_ bytes: [UInt8], _ path: String) throws -> BackupInfo {
        do {
            let document = try JSONDocument(parsing: bytes)
            let format = document.root["format"]?.int ?? 0
            guard format == BackupInfo.currentFormat else { throw BackupError.unknownFormat(path: path, found: format) }
            return try document.decode(BackupInfo.self)
        } catch let error as JSONError {
            throw BackupProblem(path, infoName, error.description)
        }
    }

    /// A small file, whole.
    private static func read(_ name: String, of path: String) throws -> (bytes: [UInt8], hash: BlobHash) {
        do throws(FileError) {
            let input = try HashedInput("\(path)/\(name)")
            var bytes: [UInt8] = []
            while true {
                let chunk = try input.read(1 << 16)
                if chunk.isEmpty { return (bytes, try input.finish()) }
                bytes.append(contentsOf: chunk)
            }
        } catch {
            throw BackupProblem(path, name, Self.reason(error))
        }
    }

    /// Why a file of a backup cannot be read.
    static func reason(_ error: FileError) -> String {
        switch error.code {
        case ENOENT: "the file is missing"
        case ELOOP: "expected a file, found a symbolic link, which is not followed"
        case EINVAL: "expected a plain file, found something else"
        default: error.description
        }
    }

    /// Whether there seems to be a backup in a folder.
    public static func exists(at path: String) -> Bool { File.exists("\(path)/\(infoName)") }

    static func withoutTrailingSlash(_ path: String) -> String {
        var path = path[...]
        while path.utf8.count > 1, path.last == "/" { path = path.dropLast() }
        return String(path)
    }

    // MARK: Files

    /// The files that are really there, as paths within the backup; links and other oddities go to `problem`.
    func listing(_ problem: (BackupProblem) throws -> Void) throws -> Set<String> {
        var files: Set<String> = []
        func walk(_ folder: String, depth: Int) throws {
            for name in Folder.names(in: folder.isEmpty ? path : "\(path)/\(folder)") {
                let file = folder.isEmpty ? name : "\(folder)/\(name)"
                var status = stat()
                guard lstat("\(path)/\(file)", &status) == 0 else { continue }
                switch status.st_mode & S_IFMT {
                case S_IFDIR where depth < 3: try walk(file, depth: depth + 1)
                case S_IFREG: files.insert(file)
                case S_IFLNK: try problem(BackupProblem(path, file, "a symbolic link, which a backup does not have; it is not followed"))
                default: try problem(BackupProblem(path, file, "neither a file nor a folder of a backup"))
                }
            }
        }
        try walk("", depth: 0)
        return files
    }

    /// Bytes of a file; 0 when it is missing.
    func size(of file: String) -> Int {
        var status = stat()
        return lstat("\(path)/\(file)", &status) == 0 ? Int(status.st_size) : 0
    }
}
