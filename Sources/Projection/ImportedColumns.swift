import EventLog

/// A row's columns as the members of a JSON object: numbers, texts and null as SQL has them, the content of a blob column by its hash.
///
/// A JSON column is its text, so that spaces and the order of its members stay; a time is what it was in the other database.
@usableFromInline
enum ImportedColumns {
    struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(_ name: StaticString) { stringValue = "\(name)" }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// Reads columns until one of them is wrong.
    @usableFromInline
    final class Reader {
        private let members: KeyedDecodingContainer<Name>
        /// Which columns to read, all when nil.
        private let places: [Int]?
        private(set) var failure: (any Error)?

        init(_ members: KeyedDecodingContainer<Name>, places: [Int]?) {
            self.members = members
            self.places = places
        }

        /// nil when the object has no such member: a column that is younger than the event keeps its default.
        func value<Value: ColumnValue>(_ type: Value.Type, of name: StaticString, at place: Int) -> Value? {
            guard failure == nil, places?.contains(place) ?? true else { return nil }
            let name = Name(name)
            do {
                guard members.contains(name) else {
                    guard places == nil else { throw DecodingError.keyNotFound(name, .init(codingPath: [], debugDescription: "")) }
                    return nil
                }
                let value = try sqlValue(Value.self, name)
                if let problem = Value.problem(with: value) {
                    throw DecodingError.dataCorrupted(.init(codingPath: [name], debugDescription: problem))
                }
                return Value(sqlValue: value)
            } catch {
                failure = error
                return nil
            }
        }

        private func sqlValue<Value: ColumnValue>(_ type: Value.Type, _ name: Name) throws -> SQLValue {
            if try members.decodeNil(forKey: name) { return .null }
            if Value.isBlobHash { return .blob(try members.decode(BlobHash.self, forKey: name).bytes) }
            switch Value.columnType {
            case .integer: return .integer(Int64(try members.decode(Int.self, forKey: name)))
            case .real: return .real(try members.decode(Double.self, forKey: name))
            case .text, .blob: return .text(try members.decode(String.self, forKey: name))
            }
        }
    }

    @usableFromInline
    final class Writer {
        private var members: KeyedEncodingContainer<Name>
        private let places: [Int]?
        private(set) var failure: (any Error)?

        init(_ members: KeyedEncodingContainer<Name>, places: [Int]?) {
            self.members = members
            self.places = places
        }

        func write(_ value: SQLValue, of name: StaticString, at place: Int) {
            guard failure == nil, places?.contains(place) ?? true else { return }
            let name = Name(name)
            do {
                switch value {
                case .null: try members.encodeNil(forKey: name)
                case .integer(let number): try members.encode(number, forKey: name)
                case .real(let number): try members.encode(number, forKey: name)
                case .text(let text): try members.encode(text, forKey: name)
                case .blob(let bytes): try members.encode(BlobHash(bytes: bytes) ?? BlobHash(), forKey: name)
                }
            } catch {
                failure = error
            }
        }
    }
}
