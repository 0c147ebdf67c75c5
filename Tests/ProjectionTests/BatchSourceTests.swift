import EventLog
import Glibc
import Synchronization
import Testing

@testable import Projection

/// The parts of a batch, each decoded by the thread that needs it or by one that was faster.
struct BatchSourceTests {
    /// In what order they come, and how often each was decoded, when decoding takes now longer and now less long than staging.
    @Test(arguments: [500, 1_000, 1_999, 5_000]) func eachRequestIsDecodedOnceAndInOrder(count: Int) throws {
        let requests = (0..<count).map { AppendRequest([CloudEvent(id: "\($0)", source: "test", type: "none", data: Array("{}".utf8))]) }
        let decoded = Mutex<[String: Int]>([:])
        let source = BatchSource(requests) { part in
            usleep(part.startIndex % 3 == 0 ? 0 : 200)
            decoded.withLock { decoded in
                for request in part { decoded[request.events[0].id, default: 0] += 1 }
            }
            return Array(part)
        }
        var staged: [String] = []
        var sizes: [Int] = []
        loop: while true {
            switch source.next(staged: 0) {
            case .stage(let part):
                usleep(sizes.count % 2 == 0 ? 0 : 200)
                staged += part.map { $0.events[0].id }
                sizes.append(part.count)
                guard case .commit = source.next(staged: part.count) else { throw Unexpected() }
                source.finish(part.map { _ in .success([]) })
            case .commit: throw Unexpected()
            case .end: break loop
            }
        }
        #expect(staged == (0..<count).map(String.init))
        #expect(decoded.withLock { $0.values.allSatisfy { $0 == 1 } && $0.count == count })
        #expect(sizes.dropLast().allSatisfy { $0 >= BatchSource.smallestPart })
        #expect(source.results.count == count)
    }

    private struct Unexpected: Error {}
}
