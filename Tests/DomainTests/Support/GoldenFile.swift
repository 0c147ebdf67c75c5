import TestSupport

/// The golden lines of an event type.
enum GoldenFile {
    /// TYPE, `full` or `min`, JSON.
    static func lines(of type: String) throws -> [(name: String, json: String)] {
        String(decoding: try TestFiles.read("Tests/Support/Golden/events.tsv"), as: UTF8.self).split(separator: "\n").compactMap { line in
            let parts = line.split(separator: "\t", maxSplits: 2).map(String.init)
            return parts.count == 3 && parts[0] == type ? (parts[1], parts[2]) : nil
        }
    }
}
