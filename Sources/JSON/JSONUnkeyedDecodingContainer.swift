/// Reads the elements of an array in turn.
struct JSONUnkeyedDecodingContainer: UnkeyedDecodingContainer {
    let state: JSONDecodingState
    let array: Int
    private let end: Int
    private var next: Int
    private(set) var currentIndex = 0

    init(state: JSONDecodingState, array: Int) {
        self.state = state
        self.array = array
        end = Int(state.document.tape[array].next)
        next = array + 1
    }

    var codingPath: [any CodingKey] { JSONValueDecoder(state: state, index: array).codingPath }

    var count: Int? {
        var count = currentIndex
        var index = next
        while index < end {
            count += 1
            index = Int(state.document.tape[index].next)
        }
        return count
    }

    var isAtEnd: Bool { next >= end }

    /// The tape index of the next element; the container stays there until the element is decoded.
    @inline(__always)
    private func current() throws(JSONError) -> Int {
        guard next < end else {
            throw state.document.missing(.index(currentIndex), in: array, "expected another element, found the end of the array")
        }
        return next
    }

    @inline(__always)
    private mutating func take<T>(_ read: (Int) throws -> T) throws -> T {
        let index = try current()
        let value = try read(index)
        next = Int(state.document.tape[index].next)
        currentIndex += 1
        return value
    }

    mutating func decodeNil() throws -> Bool {
        guard state.isNull(try current()) else { return false }
        return try take { _ in true }
    }

    mutating func nestedContainer<NestedKey: CodingKey>(keyedBy type: NestedKey.Type) throws -> KeyedDecodingContainer<NestedKey> {
        try superDecoder().container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try superDecoder().unkeyedContainer()
    }

    mutating func superDecoder() throws -> any Decoder {
        let state = state
        return try take { JSONValueDecoder(state: state, index: $0) }
    }

    // The closures hold the state rather than the container, which is being changed.
    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T { try take { [state] in try state.value(type, at: $0) } }
    mutating func decode(_ type: Bool.Type) throws -> Bool { try take { [state] in try state.bool(at: $0) } }
    mutating func decode(_ type: String.Type) throws -> String { try take { [state] in try state.string(at: $0) } }
    mutating func decode(_ type: Double.Type) throws -> Double { try take { [state] in try state.document.double(at: $0) } }
    mutating func decode(_ type: Float.Type) throws -> Float { try take { [state] in try state.document.float(at: $0) } }
    mutating func decode(_ type: Int.Type) throws -> Int { try take { [state] in try state.document.integer(type, at: $0) } }
    mutating func decode(_ type: Int8.Type) throws -> Int8 { try take { [state] in try state.document.integer(type, at: $0) } }
    mutating func decode(_ type: Int16.Type) throws -> Int16 { try take { [state] in try state.document.integer(type, at: $0) } }
    mutating func decode(_ type: Int32.Type) throws -> Int32 { try take { [state] in try state.document.integer(type, at: $0) } }
    mutating func decode(_ type: Int64.Type) throws -> Int64 { try take { [state] in try state.document.integer(type, at: $0) } }
    mutating func decode(_ type: UInt.Type) throws -> UInt { try take { [state] in try state.document.integer(type, at: $0) } }
    mutating func decode(_ type: UInt8.Type) throws -> UInt8 { try take { [state] in try state.document.integer(type, at: $0) } }
    mutating func decode(_ type: UInt16.Type) throws -> UInt16 { try take { [state] in try state.document.integer(type, at: $0) } }
    mutating func decode(_ type: UInt32.Type) throws -> UInt32 { try take { [state] in try state.document.integer(type, at: $0) } }
    mutating func decode(_ type: UInt64.Type) throws -> UInt64 { try take { [state] in try state.document.integer(type, at: $0) } }
}
