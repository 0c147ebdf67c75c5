import JSON
import Testing

@testable import EventLog

/// The memory of decodings: what is kept in it from one to the next, and what is not.
struct PayloadMemoryTests {
    private typealias Fields = PayloadDecoderTests.Fields

    /// Where the order was another one, the next texts of the type are parsed at once, and then it is tried again.
    @Test func anOrderThatChanges() throws {
        let memory = PayloadMemory.take()
        defer { memory.giveBack() }
        func tries(_ count: Int) -> [Bool] { (0..<count).map { _ in memory.triesInOrder(Fields.self) } }
        #expect(tries(2) == [true, true])
        memory.noteOtherOrder(of: Fields.self)
        #expect(memory.triesInOrder(PayloadDecoderTests.Either.self))
        #expect(tries(17) == Array(repeating: false, count: 15) + [true, true])
        var decoder = PayloadDecoder()
        for number in 0..<100 {
            let text = number % 40 < 5 ? #"{"count":\#(number),"text":"t"}"# : #"{"text":"t","count":\#(number)}"#
            #expect(try decoder.decode(Fields.self, from: Array(text.utf8).span.bytes).count == number)
            #expect(throws: JSONError.self) { try decoder.decode(Fields.self, from: Array("{}".utf8).span.bytes) }
        }
    }

    /// Keeps what it decodes from, which is of no use afterwards.
    final class Keeper: Decodable {
        enum Key: String, CodingKey { case a }
        let decoder: any Decoder
        let container: KeyedDecodingContainer<Key>

        init(from decoder: any Decoder) throws {
            self.decoder = decoder
            container = try decoder.container(keyedBy: Key.self)
            _ = try container.decode(Int.self, forKey: .a)
        }
    }

    @Test func aKeptContainerReadsNothing() throws {
        let memory = PayloadMemory.take()
        defer { memory.giveBack() }
        let keeper = try memory.decode(Keeper.self, from: Array(#"{"a":1}"#.utf8).span.bytes)
        #expect(throws: JSONError.self) { try keeper.container.decode(Int.self, forKey: .a) }
        #expect(throws: JSONError.self) { try keeper.decoder.container(keyedBy: Keeper.Key.self) }
        #expect(!keeper.container.contains(.a))
        // Not even while the same memory is used for another text.
        struct Spy: Decodable {
            nonisolated(unsafe) static var keeper: Keeper?
            var a: Int

            init(from decoder: any Decoder) throws {
                let container = try decoder.container(keyedBy: Keeper.Key.self)
                let old = Self.keeper?.container
                #expect(old?.contains(.a) == false)
                #expect((try? old?.decodeIfPresent(Int.self, forKey: .a)) == .some(.none))
                a = try container.decode(Int.self, forKey: .a)
            }
        }
        Spy.keeper = keeper
        #expect(try memory.decode(Spy.self, from: Array(#"{"a":2}"#.utf8).span.bytes).a == 2)
        Spy.keeper = nil
    }

    @Test func decodersOnManyThreads() async throws {
        let texts = (0..<200).map { #"{"a":\#($0),"deeper":{"x":true}}"# }
        let sums = try await withThrowingTaskGroup { group in
            for _ in 0..<16 {
                group.addTask {
                    var decoder = PayloadDecoder()
                    return try texts.map { try decoder.decode(Fields.Inner.self, from: Array($0.utf8).span.bytes).a }.reduce(0, +)
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(sums == Array(repeating: 199 * 200 / 2, count: 16))
    }
}
