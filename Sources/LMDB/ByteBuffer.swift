/// Bytes that are appended one piece after the other, in memory that is used again.
///
/// ```swift
/// var buffer = ByteBuffer()
/// buffer.append(0x2A)
/// buffer.bytes.byteCount // 1
/// ```
// An array asks at each append whether it is shared: a rebuild writes its rows and runs with this in 5 % less of all its processor time.
public struct ByteBuffer: ~Copyable {
    @usableFromInline var start: UnsafeMutableRawPointer?
    @usableFromInline var capacity = 0
    /// How many there are.
    @usableFromInline var used = 0

    private static let firstCapacity = 256

    public init() {}

    /// As many zeros.
    public init(zeros count: Int) {
        reserve(count).initializeMemory(as: UInt8.self, repeating: 0, count: count)
        used = count
    }

    deinit { start?.deallocate() }

    public var count: Int { used }

    /// The bytes, in place, until the next change.
    public var bytes: RawSpan {
        @_lifetime(borrow self) get {
            _overrideLifetime(RawSpan(_unsafeBytes: UnsafeRawBufferPointer(start: start, count: used)), borrowing: self)
        }
    }

    /// Gives `body` the bytes: those of a buffer that an object has.
    @inlinable
    public func withBytes<R>(_ body: (RawSpan) throws -> R) rethrows -> R { try body(bytes) }

    /// Gives `body` a range of the bytes.
    @inlinable
    public func withBytes<R>(_ range: Range<Int>, _ body: (RawSpan) throws -> R) rethrows -> R { try body(bytes.extracting(range)) }

    /// Gives `body` the bytes for a system call.
    public func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try body(UnsafeRawBufferPointer(start: start, count: used))
    }

    /// Gives `body` a range of the bytes, for a system call to fill.
    public mutating func withUnsafeMutableBytes<R>(_ range: Range<Int>, _ body: (UnsafeMutableRawBufferPointer) throws -> R) rethrows -> R {
        precondition(range.lowerBound >= 0 && range.upperBound <= used)
        return try body(UnsafeMutableRawBufferPointer(start: start.map { $0 + range.lowerBound }, count: range.count))
    }

    /// Copies a range of the bytes to another place among them; the two may overlap.
    public mutating func copy(_ range: Range<Int>, to place: Int) {
        precondition(range.lowerBound >= 0 && range.upperBound <= used && place >= 0 && place <= used - range.count)
        guard let start else { return }
        (start + place).copyMemory(from: start + range.lowerBound, byteCount: range.count)
    }

    /// Forgets the bytes and keeps the memory.
    public mutating func removeAll() { used = 0 }

    @inlinable
    public mutating func append(_ byte: UInt8) {
        reserve(1).storeBytes(of: byte, as: UInt8.self)
        used += 1
    }

    /// The lowest bytes of a number, the lowest first.
    ///
    /// - Parameter length: how many, up to 8.
    @inlinable
    public mutating func append(_ number: UInt64, length: Int) {
        precondition((0...8).contains(length))
        reserve(8).storeBytes(of: number.littleEndian, as: UInt64.self)
        used += length
    }

    public mutating func append(_ bytes: RawSpan) {
        let target = reserve(bytes.byteCount)
        bytes.withUnsafeBytes { if let source = $0.baseAddress { target.copyMemory(from: source, byteCount: $0.count) } }
        used += bytes.byteCount
    }

    /// Where so many bytes more can be written.
    @inlinable
    mutating func reserve(_ count: Int) -> UnsafeMutableRawPointer {
        if let start, capacity - used >= count { return start + used }
        return grow(count)
    }

    @usableFromInline
    mutating func grow(_ count: Int) -> UnsafeMutableRawPointer {
        let greater = max(used + count, capacity * 2, Self.firstCapacity)
        let memory = UnsafeMutableRawPointer.allocate(byteCount: greater, alignment: 8)
        if let start {
            memory.copyMemory(from: start, byteCount: used)
            start.deallocate()
        }
        start = memory
        capacity = greater
        return memory + used
    }
}
