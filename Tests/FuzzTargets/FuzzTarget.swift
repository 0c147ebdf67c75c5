/// Something that takes bytes from outside. `run` tells by an error what does not hold for them; a trap tells itself.
public protocol FuzzTarget: Sendable {
    static var name: String { get }
    /// What the mutations begin with.
    static func seeds() throws -> [[UInt8]]

    init() throws
    func run(_ bytes: [UInt8]) throws
}

/// A promise that an input broke.
public struct BrokenPromise: Error, CustomStringConvertible {
    public let description: String
}

func expect(_ holds: Bool, _ promise: @autoclosure () -> String) throws(BrokenPromise) {
    if !holds { throw BrokenPromise(description: promise()) }
}

/// By the name that `tools/fuzz` takes.
public let fuzzTargets: [any FuzzTarget.Type] = [
    RecordTarget.self, EventTarget.self, QueryTarget.self, ImportTarget.self, MapTarget.self, KeyValueTarget.self,
]
