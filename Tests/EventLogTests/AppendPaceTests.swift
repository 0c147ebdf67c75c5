import Dispatch
import Glibc
import TestSupport
import Testing

@testable import EventLog

struct AppendPaceTests {
    @Test func neighbors() {
        var pace = AppendPace()
        #expect(pace.begin(at: 3) == .none)
        pace.end(at: 4)
        #expect(pace.begin(at: 4) == .own)
        usleep(60_000)
        #expect(pace.begin(at: 4) == .none)
        #expect(pace.begin(at: 5) == .others)
        pace.end(at: 6)
        #expect(pace.begin(at: 6) == .others)
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
