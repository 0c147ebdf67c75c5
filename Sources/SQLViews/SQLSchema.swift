import Projection

/// What a query can name: the tables and views of a store's projections, and the log.
struct SQLSchema: Sendable {
    let tables: [(projection: String, schema: TableSchema)]
    let views: [SQLView]
    private let projectionsByTable: [String: String]

    init(_ projections: [Projection]) {
        tables = projections.flatMap { projection in projection.projector.tables.map { (projection.name, $0.schema) } }
        views = projections.flatMap(\.projector.views)
        // SQL does not tell capitals from small letters.
        projectionsByTable = Dictionary(tables.map { ($0.schema.name.lowercased(), $0.projection) }) { first, _ in first }
    }

    /// The projections that the named tables belong to.
    func projections(ofTables names: Set<String>) -> Set<String> {
        Set(names.compactMap { projectionsByTable[$0.lowercased()] })
    }

    /// Every name that FROM takes.
    var names: [String] { tables.map(\.schema.name) + views.map(\.name) + [EventsTable.name] }
}
