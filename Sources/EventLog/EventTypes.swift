import LMDB

/// Some types of events, found by what a record says.
///
/// ```swift
/// let types = EventTypes(["trend.captured", "trend.used"])
/// types.place(of: record) // 1, for a record of a use
/// ```
// Their bytes are in one piece: with an array for each a rebuild counted references for 6 % of its time.
public struct EventTypes: Sendable {
    private var bytes: [UInt8] = []
    /// Where each type's bytes end.
    private var ends: [Int] = []

    public init(_ types: [String]) {
        for type in types {
            bytes += type.utf8
            ends.append(bytes.count)
        }
    }

    /// The place of a record's type among these; nil when it is another one.
    public func place(of record: borrowing RecordView) -> Int? {
        let wanted = record.typeBytes
        var start = 0
        for place in ends.indices {
            let end = ends[place]
            if end - start == wanted.byteCount, bytes.span.bytes.extracting(start..<end).isEqual(to: wanted) { return place }
            start = end
        }
        return nil
    }
}
