import Glibc

/// This process's limit on file sizes. To make a file longer ends a process that does not expect it (SIGXFSZ).
enum FileSizeLimit {
    /// Whether a file may be so many bytes long.
    static func allows(_ byteCount: Int) -> Bool {
        var limit = rlimit()
        return getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 && rlim_t(byteCount) <= limit.rlim_cur
    }
}
