import ArgumentParser
import Projection
import SQLViews
import Spool

struct Views: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "views",
        abstract: "List the tables and views, or describe one: columns, indexes, rules; or a type of events: fields.",
        discussion: """
            Examples:
              spool views
              spool views image_library
              spool views events
              spool views trend.captured
              spool views --types
              spool views --systems --format markdown
              spool views --queries
            """)

    @OptionGroup var options: StoreOptions
    @OptionGroup var output: OutputOptions

    @Argument(help: "A table, a view or a type of events.")
    var name: String?

    @Flag(name: .long, help: "List the types of events, with the domain that handles each.")
    var types = false

    @Flag(name: .long, help: "List the databases that Spool takes the place of, and where their tables are now.")
    var systems = false

    @Flag(name: .long, help: "List the questions that have a name, for `spool query --name`.")
    var queries = false

    func run() throws {
        let projectors = Catalog.projectors
        if systems {
            var printer = output.printer(["database", "tables and views", "domain", "folder in the store"])
            return printer.print(
                projectors.map { projector in
                    let names = projector.tables.map(\.schema.name) + projector.views.map(\.name)
                    return [
                        .text(projector.replaces), .text(names.joined(separator: ", ")), .text(projector.name),
                        .text("views/\(projector.name)@\(projector.version)"),
                    ]
                })
        }
        if queries {
            var printer = output.printer(["query", "values", "projection", "summary"])
            return printer.print(
                projectors.flatMap { projector in
                    projector.queries.map {
                        let values = $0.parameters.map(\.name).joined(separator: ", ")
                        return [.text($0.name), .text(values), .text(projector.name), .text($0.summary)]
                    }
                })
        }
        if types {
            var printer = output.printer(["type", "schema_version", "projection"])
            printer.print(
                projectors.flatMap { projector in
                    projector.handlers.map { [.text($0.type), .integer(Int64($0.schemaVersion)), .text(projector.name)] }
                })
        } else if let name {
            try describe(name, projectors)
        } else {
            try list(projectors)
        }
    }

    private func list(_ projectors: [Projector]) throws {
        let store = try options.open()
        let snapshot = try store.engine.snapshot(of: Set(projectors.map(\.name)))
        defer { snapshot.end() }
        var rows: [[SQLValue]] = []
        for projector in projectors {
            let reader = try snapshot.projection(projector.name)
            for table in projector.tables.map(\.schema) {
                rows.append([
                    .text(table.name), .text("table"), .text(projector.name), .integer(Int64(try reader.table(table.name).count())),
                    .text(table.columns.map(\.name).joined(separator: ", ")),
                ])
            }
            for view in projector.views {
                rows.append([.text(view.name), .text("view"), .text(projector.name), .null, .text(view.summary)])
            }
        }
        rows.append([
            .text("events"), .text("log"), .null, .integer(Int64(snapshot.position)),
            .text("position, id, source, type, subject, stream_version, time, recorded_time, tags, …"),
        ])
        var printer = output.printer(["name", "kind", "projection", "rows", "columns"])
        printer.print(rows)
    }

    private func describe(_ name: String, _ projectors: [Projector]) throws {
        if name == "events" {
            var printer = output.printer(["column", "type", "null", "about"])
            return printer.print(
                EventColumn.allCases.map {
                    [.text($0.name), .text($0.type.rawValue), .text($0.isNullable ? "yes" : "no"), .text($0.summary)]
                })
        }
        for projector in projectors {
            if let view = projector.views.first(where: { $0.name == name }) {
                var printer = output.printer(["view", "summary", "sql"])
                printer.print([[.text(view.name), .text(view.summary), .text(view.sql)]])
                return
            }
            guard let table = projector.tables.map(\.schema).first(where: { $0.name == name }) else { continue }
            var printer = output.printer(["column", "type", "null", "default", "rules"])
            printer.print(
                table.columns.enumerated().map { place, column in
                    [
                        .text(column.name), .text(column.type.rawValue), .text(column.isNullable ? "yes" : "no"), column.defaultValue,
                        .text(table.rules(ofColumnAt: place).joined(separator: "; ")),
                    ]
                })
            if output.format == .table { printIndexes(table) }
            return
        }
        if let on = projectors.lazy.flatMap(\.handlers).first(where: { $0.type == name }) {
            var printer = output.printer(["field", "required", "takes"])
            return printer.print(on.fields.map { [.text($0.name), .text($0.isRequired ? "yes" : "no"), .text($0.takes)] })
        }
        let known = projectors.flatMap { $0.tables.map(\.schema.name) + $0.views.map(\.name) + $0.types } + ["events"]
        throw WrongUse("there is no table, view or type of events '\(name)'.\(KnownNames.hint(name, known)) `spool views` lists them.")
    }

    private func printIndexes(_ table: TableSchema) {
        for index in table.indexes where !index.isUnique {
            let columns = index.columns.map { table.columns[$0.place].name + ($0.descending ? " DESC" : "") }
            let condition = index.condition.map { " WHERE \(table.columns[$0.place].name) = \($0.value)" } ?? ""
            Standard.output.write("index \(index.name) (\(columns.joined(separator: ", ")))\(condition)\n")
        }
        Standard.output.flush()
    }
}

extension TableSchema {
    /// The rules of a column, in SQL's words.
    fileprivate func rules(ofColumnAt place: Int) -> [String] {
        var rules: [String] = []
        if key == [place] { rules.append(assignsKey ? "PRIMARY KEY AUTOINCREMENT" : "PRIMARY KEY") }
        if key.count > 1, key.contains(place) { rules.append("PRIMARY KEY (\(key.map { columns[$0].name }.joined(separator: ", ")))") }
        for index in indexes where index.isUnique && index.columns.contains(where: { $0.place == place }) {
            let names = index.columns.map { columns[$0.place].name }
            rules.append(names.count == 1 ? "UNIQUE" : "UNIQUE (\(names.joined(separator: ", ")))")
        }
        for reference in references where reference.place == place {
            rules.append("REFERENCES \(reference.table) ON DELETE \(reference.onDelete.rawValue)")
        }
        for check in checks where check.column == columns[place].name { rules.append("CHECK \(check.rule)") }
        return rules
    }
}
