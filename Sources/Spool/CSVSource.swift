import EventLog
import JSON
import Projection

/// CSV with a header line: each record becomes the data of an event of one type.
///
/// Columns give the fields of the same name, unless a map says otherwise; empty cells are left out. A cell is text where the event's field is
/// text and a JSON value where it is not: the event type decides. Where it takes any JSON, a cell is what it reads as if that is an object or
/// an array, and text otherwise. Where it is true or false, a cell may be `0` and `1`, as tables have them, or `False` and `True`, as Python
/// writes them. Blank lines are passed over where there is more than one column.
public final class CSVSource: FactSource {
    /// Where a field comes from.
    public struct Mapping: Sendable {
        /// Fields by column; a column that is not named is left out when there are any.
        public var fields: [(field: String, column: String)] = []
        /// The column of the event's time.
        public var time: String?
        /// The column of the event's id; the record's line otherwise.
        public var id: String?

        public init(fields: [(field: String, column: String)] = [], time: String? = nil, id: String? = nil) {
            self.fields = fields
            self.time = time
            self.id = id
        }
    }

    /// A mapping that names a column which the header does not have, or a field which the event type does not.
    public struct UnknownName: CallerError, CustomStringConvertible {
        public let description: String
        public var isWrongUse: Bool { true }

        init(_ problem: String, _ name: String, _ kind: String, _ known: [String]) {
            let hint = JSONNameDistance.nearest(to: name, in: known).map { " Did you mean \($0)?" } ?? ""
            description = "\(problem) '\(name)'.\(hint) \(kind) are \(known.joined(separator: ", "))"
        }
    }

    private let reader: CSVReader
    private let type: String
    private let source: String
    private let engine: Engine
    private let header: [String]
    private let fields: [(field: String, place: Int)]
    private let timePlace: Int?
    private let idPlace: Int?
    /// Fields whose cells are JSON, as found out from the event type.
    private var jsonFields: Set<String> = []
    /// Fields that take any JSON, text as well: a cell with an object or array is that, any other is text.
    private let anyJSONFields: Set<String>
    private let booleanFields: Set<String>

    public init(_ lines: LineReader, type: String, source: String, mapping: Mapping, engine: Engine) throws {
        reader = CSVReader(lines)
        let known = engine.fields(of: type)
        anyJSONFields = Set(known.filter(\.isJSON).map(\.name))
        booleanFields = Set(known.filter(\.isBoolean).map(\.name))
        self.type = type
        self.source = source
        self.engine = engine
        guard let header = try reader.next() else {
            throw CSVReader.Malformed(description: "the file is empty: expected a line of column names")
        }
        self.header = header
        let names = known.map(\.name)
        if let field = mapping.fields.map(\.field).first(where: { !names.contains($0) }), !names.isEmpty {
            throw UnknownName("\(type) has no field", field, "Fields", names)
        }
        func place(_ column: String) throws -> Int {
            guard let place = header.firstIndex(of: column) else {
                throw UnknownName("there is no column", column, "Columns", header)
            }
            return place
        }
        timePlace = try mapping.time.map(place)
        idPlace = try mapping.id.map(place)
        let reserved = [timePlace, idPlace]
        fields =
            try mapping.fields.isEmpty
            ? header.enumerated().filter { !reserved.contains($0.offset) }.map { ($0.element, $0.offset) }
            : mapping.fields.map { ($0.field, try place($0.column)) }
    }

    public var lineNumber: Int { reader.lineReader.lineNumber }
    public var bytesRead: Int { reader.lineReader.bytesRead }
    public var size: Int? { reader.lineReader.size }

    public var willWait: (() -> Void)? {
        get { reader.lineReader.willWait }
        set { reader.lineReader.willWait = newValue }
    }

    public func next() throws -> Fact? {
        let event: Result<CloudEvent, any Error>
        do {
            var read = try reader.next()
            while header.count > 1, read == [""] { read = try reader.next() }
            guard let record = read else { return nil }
            event = .success(try self.event(of: record))
        } catch let error where error.isRefusal {
            event = .failure(error)
        }
        let text = reader.recordText
        return Fact(line: reader.recordLine, event: event) { String(decoding: text, as: UTF8.self) }
    }

    private func event(of record: [String]) throws -> CloudEvent {
        guard record.count == header.count else {
            throw CSVReader.Malformed(description: "expected \(header.count) fields, found \(record.count)")
        }
        let time: Timestamp? = try timePlace.map { place in
            do {
                return try Timestamp(parsing: record[place])
            } catch {
                throw CSVReader.Malformed(description: "column '\(header[place])': \(error)")
            }
        }
        return CloudEvent(
            id: idPlace.map { record[$0] } ?? "line:\(reader.recordLine)", source: source, type: type, time: time,
            data: try data(of: record))
    }

    private static let booleans = [
        "0": false, "1": true, "false": false, "true": true, "False": false, "True": true, "FALSE": false, "TRUE": true,
    ]

    /// Tries the cells as text; each field that the event type wants otherwise becomes JSON, and is remembered.
    private func data(of record: [String]) throws -> [UInt8] {
        while true {
            var writer = JSONWriter()
            writer.beginObject()
            for (field, place) in fields where !record[place].isEmpty {
                writer.key(field)
                if booleanFields.contains(field), let value = Self.booleans[record[place]] {
                    writer.bool(value)
                    continue
                }
                let isStructure = anyJSONFields.contains(field) && record[place].first.map { "{[".contains($0) } == true
                if isStructure || jsonFields.contains(field), let value = try? JSONText(validating: record[place]) {
                    writer.raw(value)
                } else {
                    writer.string(record[place])
                }
            }
            writer.endObject()
            do {
                try engine.validate(type: type, data: writer.bytes)
                return writer.bytes
            } catch let error as JSONError {
                guard error.kind == .wrongType, fields.contains(where: { $0.field == error.path }),
                    jsonFields.insert(error.path).inserted
                else { throw error }
            }
        }
    }
}
