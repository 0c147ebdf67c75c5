/// An object to be changed: its members in order, each value as its exact text.
///
/// What is not touched stays as it was written: numbers keep their digits, nested values their white space.
///
/// ```swift
/// var object = try JSONObject(parsing: Array(#"{"topic":"AI","score":0.50}"#.utf8))
/// object.rename("score", to: "relevance_score")
/// object["priority"] = .int(0)
/// // {"topic":"AI","relevance_score":0.50,"priority":0}
/// ```
public struct JSONObject: Sendable, Hashable {
    /// A name with its value.
    public struct Member: Sendable, Hashable {
        public var name: String
        public var value: JSONText
    }

    public private(set) var members: [Member] = []

    public init() {}

    /// - Throws: `JSONError` for text that is not JSON, or another value than an object.
    public init(parsing bytes: [UInt8]) throws(JSONError) {
        try self.init(JSONDocument(parsing: bytes).root)
    }

    /// - Throws: `JSONError` when the value is no object.
    public init(_ value: JSONValue) throws(JSONError) {
        guard value.kind == .object else {
            throw JSONError(kind: .wrongType, reason: "expected an object, found \(value.kind)", path: value.path, offset: value.offset)
        }
        for member in value.members { members.append(Member(name: member.key, value: JSONText(member.value))) }
    }

    /// The value of a member. Setting one that is there keeps its place, a new one goes to the end; nil removes it.
    public subscript(name: String) -> JSONText? {
        get { place(of: name).map { members[$0].value } }
        set {
            switch (place(of: name), newValue) {
            case (let place?, let value?): members[place].value = value
            case (let place?, nil): members.remove(at: place)
            case (nil, let value?): members.append(Member(name: name, value: value))
            case (nil, nil): break
            }
        }
    }

    /// Gives a member another name, in its place; nothing when it is missing.
    ///
    /// - Returns: false when there is another member with that name already; nothing was changed then.
    @discardableResult
    public mutating func rename(_ name: String, to newName: String) -> Bool {
        guard let place = place(of: name), !Self.areSame(name, newName) else { return true }
        guard self.place(of: newName) == nil else { return false }
        members[place].name = newName
        return true
    }

    /// As compact JSON, values as they were written.
    public var bytes: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        for member in members {
            writer.key(member.name)
            writer.raw(member.value)
        }
        writer.endObject()
        return writer.bytes
    }

    private func place(of name: String) -> Int? { members.firstIndex { Self.areSame($0.name, name) } }

    /// By their bytes: Swift holds é in one character and in two equal, JSON does not.
    private static func areSame(_ one: String, _ other: String) -> Bool { one.utf8.elementsEqual(other.utf8) }
}

extension JSONText {
    public static let null = JSONText(unchecked: "null")

    public static func int(_ value: Int) -> JSONText { JSONText(unchecked: "\(value)") }

    public static func bool(_ value: Bool) -> JSONText { JSONText(unchecked: value ? "true" : "false") }

    public static func string(_ value: String) -> JSONText {
        var writer = JSONWriter()
        writer.string(value)
        return JSONText(unchecked: String(decoding: writer.bytes, as: UTF8.self))
    }
}
