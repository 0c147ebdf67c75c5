import CXXHash

extension RawSpan {
    /// Whether `[UInt8].asKey` had to shorten.
    public var isShortenedKey: Bool { byteCount == Environment.maximumKeyLength }
}

extension [UInt8] {
    /// These bytes as a key that LMDB takes.
    ///
    /// A key of more than 510 bytes keeps its first 495 and ends in the XXH3-128 of the whole: equal bytes give equal keys and different ones
    /// different keys, but two long keys with the same beginning are not in order. `isShortenedKey` tells.
    public var asKey: [UInt8] {
        guard count >= Environment.maximumKeyLength else { return self }
        let hash = withUnsafeBytes { XXH3_128bits($0.baseAddress, $0.count) }
        var key = [UInt8](self[..<495])
        key.reserveCapacity(Environment.maximumKeyLength)
        Swift.withUnsafeBytes(of: hash.high64.bigEndian) { key.append(contentsOf: $0) }
        Swift.withUnsafeBytes(of: hash.low64.bigEndian) { key.append(contentsOf: $0) }
        return key
    }

    /// Makes these bytes `asKey`, in place.
    public mutating func shorten() {
        if count >= Environment.maximumKeyLength { self = asKey }
    }

    /// Whether `asKey` had to shorten.
    public var isShortenedKey: Bool { count == Environment.maximumKeyLength }

    /// LMDB's order: by bytes, the shorter first where one begins the other.
    public func precedes(_ other: [UInt8]) -> Bool { span.bytes.precedes(other.span.bytes) }

    /// XXH3-64 of the bytes.
    public var hash64: UInt64 { span.bytes.hash64 }
}
