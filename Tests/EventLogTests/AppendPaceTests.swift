import Dispatch
import Glibc
import TestSupport
import Testing

@testable import EventLog

struct AppendPaceTests {
    @Test func neighbors() {
        var pace = AppendPace()
        let start: UInt64 = 1_000_000_000_000
        #expect(pace.begin(at: 3, start) == .none)
        pace.end(at: 4, start + 1)
        #expect(pace.begin(at: 4, start + AppendPace.pause) == .own)
        #expect(pace.begin(at: 4, start + 1 + AppendPace.pause) == .none)
        // Somebody else's.
        let others = start + 2 * AppendPace.pause
        #expect(pace.begin(at: 5, others) == .others)
        pace.end(at: 6, others)
        #expect(pace.begin(at: 6, others + AppendPace.memoryOfOthers - 1) == .others)
        pace.end(at: 7, others + AppendPace.memoryOfOthers)
        #expect(pace.begin(at: 7, others + AppendPace.memoryOfOthers + 1) == .own)
    }

    /// A small append is written out when it returns; what begins a burst is, once there was a pause.
    @Test(arguments: [1, 63, 64, 500]) func loneAppend(of count: Int) throws {
        let log = MemoryStorage()
        let folder = TemporaryFolder()
        let events = EventLog(log, index: EventIndex(at: folder["index"], of: log))
        let start = DispatchTime.now().uptimeNanoseconds
        try events.append((1...count).map { event("\($0)") })
        func written() throws -> Position {
            let reader = try events.index.beginRead()
            defer { reader.end() }
            return try reader.checkpoint().position
        }
        if count < AppendPace.largeAppend {
            #expect(try written() == Position(count))
        } else {
            while try written() < Position(count), DispatchTime.now().uptimeNanoseconds < start + 20_000_000_000 { usleep(1000) }
            #expect(try written() == Position(count))
            #expect(DispatchTime.now().uptimeNanoseconds >= start + AppendPace.pause)
        }
    }
}
