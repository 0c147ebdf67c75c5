import JSON

extension ExportedEvent {
    /// A line of an export of the log.
    ///
    /// - Throws: `JSONError` for text that is not JSON, `AppendError` and `ExportedEventError` for attributes that are missing or malformed.
    public init(json bytes: [UInt8]) throws {
        // One level deeper than the data, which may be as deep as any document.
        let root = try JSONDocument(parsing: bytes, maxDepth: 256).root
        guard root.kind == .object else { throw AppendError.invalid(field: "event", "expected a JSON object, found \(root.kind)") }
        guard root["position"] != nil else {
            throw ExportedEventError(
                position: nil,
                "attribute 'position': found none. Only files of `spool export events` have it; plain `spool ingest` takes others.")
        }
        let position: Position = try Self.number("position", root, at: nil)
        guard position > 0 else { throw ExportedEventError(position: nil, "attribute 'position': expected 1 or more, found 0") }
        self.position = position
        streamVersion = try Self.number("streamversion", root, at: position)
        recordedTime = try Self.recordedTime(root, at: position)
        tags = try Self.list("tags", root, at: position).map { try Tag($0) }
        rows = try Self.list("rows", root, at: position).map { text in
            guard let row = RowReference(parsing: text[...]) else {
                throw ExportedEventError(position: position, "attribute 'rows': expected table:key, found '\(text.prefix(60))'")
            }
            return row
        }
        readableSince = try root["readablesince"] == nil ? nil : Int(clamping: Self.number("readablesince", root, at: position))
        let crc = try Self.text("recordcrc", root, at: position)
        guard crc.utf8.count == 8, crc.utf8.allSatisfy({ ($0 >= 0x30 && $0 <= 0x39) || ($0 >= 0x61 && $0 <= 0x66) }),
            let checksum = UInt32(crc, radix: 16)
        else {
            throw ExportedEventError(
                position: position, "attribute 'recordcrc': expected eight lower-case hexadecimal digits, found '\(crc.prefix(60))'")
        }
        self.checksum = checksum
        var event = try CloudEvent(json: root, besides: Self.attributes)
        if root["rawdata"] != nil {
            guard let data = Base64.decode(try Self.text("rawdata", root, at: position)) else {
                throw ExportedEventError(position: position, "attribute 'rawdata': expected base64")
            }
            event.data = data
        }
        self.event = event
    }

    private static func text(_ name: String, _ root: JSONValue, at position: Position?) throws -> String {
        guard let text = root[name]?.string else {
            let found = root[name].map { String($0.rawText.prefix(40)) } ?? "nothing"
            throw ExportedEventError(position: position, "attribute '\(name)': expected text, found \(found)")
        }
        return text
    }

    private static func number(_ name: String, _ root: JSONValue, at position: Position?) throws -> UInt64 {
        let text = try root[name].flatMap { $0.int.map(String.init) } ?? text(name, root, at: position)
        guard let number = UInt64(text), number <= UInt64(Int64.max) else {
            throw ExportedEventError(position: position, "attribute '\(name)': expected a number in digits, found '\(text.prefix(40))'")
        }
        return number
    }

    private static func recordedTime(_ root: JSONValue, at position: Position) throws -> Timestamp {
        let text = try text("recordedtime", root, at: position)
        do {
            return try Timestamp(parsing: text)
        } catch {
            throw ExportedEventError(position: position, "attribute 'recordedtime': \(error)")
        }
    }

    /// The texts of a JSON array that is itself a text; none when the attribute is absent.
    private static func list(_ name: String, _ root: JSONValue, at position: Position) throws -> [String] {
        guard root[name] != nil else { return [] }
        let text = try text(name, root, at: position)
        let texts = (try? JSONDocument(parsing: Array(text.utf8)).root).flatMap { array -> [String]? in
            guard array.kind == .array else { return nil }
            let texts = array.elements.compactMap(\.string)
            return texts.count == array.elements.reduce(0) { count, _ in count + 1 } ? texts : nil
        }
        guard let texts else {
            throw ExportedEventError(
                position: position, "attribute '\(name)': expected the text of a JSON array of texts, found '\(text.prefix(60))'")
        }
        return texts
    }
}
