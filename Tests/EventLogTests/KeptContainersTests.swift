import JSON
import Testing

@testable import EventLog

/// Containers that are used for one object after the other: each reads its own object, and nothing after its decoding.
struct KeptContainersTests {
    private enum Name: String, CodingKey { case name, children }

    @Test func aContainerIsTakenOnlyWhenNobodyElseHasIt() throws {
        let containers = KeptContainers()
        let keys = ObjectIdentifier(Name.self)
        var numbers: [Int] = []
        func make(_ number: Int) -> KeyedDecodingContainer<Name> {
            numbers.append(number)
            return KeyedDecodingContainer(Empty<Name>())
        }
        #expect(containers.container(keys, .init(decoding: 1, object: 2)) == nil)
        do {
            let held = containers.keep(Name.self, .init(decoding: 1, object: 2), make: make)
            #expect(containers.container(keys, .init(decoding: 3, object: 4)) == nil)
            let isKeptAgain = containers.keep(Name.self, .init(decoding: 3, object: 4), make: make) != nil
            #expect(!isKeptAgain)
            withExtendedLifetime(held) {}
        }
        let number = try #require(numbers.first)
        #expect(containers.reading(number).decoding == 1 && containers.reading(number).object == 2)
        #expect(containers.container(keys, .init(decoding: 5, object: 6)) != nil)
        #expect(containers.reading(number).decoding == 5 && containers.reading(number).object == 6)
        #expect(numbers.count == 1)
    }

    private struct Unexpected: Error {}

