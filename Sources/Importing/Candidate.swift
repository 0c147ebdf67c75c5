import EventLog
import JSON
import Projection
import Spool

/// A row that may have to be stored.
struct Candidate {
    let old: OldRow
    let table: LegacyTable
    /// Spool's columns; a blob column holds the hash.
    let values: [SQLValue]
    /// The row's bytes as Spool stores them, and its key.
    let bytes: [UInt8]
    let key: [UInt8]
    /// The contents of blob columns.
    let blobs: [[UInt8]]

    init(_ old: OldRow, _ table: OldTable) throws {
        self.old = old
        self.table = table.legacy
        var values = try table.values(of: old.cells)
        var blobs: [[UInt8]] = []
        for (place, column) in table.schema.columns.enumerated() where column.isBlobHash {
            guard case .blob(let content) = values[place] else { continue }
            values[place] = .blob(try BlobStore.hash(of: content).bytes)
            blobs.append(content)
        }
        self.values = values
        self.blobs = blobs
        bytes = table.schema.bytes(of: values)
        key = table.schema.key(of: values)
    }

    var data: [UInt8] { table.data(of: values) }

    /// About how much memory it takes.
    var byteCount: Int { bytes.count * 3 + blobs.reduce(0) { $0 + $1.count } }
}

extension LegacyTable {
    /// The data of `NOUN.imported`.
    func data(of values: [SQLValue]) -> [UInt8] {
        var writer = JSONWriter(capacity: 512)
        writer.beginObject()
        for (place, column) in schema.columns.enumerated() {
            writer.key(column.name)
            switch values[place] {
            case .null: writer.null()
            case .integer(let number): writer.int(number)
            case .real(let number): writer.double(number)
            case .text(let text): writer.string(text)
            case .blob(let bytes): writer.string(BlobHash(bytes: bytes)?.hex ?? "")
            }
        }
        writer.endObject()
        return writer.bytes
    }

    /// The event that a row is gone; nil when rows of the table never go.
    func removal(of values: [SQLValue], id: String, source: String) -> CloudEvent? {
        var writer = JSONWriter()
        writer.beginObject()
        func member(_ field: String, _ column: String) {
            guard let place = schema.place(of: column) else { return }
            writer.key(field)
            if case .integer(let number) = values[place] { writer.int(number) } else { writer.string(values[place].plainText) }
        }
        let type: String
        switch removal {
        case .never: return nil
        case .key:
            type = "\(noun).removed"
            for place in schema.key { member(schema.columns[place].name, schema.columns[place].name) }
        case .event(let name, let fields, let constants):
            type = name
            for (field, column) in fields.sorted(by: { $0.key < $1.key }) { member(field, column) }
            for (field, text) in constants {
                writer.key(field)
                writer.string(text)
            }
        }
        writer.endObject()
        return CloudEvent(id: id, source: source, type: type, data: writer.bytes)
    }
}
