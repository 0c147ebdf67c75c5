import Glibc

/// The bytes of a key, to look up in a dictionary: compared with `memcmp`, hashed with XXH3.
///
/// `[UInt8]` itself hashes byte by byte: 3 % of the samples of a rebuild.
public struct Key: Hashable, Sendable {
    public let bytes: [UInt8]

    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    public static func == (one: Key, other: Key) -> Bool {
        one.bytes.count == other.bytes.count && one.bytes.compare(other.bytes, one.bytes.count) == 0
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(bytes.hash64) }
}

extension [UInt8] {
    /// LMDB's order: by bytes, the shorter first where one begins the other.
    public func precedes(_ other: [UInt8]) -> Bool {
        let common = Swift.min(count, other.count)
        let order = compare(other, common)
        return order == 0 ? count < other.count : order < 0
    }

    /// `memcmp` of the first bytes.
    fileprivate func compare(_ other: [UInt8], _ length: Int) -> Int32 {
        withUnsafeBytes { one in
            other.withUnsafeBytes { other in
                guard let one = one.baseAddress, let other = other.baseAddress else { return 0 }
                return memcmp(one, other, length)
            }
        }
    }
}
