extension RawSpan {
    /// A copy of the bytes.
    public var array: [UInt8] { withUnsafeBytes { Array($0) } }

    /// Whether the bytes are the same.
    public func elementsEqual(_ other: [UInt8]) -> Bool {
        byteCount == other.count && withUnsafeBytes { $0.elementsEqual(other) }
    }

    public func starts(with prefix: [UInt8]) -> Bool {
        byteCount >= prefix.count && withUnsafeBytes { $0.starts(with: prefix) }
    }
}
