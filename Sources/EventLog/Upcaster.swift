import JSON

/// Makes the data of one schema version of an event into that of the next.
///
/// A pure function of the data: no clock, no look-ups. Stored events stay as they are; whoever reads an old one gets it upcast.
///
/// ```swift
/// // Version 2 of trend.captured has a priority; in version 1 every topic had the same.
/// static let upcasters = [Upcaster(from: 1) { $0["priority"] = .int(0) }]
/// ```
public struct Upcaster: Sendable {
    /// The version that it takes; it makes the one after it.
    public let version: Int
    let change: @Sendable (inout JSONObject) throws -> Void

    public init(from version: Int, _ change: @escaping @Sendable (inout JSONObject) throws -> Void) {
        self.version = version
        self.change = change
    }
}

extension Event {
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
