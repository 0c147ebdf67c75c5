import Glibc

/// Which run of the operating system this is.
public enum BootID {
    /// From the kernel's random boot id; 1 where the system has none: a crash of the system then goes unnoticed.
    public static let current: UInt64 = {
        guard let text = try? File.read("/proc/sys/kernel/random/boot_id") else { return 1 }
        let digits = text.filter { $0 != 0x2D }.prefix(16)
        return UInt64(String(decoding: digits, as: UTF8.self), radix: 16) ?? 1
    }()
}
