import EventLog
import JSON
import Projection
import Spool

/// What a store knows by name: a name that it does not know is a mistake rather than a question without an answer.
struct KnownNames {
    private let store: Store

    init(_ store: Store) { self.store = store }

    /// The types that the code knows and those that are in the log.
    func types() throws -> Set<String> { Set(store.engine.types).union(try store.typeCounts().map(\.type)) }

    /// - Throws: `WrongUse` for a type that there is none of.
    func checkTypes(_ names: [String]) throws {
        guard names.contains(where: { !store.engine.types.contains($0) }) else { return }
        let types = try types()
        for name in names where !types.contains(name) {
            throw WrongUse("there is no type of events '\(name)'.\(Self.hint(name, types)) `spool views --types` lists them.")
        }
    }

    /// - Throws: `WrongUse` for a tag of a kind that neither a table nor an event has.
    func checkTags(_ tags: [String]) throws {
        for tag in tags {
            guard let colon = tag.firstIndex(of: ":") else {
                throw WrongUse("an entity is name:value, such as video:video_001 or image:42; found '\(tag)'.")
            }
            let kind = String(tag[..<colon])
            let tables = store.engine.projections.flatMap { $0.projector.tables.compactMap(\.schema.entity?.name) }
            if tables.contains(kind) { continue }
            let kinds = Set(tables).union(try store.log.read { try $0.index.tagNames() })
            guard !kinds.contains(kind) else { continue }
            throw WrongUse(
                "there is no entity '\(kind)'.\(Self.hint(kind, kinds)) There are \(kinds.sorted().joined(separator: ", ")).")
        }
    }

    /// ` Did you mean NAME?`, or nothing.
    static func hint(_ name: String, _ names: some Collection<String>) -> String {
        JSONNameDistance.nearest(to: name, in: names.sorted()).map { " Did you mean \($0)?" } ?? ""
    }
}
