import EventLog
import LMDB
import Synchronization
import TestSupport
import Testing

/// Every storage that the log can have.
enum StorageKind: CaseIterable, Sendable, CustomTestStringConvertible {
    case lmdb, memory

    func make(in folder: TemporaryFolder) throws -> any LogStorage {
        switch self {
        case .lmdb: try LMDBStorage(at: folder["log"])
        case .memory: MemoryStorage()
        }
    }

    func log(in folder: TemporaryFolder, clock: @escaping @Sendable () -> Timestamp = { .now() }) throws -> EventLog {
        let storage = try make(in: folder)
        return EventLog(storage, index: EventIndex(at: folder["views/index"], of: storage), clock: clock)
    }

    var testDescription: String { "\(self)" }
}

/// A clock that the test sets.
final class TestClock: Sendable {
    private let microseconds: Mutex<Int64>

    init(_ microseconds: Int64 = 1_700_000_000_000_000) { self.microseconds = Mutex(microseconds) }

    func set(_ value: Int64) { microseconds.withLock { $0 = value } }
    func advance(_ step: Int64) { microseconds.withLock { $0 += step } }
    var now: Timestamp { Timestamp(microseconds: microseconds.withLock { $0 }) }
}

func event(
    _ id: String, type: String = "thing.happened", source: String = "test", subject: String? = nil, time: Timestamp? = nil,
    data: String = "{}"
) -> CloudEvent {
    CloudEvent(id: id, source: source, type: type, subject: subject, time: time, data: Array(data.utf8))
}

/// Refuses events whose data is `"refuse"`, breaks down at `"fail"`, tags the others with the data's text where it names a tag.
final class TestParticipant: AppendParticipant {
    struct No: Refusal, Equatable {}
    struct Breakdown: Error {}

    private(set) var calls: [String] = []

    func begin(_ log: any LogReader) throws { calls.append("begin") }

    func apply(_ event: StagedEvent) throws {
        let text = String(decoding: event.event.data, as: UTF8.self)
        calls.append("apply \(event.position)")
        if text == #""refuse""# { throw No() }
        if text == #""fail""# { throw Breakdown() }
        if text.hasPrefix(#""tag:"#) { event.add(try Tag(String(text.dropFirst().dropLast()))) }
    }

    func keep() { calls.append("keep") }
    func undo() throws { calls.append("undo") }
    func commit(_ checkpoint: Checkpoint, isBurst: Bool) { calls.append("commit \(checkpoint.position)") }
    func end() { calls.append("end") }
}

extension EventLog {
    /// Ids of the events that match, in the order visited.
    func ids(_ filter: EventFilter = EventFilter()) throws -> [String] {
        var ids: [String] = []
        try forEach(filter) { record in
            ids.append(record.id)
            return true
        }
        return ids
    }

    /// Everything that the log's readers answer from the index.
    func answers(tags: [String], types: [String]) throws -> [[String]] {
        var answers: [[String]] = []
        for backward in [false, true] {
            for tag in tags { answers.append(try ids(EventFilter(tags: [tag], backward: backward))) }
            for type in types { answers.append(try ids(EventFilter(types: [type], backward: backward))) }
        }
        return answers
    }
}
