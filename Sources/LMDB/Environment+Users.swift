import Glibc

extension Environment {
    /// A process that has the environment in a folder open, other than this one; nil when there is none.
    ///
    /// LMDB holds a shared lock on the first byte of `lock.mdb` for as long as an environment is open. To ask who holds one costs those who
    /// open nothing. 0 stands for a process whose number cannot be told, as in another container.
    ///
    /// To be called when this process has it open no more: to close any descriptor of a file drops all of the process's locks on it.
    public static func otherUser(at folder: String) -> Int32? {
        let descriptor = open("\(folder)/lock.mdb", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var lock = flock()
        lock.l_type = Int16(F_WRLCK)
        lock.l_whence = Int16(SEEK_SET)
        lock.l_len = 1
        guard fcntl(descriptor, F_GETLK, &lock) == 0, lock.l_type != Int16(F_UNLCK) else { return nil }
        return max(0, lock.l_pid)
    }
}
