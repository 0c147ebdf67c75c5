import EventLog
import JSON

/// What a replay changes in the events of each type: a small declaration in JSON.
///
/// ```json
/// {
///   "trend.captured": {
///     "type": "topic.captured",
///     "rename": {"relevance_score": "score"},
///     "drop": ["metadata"],
///     "set": {"source": "reddit"}
///   },
///   "search.performed": {"omit": true}
/// }
/// ```
///
/// | key | does |
/// |-----|------|
/// | `type` | gives the events another type |
/// | `schemaversion` | says which version of the type the changed data is in; the current one when the type changes, else as it was |
/// | `rename` | gives fields of `data` other names, in their places |
/// | `drop` | leaves fields out |
/// | `set` | sets fields to constants, whether they are there or not, new ones in the order of their names |
/// | `omit` | leaves the events out |
///
/// They are done in this order, after an upcast. The subject of a changed event is worked out anew.
public struct ReplayMap: Sendable, Hashable {
    /// What is done to the events of one type.
    public struct Change: Sendable, Hashable {
        public var type: String?
        public var schemaVersion: Int?
        public var rename: [String: String] = [:]
        public var drop: [String] = []
        public var set: [String: JSONText] = [:]
        public var omit = false

        public init() {}

        /// Whether it changes the data.
        var changesData: Bool { !rename.isEmpty || !drop.isEmpty || !set.isEmpty }
    }

    public var changes: [String: Change]

    public init(_ changes: [String: Change] = [:]) { self.changes = changes }

    private static let keys = ["type", "schemaversion", "rename", "drop", "set", "omit"]

    /// - Parameter types: the types there are.
    /// - Throws: `ReplayMapError` naming the key and the nearest one there is, or `JSONError`.
    public init(parsing bytes: [UInt8], types: some Sequence<String>) throws {
        let types = Array(types)
        changes = [:]
        let root = try JSONDocument(parsing: bytes).root
        guard root.kind == .object else { throw ReplayMapError("expected an object of event types, found \(root.kind)") }
        for (type, value) in root.members {
            guard types.contains(type) else {
                throw ReplayMapError("there are no events of type '\(type.prefix(60))'.\(Self.nearest(type, types))")
            }
            guard value.kind == .object else { throw ReplayMapError("\(type): expected an object, found \(value.kind)") }
            changes[type] = try Self.change(type, value)
        }
    }

    private static func change(_ type: String, _ value: JSONValue) throws -> Change {
        var change = Change()
        for (key, value) in value.members {
            func wrong(_ expected: String) -> ReplayMapError {
                ReplayMapError("\(type): \(key): expected \(expected), found \(value.rawText.prefix(40))")
            }
            switch key {
            case "type":
                guard let text = value.string, !text.isEmpty else { throw wrong("the name of a type") }
                change.type = text
            case "schemaversion":
                guard let version = value.int, (1...65_535).contains(version) else { throw wrong("a version from 1 to 65535") }
                change.schemaVersion = version
            case "rename":
                guard value.kind == .object else { throw wrong("an object of new names by old ones") }
                for (old, new) in value.members {
                    guard let new = new.string else { throw wrong("a new name for '\(old)'") }
                    change.rename[old] = new
                }
            case "drop":
                guard value.kind == .array else { throw wrong("an array of names") }
                for name in value.elements {
                    guard let name = name.string else { throw wrong("an array of names") }
                    change.drop.append(name)
                }
            case "set":
                guard value.kind == .object else { throw wrong("an object of values by name") }
                for (name, constant) in value.members { change.set[name] = JSONText(constant) }
            case "omit":
                guard let omit = value.bool else { throw wrong("true or false") }
                change.omit = omit
            default:
                throw ReplayMapError(
                    "\(type): there is no key '\(key.prefix(60))'.\(nearest(key, keys)) Keys are \(keys.joined(separator: ", ")).")
            }
        }
        return change
    }

    private static func nearest(_ name: String, _ names: [String]) -> String {
        JSONNameDistance.nearest(to: name, in: names).map { " Did you mean '\($0)'?" } ?? ""
    }

    // MARK: Changing

    /// Changes an event as its type asks.
    ///
    /// - Returns: nil when it is left out.
    /// - Throws: `JSONError` when the data is no object, `ReplayMapError` when a new name is taken.
    package func apply(to event: CloudEvent) throws -> CloudEvent? {
        guard let change = changes[event.type] else { return event }
        if change.omit { return nil }
        var event = event
        if change.changesData {
            var object = try JSONObject(parsing: event.data)
            for (old, new) in change.rename.sorted(by: { $0.key < $1.key }) {
                guard object.rename(old, to: new) else {
                    throw ReplayMapError("field '\(old)' cannot become '\(new)': there is such a field already; drop one of them")
                }
            }
            for name in change.drop { object[name] = nil }
            for (name, value) in change.set.sorted(by: { $0.key < $1.key }) { object[name] = value }
            event.data = object.bytes
            event.subject = nil
        }
        if let type = change.type, type != event.type {
            event.type = type
            event.subject = nil
            event.schemaVersion = nil
        }
        if let version = change.schemaVersion { event.schemaVersion = version }
        return event
    }
}

/// A map that cannot be followed.
public struct ReplayMapError: Refusal, Hashable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}
