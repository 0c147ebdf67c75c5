import Glibc

/// The note beside a derived environment that not all of it is on disk: the run of the operating system that writes to it.
///
/// It is on disk before anything is written. A note of another run means that the system crashed since, and that the environment may be
/// anything: it is not even opened, for LMDB trusts what it maps.
public enum UnsyncedMark {
    private static func file(_ folder: String) -> String { "\(folder)/unsynced" }

    /// - Throws: `FileError` when the folder is not there or the disk is full.
    public static func set(in folder: String, _ bootID: UInt64) throws(FileError) {
        try File.replace(file(folder), with: Array("\(String(bootID, radix: 16))\n".utf8))
    }

    /// Called when everything is on disk. That the note is gone need not be: one too many costs a rebuild.
    static func remove(from folder: String) { unlink(file(folder)) }

    /// The run that it names, 0 for one that cannot be read; nil when there is none.
    static func read(in folder: String) -> UInt64? {
        guard File.exists(file(folder)) else { return nil }
        guard let bytes = try? File.read(file(folder)) else { return 0 }
        return UInt64(String(decoding: bytes.dropLast(), as: UTF8.self), radix: 16) ?? 0
    }
}
