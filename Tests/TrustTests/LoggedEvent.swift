import Foundation

/// An event as `spool events --format ndjson` prints it, read by Foundation: nothing of the engine takes part.
struct LoggedEvent {
    let position: Int
    let id: String
    let type: String
    let time: String
    let tags: [String]
    let data: [String: Any]

    struct Broken: Error { let line: String }

    init(_ line: Substring) throws {
        guard let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any],
            let position = object["position"] as? Int, let id = object["id"] as? String, let type = object["type"] as? String,
            let time = object["time"] as? String, let tags = object["tags"] as? String, let data = object["data"] as? String,
            let names = try JSONSerialization.jsonObject(with: Data(tags.utf8)) as? [String],
            let fields = try JSONSerialization.jsonObject(with: Data(data.utf8)) as? [String: Any]
        else { throw Broken(line: String(line)) }
        self.position = position
        self.id = id
        self.type = type
        self.time = time
        self.tags = names
        self.data = fields
    }

    static func all(_ output: String) throws -> [LoggedEvent] { try output.split(separator: "\n").map(LoggedEvent.init) }

    func text(_ field: String) -> String { data[field] as? String ?? "" }
    func number(_ field: String) -> Int { data[field] as? Int ?? 0 }
}
