import LMDB

/// Values that can tell whether they are whole: a hash of the key and of bytes from every sector comes first.
enum CheckedValues {
    static func make(_ byteCount: Int, key: UInt64, salt: UInt64) -> [UInt8] {
        var bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: salt), count: byteCount)
        bytes.withUnsafeMutableBytes { $0.storeBytes(of: hash(key, UnsafeRawBufferPointer($0)), as: UInt64.self) }
        return bytes
    }

    static func isWhole(_ key: UInt64, _ value: RawSpan) -> Bool {
        value.withUnsafeBytes { $0.count >= 8 && $0.loadUnaligned(as: UInt64.self) == hash(key, $0) }
    }

    private static func hash(_ key: UInt64, _ value: UnsafeRawBufferPointer) -> UInt64 {
        stride(from: 8, to: value.count, by: 64).reduce(0xCBF2_9CE4_8422_2325 ^ key) { ($0 ^ UInt64(value[$1])) &* 0x100_0000_01B3 }
    }

    static func open(_ path: String, bootID: UInt64 = 1) throws -> Environment {
        try Environment(
            at: path, trees: [.init(nil, .integers)], durability: .durableByOneFlush(LastCommit(bootID: bootID, isWhole: isWhole)))
    }
}
