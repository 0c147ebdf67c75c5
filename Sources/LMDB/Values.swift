import CLMDB

extension MDB_val {
    /// The bytes in the mapped file. The caller ties them to a transaction.
    @inline(__always)
    var span: RawSpan {
        @_lifetime(immortal) get {
            guard let start = mv_data else { return RawSpan() }
            return _overrideLifetime(RawSpan(_unsafeStart: start, byteCount: mv_size), copying: ())
        }
    }

    /// Pages align values to two bytes only.
    @inline(__always)
    var integer: UInt64 {
        guard let start = mv_data, mv_size >= 8 else { return 0 }
        return start.loadUnaligned(as: UInt64.self)
    }
}

extension [UInt8] {
    @inline(__always)
    func withValue<R>(_ body: (inout MDB_val) -> R) -> R {
        withUnsafeBytes { bytes in
            var value = MDB_val(mv_size: bytes.count, mv_data: UnsafeMutableRawPointer(mutating: bytes.baseAddress))
            return body(&value)
        }
    }
}

extension RawSpan {
    @inline(__always)
    func withValue<R>(_ body: (inout MDB_val) -> R) -> R {
        withUnsafeBytes { bytes in
            var value = MDB_val(mv_size: bytes.count, mv_data: UnsafeMutableRawPointer(mutating: bytes.baseAddress))
            return body(&value)
        }
    }
}

extension UInt64 {
    @inline(__always)
    func withValue<R>(_ body: (inout MDB_val) -> R) -> R {
        withUnsafePointer(to: self) { pointer in
            var value = MDB_val(mv_size: 8, mv_data: UnsafeMutableRawPointer(mutating: pointer))
            return body(&value)
        }
    }
}
