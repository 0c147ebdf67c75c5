import CCrypto
import EventLog
import Glibc
import Projection

/// Bytes kept once under their SHA-256: `blobs/ab/cdef…`.
///
/// ```swift
/// let hash = try store.blobs.put(jpeg)
/// try store.append(CloudEvent(type: "thumbnail.stored", data: #"{"asset_id":"a1","size":"small",…,"blob":"\#(hash)"}"#))
/// ```
public struct BlobStore: BlobReader {
    /// The largest blob, in bytes.
    public static let maximumLength = 1 << 30

    /// A blob that cannot be given.
    public enum Failure: Error, Sendable, Hashable, CustomStringConvertible {
        case missing(BlobHash)
        case damaged(BlobHash, found: BlobHash)
        case tooLong(Int)

        public var description: String {
            switch self {
            case .missing(let hash): "there is no blob \(hash). Put it with `spool blob put FILE`."
            case .damaged(let hash, let found): "blob \(hash) is damaged: its bytes have the SHA-256 \(found). Put the file again."
            case .tooLong(let count): "a blob has at most \(BlobStore.maximumLength) bytes, found \(count)"
            }
        }
    }

    /// The folder that holds them.
    public let path: String

    public init(at path: String) { self.path = path }

    public func contains(_ hash: BlobHash) -> Bool { File.exists(file(hash)) }

    /// Keeps bytes; on disk when it returns. The same bytes again take no room. A damaged blob is mended.
    @discardableResult
    public func put(_ bytes: [UInt8]) throws -> BlobHash {
        guard bytes.count <= Self.maximumLength else { throw Failure.tooLong(bytes.count) }
        let hash = try Self.hash(of: bytes)
        let folder = Folder.parent(of: file(hash))
        // Nothing is written outside the store.
        var status = stat()
        if lstat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFLNK { throw FileError("write to", folder, code: ELOOP) }
        if contains(hash), (try? read(hash)) != nil {
            // Whoever put it may not have come to this yet.
            for path in [folder, path] { try Folder.sync(path) }
            return hash
        }
        try Folder.make(folder, durably: true)
        try File.replace(file(hash), with: bytes)
        return hash
    }

    /// The bytes, compared with their hash.
    ///
    /// - Throws: `Failure` when they are not there or damaged, `FileError` when they cannot be read.
    public func read(_ hash: BlobHash) throws -> [UInt8] {
        guard contains(hash) else { throw Failure.missing(hash) }
        let bytes = try File.read(file(hash), limit: Self.maximumLength, isOurs: true)
        let found = try Self.hash(of: bytes)
        guard found == hash else { throw Failure.damaged(hash, found: found) }
        return bytes
    }

    /// Every blob by name.
    public func list() -> [BlobHash] {
        Folder.names(in: path).flatMap { start in
            Folder.names(in: "\(path)/\(start)").compactMap { BlobHash(hex: start + $0) }
        }
    }

    /// Reads every blob and returns those that are damaged, with what is wrong.
    public func check() -> [(hash: BlobHash, problem: String)] {
        list().compactMap { hash in
            do {
                _ = try read(hash)
                return nil
            } catch {
                return (hash, "\(error)")
            }
        }
    }

    /// The name is hexadecimal digits only, so nothing from outside becomes part of a path.
    private func file(_ hash: BlobHash) -> String { "\(path)/\(hash.hex.prefix(2))/\(hash.hex.dropFirst(2))" }

    /// Under which hash bytes are kept.
    public static func hash(of bytes: [UInt8]) throws -> BlobHash {
        var digest = [UInt8](repeating: 0, count: 32)
        var length: UInt32 = 0
        guard EVP_Digest(bytes, bytes.count, &digest, &length, EVP_sha256(), nil) == 1, length == 32 else {
            throw FileError("compute the SHA-256 of", "a blob", code: ENOTSUP)
        }
        return BlobHash(bytes: digest) ?? BlobHash()
    }
}
