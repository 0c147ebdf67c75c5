import Foundation
import TestSupport
import Testing

/// Everything that must hold of a store when nobody uses it, whatever happened before, asked from outside.
struct StoreCheck {
    let spool: Command
    private let folder = TemporaryFolder()
    /// What writers noted as acknowledged, as `FactWriter` writes it.
    var acknowledgments: [String] = []
    /// What followers printed from position 1 on until they were killed.
    var followed: [String] = []

    init(_ spool: Command) { self.spool = spool }

    struct Wrong: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }

    /// - Returns: the events of the log.
    @discardableResult
    func run() throws -> Int {
        let events = try LoggedEvent.all(ask(["events", "--format", "ndjson"]))
        try checkLog(events)
        try checkAcknowledged(events)
        try checkFollowers(events)
        try checkViews(events)
        try checkIndex(events)
        let verified = try ask(["verify"])
        guard verified.contains("All is well.") else { throw Wrong(verified) }
        let locks = try ask(["status", "--locks", "--format", "csv"])
        guard locks.split(separator: "\n").count == 1 else { throw Wrong("locks or readers are left: \(locks)") }
        return events.count
    }

    private func ask(_ arguments: [String]) throws -> String {
        let result = try spool.run(arguments + ["--wait", "1"])
        guard result.code == 0, result.errors.isEmpty || result.errors.hasPrefix("No event is about") else {
            throw Wrong("\(arguments) ended with \(result.code): \(result.errors)\(result.output.suffix(500))")
        }
        return result.output
    }

    private func checkLog(_ events: [LoggedEvent]) throws {
        for (place, event) in events.enumerated() where event.position != place + 1 {
            throw Wrong("position \(place + 1) is missing, found \(event.position)")
        }
        let ids = Set(events.map(\.id))
        guard ids.count == events.count else { throw Wrong("\(events.count - ids.count) events are there twice") }
        // What was not acknowledged is there whole or not at all.
        for id in ids {
            let parts = id.split(separator: ".")
            guard parts.count == 4, let size = Int(parts[3]) else { continue }
            for place in 0..<size where !ids.contains("\(parts[0]).\(parts[1]).\(place).\(size)") {
                throw Wrong("half an append: \(id) without place \(place)")
            }
        }
    }

    private func checkAcknowledged(_ events: [LoggedEvent]) throws {
        let ids = Set(events.map(\.id))
        var blobs: [Substring] = []
        for path in acknowledgments {
            let notes = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
            // A line that the kill cut off promises nothing.
            for line in notes.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
                let words = line.dropFirst().split(separator: " ")
                switch line.first {
                case "+":
                    guard words.count == 2, let position = Int(words[1]) else { throw Wrong("no acknowledgment: \(line)") }
                    guard position <= events.count, events[position - 1].id == words[0] else {
                        throw Wrong("acknowledged and not there: \(line)")
                    }
                case "-": if ids.contains(String(words[0])) { throw Wrong("refused and there: \(line)") }
                case "b": blobs.append(words[0])
                default: break
                }
            }
        }
        // The last ones, of which each costs a process.
        for hash in blobs.suffix(6) {
            let blob = try spool.run(["blob", "get", String(hash), "--to", folder["blob"], "--replace"])
            guard blob.code == 0 else { throw Wrong("blob \(hash): \(blob.errors)") }
        }
    }

    private func checkFollowers(_ events: [LoggedEvent]) throws {
        for path in followed {
            let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
                .dropLast()
            for (place, line) in lines.enumerated() {
                let event = try LoggedEvent(line)
                guard event.position == place + 1, place < events.count, events[place].id == event.id else {
                    throw Wrong("a follower saw \(event.id) at \(event.position) as its event \(place + 1)")
                }
            }
        }
    }

    private func checkViews(_ events: [LoggedEvent]) throws {
        for (sql, expected) in NaiveModel(events).answers {
            let rows = try ask(["query", sql, "--format", "csv"]).split(separator: "\n").dropFirst().map(String.init)
            if rows != expected {
                let place = zip(rows, expected).enumerated().first { $1.0 != $1.1 }?.offset ?? min(rows.count, expected.count)
                throw Wrong(
                    "\(sql): row \(place) of \(rows.count) is \(place < rows.count ? rows[place] : "none"), "
                        + "of \(expected.count) expected \(place < expected.count ? expected[place] : "none")")
            }
        }
    }

    /// Some tags and some types by the index, all events by a plain filter.
    private func checkIndex(_ events: [LoggedEvent]) throws {
        func compare(_ what: String, _ found: String, _ expected: [LoggedEvent]) throws {
            let positions = try LoggedEvent.all(found).map(\.position)
            guard positions == expected.map(\.position) else {
                throw Wrong("\(what): expected \(expected.count) events, found \(positions.count)")
            }
        }
        for tag in ["video:v7", "image:2", "trend:3", "video:nobody"] {
            try compare(tag, ask(["history", tag, "--format", "ndjson"]), events.filter { $0.tags.contains(tag) })
        }
        for type in ["metrics.recorded", "image.used"] {
            try compare(type, ask(["events", "--type", type, "--format", "ndjson"]), events.filter { $0.type == type })
        }
    }
}
