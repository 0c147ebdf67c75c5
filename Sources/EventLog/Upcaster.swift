import JSON

/// Makes the data of one schema version of an event into that of the next.
///
/// A pure function of the data: no clock, no look-ups. Stored events stay as they are; whoever reads an old one gets it upcast.
///
/// ```swift
/// // Version 2 of trend.captured has a priority; in version 1 every topic had the same.
/// static let upcasters = [Upcaster(from: 1, isAdditive: true) { $0["priority"] = .int(0) }]
/// ```
public struct Upcaster: Sendable {
    /// The version that it takes; it makes the one after it.
    public let version: Int
    /// Whether code that knows `version` may read events of the one after it as they are, passing over the fields it does not know.
    public let isAdditive: Bool
    let change: @Sendable (inout JSONObject) throws -> Void

    /// - Parameter isAdditive: the version after it only adds fields that code of this one can do without.
    public init(from version: Int, isAdditive: Bool = false, _ change: @escaping @Sendable (inout JSONObject) throws -> Void) {
        self.version = version
        self.isAdditive = isAdditive
        self.change = change
    }
}

extension Event {
    /// The oldest schema version whose code may read events of a version. It is stored with each event, for that code has no other way to
    /// tell.
    public static func readableSince(_ version: Int) -> Int {
        var oldest = version
        while upcasters.contains(where: { $0.version == oldest - 1 && $0.isAdditive }) { oldest -= 1 }
        return oldest
    }

    /// Data of an older schema version as this code's version has it; newer data unchanged.
    ///
    /// - Throws: `JSONError` when the data is no object, `UpcastError` when an upcaster cannot take it.
    public static func upcast(_ data: [UInt8], from version: Int) throws -> [UInt8] {
        guard version < schemaVersion else { return data }
        var object = try JSONObject(parsing: data)
        for upcaster in upcasters where upcaster.version >= version {
            do { try upcaster.change(&object) } catch { throw UpcastError(type: type, version: upcaster.version, reason: "\(error)") }
        }
        return object.bytes
    }
}

/// Data that an upcaster could not take.
public struct UpcastError: Refusal, Hashable, CustomStringConvertible {
    public let type: String
    /// The version that the data was in.
    public let version: Int
    public let reason: String

    public var description: String { "\(type): cannot be brought from schema version \(version) to \(version + 1): \(reason)" }
}