    /// What a type makes of a text must be what it makes of the parsed one, the second time as the first.
    private func expectSame<T: Decodable & Equatable>(_ type: T.Type, _ text: String) throws {
        let text = Array(text.utf8)
        let expected = try JSONDocument(parsing: text).decode(type)
        var decoder = PayloadDecoder()
        for _ in 0..<3 { #expect(try decoder.decode(type, from: text.span.bytes) == expected) }
    }

    @Test func objectsOfTheSameKeysWithinEachOther() throws {
        struct Node: Decodable, Equatable {
            var name: String
            var children: [Node]?
            /// Read of the object around when those within it are done.
            var end: Int?
        }
        let text =
            #"{"name":"a","children":[{"name":"b","children":[{"name":"c"},{"name":"d","children":[],"end":1}]},{"name":"e"}],"end":2}"#
        try expectSame(Node.self, text)
        // And in order, not only when it is parsed.
        let memory = PayloadMemory.take()
        defer { memory.giveBack() }
        for _ in 0..<3 {
            #expect(try memory.decode(Node.self, from: Array(text.utf8).span.bytes).children?.first?.children?.last?.end == 1)
        }
    }

    /// Says where it is, which only a parsed text knows.
    private struct Path: Decodable, Equatable {
        var path: [String]

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Name.self)
            _ = try container.decode(String.self, forKey: .name)
            path = container.codingPath.map(\.stringValue)
        }
    }

    @Test func theWayToAnObject() throws { try expectSame([String: [Path]].self, #"{"outer":[{"name":"a"},{"name":"b"}]}"#) }

    /// Keys of a class, and of one that inherits from it.
    private class General: CodingKey, @unchecked Sendable {
        let stringValue: String
        var intValue: Int? { nil }
        required init?(stringValue: String) { self.stringValue = stringValue }
        required init?(intValue: Int) { nil }
    }

    private final class Special: General, @unchecked Sendable {}

    private struct AsGeneral: Decodable, Equatable {
        var names: [String]

        init(from decoder: any Decoder) throws {
            names = try decoder.container(keyedBy: Special.self as General.Type).allKeys.map(\.stringValue)
            throw Unexpected()
        }
    }

    private struct AsSpecial: Decodable, Equatable {
        var names: [String]

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Special.self)
            names = container.allKeys.map(\.stringValue)
            for key in container.allKeys { _ = try container.decode(Int.self, forKey: key) }
        }
    }

    @Test func keysOfAClassAsOfTheOneThatItInheritsFrom() throws {
        for generalIsFirst in [true, false] {
            let memory = PayloadMemory.take()
            defer { memory.giveBack() }
            let text = Array(#"{"a":1,"b":2}"#.utf8)
            if generalIsFirst { #expect(throws: (any Error).self) { try memory.decode(AsGeneral.self, from: text.span.bytes) } }
            #expect(try memory.decode(AsSpecial.self, from: text.span.bytes).names == ["a", "b"])
            #expect(throws: (any Error).self) { try memory.decode(AsGeneral.self, from: text.span.bytes) }
            #expect(try memory.decode(AsSpecial.self, from: text.span.bytes).names == ["a", "b"])
        }
    }

    /// A type of keys for each type.
    private struct Keys<T>: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    private struct Keyed<T>: Decodable {
        var a: Int

        init(from decoder: any Decoder) throws {
            a = try decoder.container(keyedBy: Keys<T>.self).decode(Int.self, forKey: Keys<T>(stringValue: "a"))
        }
    }

    @Test func moreTypesOfKeysThanThereIsRoomFor() throws {
        let memory = PayloadMemory.take()
        defer { memory.giveBack() }
        var count = 0
        func decode<T>(_ type: T.Type, deeper: Int) throws {
            for _ in 0..<2 {
                #expect(try memory.decode(Keyed<T>.self, from: Array(#"{"a":\#(deeper)}"#.utf8).span.bytes).a == deeper)
                count += 1
            }
            if deeper > 0 { try decode(T?.self, deeper: deeper - 1) }
        }
        try decode(Int.self, deeper: 600)
        #expect(count == 1202)
    }

    /// Keeps its container.
    private struct Keeper: Decodable {
        let container: KeyedDecodingContainer<Name>

        init(from decoder: any Decoder) throws {
            container = try decoder.container(keyedBy: Name.self)
            guard try container.decode(String.self, forKey: .name) == "mine" else { throw Unexpected() }
        }
    }

    /// Others ask containers that were kept, and let them go, while the same memory decodes on.
    @Test func containersThatAreKeptOnOtherThreads() async throws {
        let text = Array(#"{"name":"mine"}"#.utf8)
        var decoder = PayloadDecoder()
        let found = try await withThrowingTaskGroup { group in
            for _ in 0..<300 {
                let keeper = Sent(value: try decoder.decode(Keeper.self, from: text.span.bytes))
                group.addTask { (0..<20).count { _ in keeper.value.container.contains(.name) } }
                #expect(try decoder.decode(Leaf.self, from: text.span.bytes).name == "mine")
            }
            return try await group.reduce(0, +)
        }
        #expect(found == 0)
    }

    /// With keys of the same type.
    private struct Leaf: Decodable {
        var name: String

        init(from decoder: any Decoder) throws {
            name = try decoder.container(keyedBy: Name.self).decode(String.self, forKey: .name)
        }
    }

    /// Unchecked: that is what is tried.
    private struct Sent<Value>: @unchecked Sendable {
        let value: Value
    }

    private struct Empty<Key: CodingKey>: KeyedDecodingContainerProtocol {
        var codingPath: [any CodingKey] { [] }
        var allKeys: [Key] { [] }
        func contains(_ key: Key) -> Bool { false }
        func decodeNil(forKey key: Key) throws -> Bool { throw Unexpected() }
        func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { throw Unexpected() }
        func nestedContainer<N: CodingKey>(keyedBy type: N.Type, forKey key: Key) throws -> KeyedDecodingContainer<N> { throw Unexpected() }
        func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer { throw Unexpected() }
        func superDecoder() throws -> any Decoder { throw Unexpected() }
        func superDecoder(forKey key: Key) throws -> any Decoder { throw Unexpected() }
    }
}
