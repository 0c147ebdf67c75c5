import EventLog
import JSON

/// A field of a type of events, as decoding it tells.
public struct EventField: Sendable, Hashable {
    public let name: String
    public let isRequired: Bool
    /// What its value is, such as `an integer`.
    public let takes: String
    /// Whether it takes any JSON.
    public var isJSON: Bool { takes == Self.anyJSON }

    public var isBoolean: Bool { takes == Self.boolean }

    static let anyJSON = "any JSON"
    /// As the JSON decoder says it.
    static let boolean = "true or false"
}

extension On {
    /// The fields of an event of this type, in the order of its Swift type; none when they cannot be found out.
    ///
    /// They are declared once, as properties of that type. Here it is asked, by decoding samples until one has all that is required.
    public var fields: [EventField] {
        var required: [(name: String, sample: Int)] = []
        var chosen: [String: String] = [:]
        // More than any type needs: each round finds a field, or another value for one.
        for _ in 0..<400 {
            guard let error = failure(required.map { ($0.name, chosen[$0.name] ?? Self.samples[$0.sample]) }) else { return [] }
            if case .unknownField = error.kind, !error.knownFields.isEmpty {
                let given = required.map { ($0.name, chosen[$0.name] ?? Self.samples[$0.sample]) }
                return error.knownFields.map { name in
                    EventField(name: name, isRequired: given.contains { $0.0 == name }, takes: takes(name, given))
                }
            }
            if let place = required.firstIndex(where: { $0.name == error.path }) {
                if chosen[error.path] == nil, let allowed = Self.allowedText(error.reason) {
                    chosen[error.path] = allowed
                } else {
                    chosen[error.path] = nil
                    required[place].sample += 1
                    guard required[place].sample < Self.samples.count else { return [] }
                }
            } else {
                guard error.kind == .missingField else { return [] }
                required.append((error.path, 0))
            }
        }
        return []
    }

    /// A time is a text too.
    private static let samples = [#""2025-01-01T00:00:00Z""#, "1", "{}", "[]", "true", "\"\(String(repeating: "0", count: 64))\""]

    /// The first of the texts that an error says are allowed.
    private static func allowedText(_ reason: String) -> String? {
        guard reason.hasPrefix("expected one of \"") else { return nil }
        return reason.split(separator: "\"").dropFirst().first.map { "\"\($0)\"" }
    }

    /// Decodes an object with these fields, and one that no type has.
    private func failure(_ fields: [(String, String)]) -> JSONError? {
        let members = fields.map { "\"\($0)\":\($1)" } + [#""?":0"#]
        do {
            try validate(Array("{\(members.joined(separator: ","))}".utf8))
            return nil
        } catch {
            return error as? JSONError
        }
    }

    /// Told by what it says to an array and to an object.
    private func takes(_ name: String, _ given: [(String, String)]) -> String {
        let others = given.filter { $0.0 != name }
        func refusal(_ value: String) -> String? {
            guard let error = failure(others + [(name, value)]), error.path == name else { return nil }
            return error.reason
        }
        guard let reason = refusal("[]") else { return refusal("{}") == nil ? EventField.anyJSON : "an array" }
        let end = reason.firstRange(of: ", found ") ?? reason.firstRange(of: ": ")
        return String(reason[..<(end?.lowerBound ?? reason.endIndex)].trimmingPrefix("expected "))
    }
}

extension Engine {
    /// The fields of a type of events; none for one that nobody handles.
    public func fields(of type: String) -> [EventField] { handler(of: type)?.on.fields ?? [] }
}
