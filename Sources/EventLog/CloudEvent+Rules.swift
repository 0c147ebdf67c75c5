import JSON

extension CloudEvent {
    /// The longest `data`, in bytes: larger things are blobs or files, and the event names them.
    public static let maximumDataLength = 16 << 20
    /// The longest attribute, in bytes of UTF-8.
    public static let maximumAttributeLength = 1024

    /// Checks what CloudEvents and the record format ask of the attributes.
    func validate() throws(AppendError) {
        for (name, value) in [("id", id), ("source", source), ("type", type)] where value.isEmpty {
            throw .invalid(field: name, "expected text, found none")
        }
        let attributes = [
            ("id", id), ("source", source), ("type", type), ("correlationid", correlationID ?? ""), ("causationid", causationID ?? ""),
            ("actor", actor ?? ""),
        ]
        for (name, value) in attributes {
            let utf8 = value.utf8
            guard utf8.count <= Self.maximumAttributeLength else {
                throw .invalid(field: name, "expected at most \(Self.maximumAttributeLength) bytes, found \(utf8.count)")
            }
            guard !utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
                throw .invalid(field: name, "expected no control characters, found some in \(String(value.prefix(60)).debugDescription)")
            }
        }
        guard type.utf8.count <= 200 else { throw .invalid(field: "type", "expected at most 200 bytes, found \(type.utf8.count)") }
        guard data.count <= Self.maximumDataLength else {
            throw .invalid(
                field: "data", "expected at most \(Self.maximumDataLength) bytes, found \(data.count); store large things as blobs")
        }
        if let schemaVersion, !(1...65_535).contains(schemaVersion) {
            throw .invalid(field: "schemaversion", "expected 1 to 65535, found \(schemaVersion)")
        }
        if let time, !Timestamp.range.contains(time) {
            throw .invalid(field: "time", "expected years 1 to 9999")
        }
    }

    /// The same idempotency key must mean the same fact.
    func checkRepeats(_ firstType: String, _ firstData: [UInt8], at position: Position) throws(AppendError) {
        if type != firstType { throw .idTaken(source: source, id: id, position: position, difference: "type (\(firstType))") }
        if data != firstData, !sameJSON(data, firstData) {
            throw .idTaken(source: source, id: id, position: position, difference: "data")
        }
    }

    private func sameJSON(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        guard let one = try? JSONDocument(parsing: one), let other = try? JSONDocument(parsing: other) else { return false }
        return one.root.isEquivalent(to: other.root)
    }
}

extension StagedEvent {
    /// The header has two bytes for each length.
    func validateLengths() throws(AppendError) {
        for tag in [subject] + tags where tag.text.utf8.count > Tag.maximumLength {
            throw .invalid(
                field: "subject",
                "expected at most \(Tag.maximumLength) bytes in a tag, found \(tag.text.utf8.count) in '\(tag.text.prefix(60))…'")
        }
        let length = tags.reduce(0) { $0 + $1.text.utf8.count + 1 }
        guard length <= 65_535 else { throw .invalid(field: "tags", "expected at most 65,535 bytes of tags, found \(length)") }
        let rowsLength = rows.reduce(0) { $0 + $1.description.utf8.count + 1 }
        guard rowsLength <= 65_535 else {
            throw .invalid(field: "data", "one event made \(rows.count) rows; send it as several events")
        }
    }
}

extension Receipt {
    var asRepeat: Receipt {
        Receipt(
            position: position, id: id, source: source, type: type, subject: subject, streamVersion: streamVersion, time: time,
            recordedTime: recordedTime, rows: rows, changed: [], isRepeat: true)
    }
}
