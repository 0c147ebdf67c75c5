import Glibc

/// Which run of the operating system this is.
public enum BootID {
    /// From the kernel's random boot id; nil where the system has none.
    public static let known: UInt64? = {
        guard let text = try? File.read("/proc/sys/kernel/random/boot_id") else { return nil }
        let digits = text.filter { $0 != 0x2D }.prefix(16)
        return UInt64(String(decoding: digits, as: UTF8.self), radix: 16)
    }()

    /// 1 where it is not known: a crash of the system then goes unnoticed.
    public static let current: UInt64 = known ?? 1
}
