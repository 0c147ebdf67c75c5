import CCrypto
import EventLog
import Glibc

/// SHA-256 of bytes that come piece by piece.
final class SHA256 {
    private let context: OpaquePointer

    init() throws(FileError) {
        guard let context = EVP_MD_CTX_new() else { throw FileError("compute", "a SHA-256", code: ENOMEM) }
        self.context = context
        guard EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else { throw FileError("compute", "a SHA-256", code: ENOTSUP) }
    }

    deinit { EVP_MD_CTX_free(context) }

    func update(_ bytes: UnsafeRawBufferPointer) {
        // Fails only where the algorithm is missing, which the start would have told.
        _ = EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
    }

    /// The hash of all the bytes; ends the computation.
    func finish() throws(FileError) -> BlobHash {
        var digest = [UInt8](repeating: 0, count: 32)
        var length: UInt32 = 0
        guard EVP_DigestFinal_ex(context, &digest, &length) == 1, length == 32, let hash = BlobHash(bytes: digest) else {
            throw FileError("compute", "a SHA-256", code: ENOTSUP)
        }
        return hash
    }
}
