import CXXHash
import Glibc

extension RawSpan {
    /// A copy of the bytes.
    public var array: [UInt8] { withUnsafeBytes { Array($0) } }

    /// A copy of the bytes, in place of what a buffer had.
    public func copy(into buffer: inout [UInt8]) {
        buffer.removeAll(keepingCapacity: true)
        withUnsafeBytes { buffer.append(contentsOf: $0) }
    }

    /// Eight bytes, the first the lowest; nil where there are fewer from `offset` on.
    @inlinable
    public func word(at offset: Int) -> UInt64? {
        guard offset >= 0, offset <= byteCount &- 8 else { return nil }
        return UInt64(littleEndian: unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self))
    }

    /// Visits the bytes with their places, without a check at each.
    @inlinable
    @inline(__always)
    public func forEachByte<E: Error>(_ body: (_ place: Int, _ byte: UInt8) throws(E) -> Void) throws(E) {
        for place in 0..<byteCount { try body(place, unsafeLoad(fromUncheckedByteOffset: place, as: UInt8.self)) }
    }

    /// Whether the bytes are the same.
    public func elementsEqual(_ other: [UInt8]) -> Bool { isEqual(to: other.span.bytes) }

    /// Whether the bytes are the same.
    public func isEqual(to other: RawSpan) -> Bool { byteCount == other.byteCount && compare(other) == 0 }

    public func starts(with prefix: [UInt8]) -> Bool { starts(with: prefix.span.bytes) }

    public func starts(with prefix: RawSpan) -> Bool {
        byteCount >= prefix.byteCount && extracting(first: prefix.byteCount).compare(prefix) == 0
    }

    /// LMDB's order: by bytes, the shorter first where one begins the other.
    public func precedes(_ other: RawSpan) -> Bool { compare(other) < 0 }

    /// XXH3-64 of the bytes.
    public var hash64: UInt64 { withUnsafeBytes { XXH3_64bits($0.baseAddress, $0.count) } }

    /// Below, at or above 0 as LMDB's order has it.
    func compare(_ other: RawSpan) -> Int {
        let order = withUnsafeBytes { one in
            other.withUnsafeBytes { other in
                guard let one = one.baseAddress, let start = other.baseAddress else { return 0 as Int32 }
                return memcmp(one, start, min(byteCount, other.count))
            }
        }
        return order == 0 ? byteCount - other.byteCount : Int(order)
    }

    /// How many bytes both begin with, looking at no more than `limit` of them.
    func commonPrefixLength(with other: RawSpan, atMost limit: Int) -> Int {
        let end = min(limit, byteCount, other.byteCount)
        var place = 0
        while place < end, unsafeLoad(fromByteOffset: place, as: UInt8.self) == other.unsafeLoad(fromByteOffset: place, as: UInt8.self) {
            place += 1
        }
        return place
    }

    /// Eight bytes, the first the highest; zeros after the end.
    func bigEndianPrefix(from start: Int) -> UInt64 {
        if start + 8 <= byteCount { return UInt64(bigEndian: unsafeLoadUnaligned(fromByteOffset: start, as: UInt64.self)) }
        var prefix: UInt64 = 0
        for place in start..<start + 8 {
            prefix = prefix << 8 | (place < byteCount ? UInt64(unsafeLoad(fromByteOffset: place, as: UInt8.self)) : 0)
        }
        return prefix
    }
}
