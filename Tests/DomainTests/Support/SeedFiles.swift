import EventLog

/// The files that tests are fed with.
enum SeedFiles {
    static func text(at path: String) throws -> String { String(decoding: try File.read(path), as: UTF8.self) }

    /// The golden lines of an event type: TYPE, `full` or `min`, JSON.
    static func goldenLines(of type: String, file: StaticString = #filePath) throws -> [(name: String, json: String)] {
        let tests = "\(file)".split(separator: "/").dropLast(3).joined(separator: "/")
        return try text(at: "/\(tests)/Support/Golden/events.tsv").split(separator: "\n").compactMap { line in
            let parts = line.split(separator: "\t", maxSplits: 2).map(String.init)
            return parts.count == 3 && parts[0] == type ? (parts[1], parts[2]) : nil
        }
    }
}
