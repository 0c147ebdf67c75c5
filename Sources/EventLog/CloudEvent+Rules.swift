import JSON

extension CloudEvent {
    /// The longest `data`, in bytes: larger things are blobs or files, and the event names them.
    public static let maximumDataLength = 16 << 20
    /// The longest attribute, in bytes of UTF-8.
    public static let maximumAttributeLength = 1024

    /// Checks what CloudEvents and the record format ask of the attributes.
    func validate() throws(AppendError) {
        try Self.check("id", id, isRequired: true)
        try Self.check("source", source, isRequired: true)
        try Self.check("type", type, isRequired: true)
        if let correlationID { try Self.check("correlationid", correlationID) }
        if let causationID { try Self.check("causationid", causationID) }
        if let actor { try Self.check("actor", actor) }
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

    private static func check(_ name: StaticString, _ value: String, isRequired: Bool = false) throws(AppendError) {
        let utf8 = value.utf8.span
        if utf8.isEmpty, isRequired { throw .invalid(field: "\(name)", "expected text, found none") }
        guard utf8.count <= Self.maximumAttributeLength else {
            throw .invalid(field: "\(name)", "expected at most \(Self.maximumAttributeLength) bytes, found \(utf8.count)")
        }
        var isClean = true
        for place in utf8.indices { if utf8[place] < 0x20 || utf8[place] == 0x7F { isClean = false } }
        guard isClean else {
            throw .invalid(field: "\(name)", "expected no control characters, found some in \(String(value.prefix(60)).debugDescription)")
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
        try Self.checkLength(subject)
        var length = 0
        for tag in tags {
            try Self.checkLength(tag)
            length += tag.text.utf8.count + 1
        }
        guard length <= 65_535 else { throw .invalid(field: "tags", "expected at most 65,535 bytes of tags, found \(length)") }
        let rowsLength = rows.reduce(0) { $0 + $1.byteCount + 1 }
        guard rowsLength <= 65_535 else {
            throw .invalid(field: "data", "one event made \(rows.count) rows; send it as several events")
        }
    }

    private static func checkLength(_ tag: Tag) throws(AppendError) {
        let count = tag.text.utf8.count
        guard count <= Tag.maximumLength else {
            throw .invalid(
                field: "subject", "expected at most \(Tag.maximumLength) bytes in a tag, found \(count) in '\(tag.text.prefix(60))…'")
        }
    }
}

extension Receipt {
    var asRepeat: Receipt {
        Receipt(
            position: position, id: id, source: source, type: type, subject: subject, streamVersion: streamVersion, time: time,
            recordedTime: recordedTime, rows: rows, changed: [], removed: [], isRepeat: true)
    }
}
