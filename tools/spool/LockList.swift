import EventLog
import Projection
import Spool

/// Who writes to and reads from the parts of a store, as rows and as lines.
enum LockList {
    static let names = ["part", "does", "pid", "command", "seconds", "commits_behind", "bytes_pinned"]

    static func rows(_ uses: [(part: String, use: EnvironmentUse)]) -> [[SQLValue]] {
        func row(_ part: String, _ does: String, _ party: LockParty) -> [SQLValue] {
            [
                .text(part), .text(does), .integer(Int64(party.process)), .text(party.command), party.seconds.map { .real($0) } ?? .null,
            ]
        }
        return uses.flatMap { part, use in
            (use.writer.map { [row(part, "writes", $0) + [.null, .null]] } ?? [])
                + use.readers.enumerated().map { place, reader in
                    // The file grows for the oldest alone.
                    row(part, "reads", reader.party) + [.integer(Int64(reader.behind)), .integer(place == 0 ? Int64(use.pinnedBytes) : 0)]
                }
        }
    }

    /// For the summary: writers, and readers that hold something up.
    static func lines(_ uses: [(part: String, use: EnvironmentUse)]) -> [String] {
        uses.flatMap { part, use in
            (use.writer.map { ["writer     \($0) has the write lock of \(part)"] } ?? [])
                + use.readers.prefix(3).map { reader in
                    "reader     \(reader.party) reads \(part), \(counted(reader.behind, "commit")) behind"
                }
                + (use.pinnedBytes > 0
                    ? ["growth     \(sized(use.pinnedBytes)) of \(part) cannot be used again until the oldest reader ends"] : [])
        }
    }
}
