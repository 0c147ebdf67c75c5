/// A strict JSON parser (RFC 8259) that can be reused, and then also reuses its memory.
///
/// Beyond the grammar it refuses duplicate field names, ill-formed UTF-8, unpaired surrogate escapes and a byte order mark.
///
/// ```swift
/// var parser = JSONParser()
/// for line in lines {
///     let document = try parser.parse(line)
///     print(document.root["name"]?.string ?? "")
/// }
/// ```
///
/// A parsed document shares the parser's tape. The memory is reused if the document is gone by the time of the next `parse`.
public struct JSONParser: Sendable {
    /// The greatest depth that can be allowed, so that recursion over a document stays within the stack.
    public static let greatestMaxDepth = 512

    /// How deep objects and arrays may be nested.
    public let maxDepth: Int

    private static let comparedKeyLimit = 32

    private var tape: [JSONTapeEntry] = []
    private var enclosing: [JSONOpenContainer] = []

    /// Creates a parser.
    ///
    /// - Parameter maxDepth: How deep objects and arrays may be nested, at most `greatestMaxDepth`. 0 allows only scalars.
    public init(maxDepth: Int = 128) {
        self.maxDepth = min(max(maxDepth, 0), Self.greatestMaxDepth)
    }

    /// Parses one JSON text.
    ///
    /// - Parameter bytes: The whole text. The document keeps a reference to it, not a copy.
    /// - Returns: The document, whose offsets count from the first of `bytes`.
    /// - Throws: `JSONError` of kind `syntax`, `duplicateField`, `tooDeep`, `invalidUTF8`, or `outOfRange` from 4 GiB on.
    public mutating func parse(_ bytes: [UInt8]) throws(JSONError) -> JSONDocument {
        try parse(bytes[...])
    }

    /// Parses one JSON text that is part of a larger buffer.
    ///
    /// - Parameter bytes: The whole text. The document keeps a reference to the buffer, not a copy.
    /// - Returns: The document, whose offsets count from the first of `bytes`.
    /// - Throws: `JSONError` of kind `syntax`, `duplicateField`, `tooDeep`, `invalidUTF8`, or `outOfRange` from 4 GiB on.
    public mutating func parse(_ bytes: ArraySlice<UInt8>) throws(JSONError) -> JSONDocument {
        guard bytes.count < Int(UInt32.max) else {
            throw JSONError(kind: .outOfRange, reason: "expected a text shorter than 4 GiB, found \(bytes.count) bytes", offset: 0)
        }
        tape.removeAll(keepingCapacity: true)
        // About what a text of short members needs; growing step by step costs as much as the scan.
        if tape.capacity == 0 { tape.reserveCapacity(min(bytes.count / 8 + 4, 4096)) }
        enclosing.removeAll(keepingCapacity: true)
        try scan(bytes)
        return JSONDocument(bytes: bytes, tape: tape)
    }

    private mutating func scan(_ bytes: ArraySlice<UInt8>) throws(JSONError) {
        let source = bytes.span
        if source.count >= 3, source[0] == 0xEF, source[1] == 0xBB, source[2] == 0xBF {
            throw JSONError(kind: .syntax, reason: "expected JSON text, found a byte order mark, which JSON does not allow", offset: 0)
        }
        var position = JSONScanner.skipWhitespace(source, 0)
        // `top` stands for the innermost open container while `enclosing` holds the rest; index -1 is the level of the root.
        var top = JSONOpenContainer(index: -1, isObject: false)

        while true {
            if top.isObject { position = try scanKey(bytes, source, from: position, top: &top) }
            let start = position
            switch JSONScanner.byte(source, start) {
            case UInt8(ascii: "\""):
                let string = try JSONScanner.scanString(source, from: start)
                position = string.end
                append(.string, from: start, to: position, hasEscapes: string.hasEscapes)
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                let number = try JSONScanner.scanNumber(source, from: start)
                position = number.end
                append(number.isReal ? .real : .integer, from: start, to: position)
            case UInt8(ascii: "{"):
                try open(.object, at: start, top: &top)
                position = JSONScanner.skipWhitespace(source, start + 1)
                if JSONScanner.byte(source, position) != UInt8(ascii: "}") { continue }
                position += 1
                close(end: position, top: &top)
            case UInt8(ascii: "["):
                try open(.array, at: start, top: &top)
                position = JSONScanner.skipWhitespace(source, start + 1)
                if JSONScanner.byte(source, position) != UInt8(ascii: "]") { continue }
                position += 1
                close(end: position, top: &top)
            default:
                position = try scanLiteral(source, from: start)
            }

            // A value has ended: close what ends with it, up to the next value or the end.
            while true {
                position = JSONScanner.skipWhitespace(source, position)
                if top.index < 0 {
                    if position == source.count { return }
                    throw JSONScanner.unexpected(source, at: position, expected: "the end of the input")
                }
                let byte = JSONScanner.byte(source, position)
                if byte == UInt8(ascii: ",") {
                    position = JSONScanner.skipWhitespace(source, position + 1)
                    break
                }
                guard byte == (top.isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
                    throw JSONScanner.unexpected(source, at: position, expected: top.isObject ? "',' or '}'" : "',' or ']'")
                }
                if top.keyCount > Self.comparedKeyLimit { try checkManyKeys(bytes, of: top) }
                position += 1
                close(end: position, top: &top)
            }
        }
    }

    @inline(__always)
    private mutating func append(_ kind: JSONKind, from start: Int, to end: Int, hasEscapes: Bool = false) {
        tape.append(
            JSONTapeEntry(
                start: UInt32(truncatingIfNeeded: start), end: UInt32(truncatingIfNeeded: end),
                next: UInt32(truncatingIfNeeded: tape.count &+ 1), kind: kind, hasEscapes: hasEscapes))
    }

    @inline(__always)
    private mutating func open(_ kind: JSONKind, at start: Int, top: inout JSONOpenContainer) throws(JSONError) {
        guard enclosing.count < maxDepth else { throw tooDeep(at: start) }
        enclosing.append(top)
        top = JSONOpenContainer(index: tape.count, isObject: kind == .object)
        append(kind, from: start, to: start)
        // Until it is closed a container extends without end, so that a path can be found through it.
        tape[top.index].next = .max
    }

    @inline(__always)
    private mutating func close(end: Int, top: inout JSONOpenContainer) {
        tape[top.index].end = UInt32(truncatingIfNeeded: end)
        tape[top.index].next = UInt32(truncatingIfNeeded: tape.count)
        top = enclosing.popLast() ?? JSONOpenContainer(index: -1, isObject: false)
    }

    @inline(never)
    private func tooDeep(at position: Int) -> JSONError {
        JSONError(
            kind: .tooDeep, reason: "expected objects and arrays nested at most \(maxDepth) deep, found another inside", offset: position)
    }

    private mutating func scanLiteral(_ source: Span<UInt8>, from start: Int) throws(JSONError) -> Int {
        let end: Int
        let kind: JSONKind
        if JSONScanner.matches(source, at: start, (0x74, 0x72, 0x75, 0x65)) {
            end = start + 4
            kind = .bool
        } else if JSONScanner.matches(source, at: start, (0x6E, 0x75, 0x6C, 0x6C)) {
            end = start + 4
            kind = .null
        } else if JSONScanner.byte(source, start) == 0x66, JSONScanner.matches(source, at: start + 1, (0x61, 0x6C, 0x73, 0x65)) {
            end = start + 5
            kind = .bool
        } else {
            throw JSONScanner.unexpected(source, at: start, expected: "a value")
        }
        append(kind, from: start, to: end)
        return end
    }

    /// Scans a key and its colon and returns the position of the value.
    @inline(__always)
    private mutating func scanKey(
        _ bytes: ArraySlice<UInt8>, _ source: Span<UInt8>, from start: Int, top: inout JSONOpenContainer
    ) throws(JSONError) -> Int {
        guard JSONScanner.byte(source, start) == UInt8(ascii: "\"") else {
            throw JSONScanner.unexpected(source, at: start, expected: "a field name in double quotes")
        }
        let string = try JSONScanner.scanString(source, from: start)
        append(.string, from: start, to: string.end, hasEscapes: string.hasEscapes)
        try checkKey(bytes, source, start + 1..<string.end - 1, hasEscapes: string.hasEscapes, top: &top)
        let colon = JSONScanner.skipWhitespace(source, string.end)
        guard JSONScanner.byte(source, colon) == UInt8(ascii: ":") else {
            throw JSONScanner.unexpected(source, at: colon, expected: "':'")
        }
        return JSONScanner.skipWhitespace(source, colon + 1)
    }

    /// Refuses the key just appended if the object already has it; past a limit the check waits for the object's end.
    @inline(__always)
    private mutating func checkKey(
        _ bytes: ArraySlice<UInt8>, _ source: Span<UInt8>, _ content: Range<Int>, hasEscapes: Bool, top: inout JSONOpenContainer
    ) throws(JSONError) {
        top.keyCount &+= 1
        guard top.keyCount <= Self.comparedKeyLimit else { return }
        var bit: UInt64 = 1
        var secondBit: UInt64 = 1
        if hasEscapes {
            // Its text says little about its value, so it counts as a possible match of every other key.
            bit = .max
            secondBit = .max
        } else if !content.isEmpty {
            let middle = source[content.lowerBound &+ content.count >> 1]
            let last = source[content.upperBound &- 1]
            let mixed =
                UInt32(middle) << 8 ^ UInt32(last) << 16 ^ UInt32(truncatingIfNeeded: content.count) ^ UInt32(source[content.lowerBound])
            let hash = mixed &* 0x9E37_79B1
            bit = 1 << UInt64(hash >> 26)
            secondBit = 1 << UInt64(hash >> 20 & 63)
        }
        // A dozen keys share a bit as often as not, both bits hardly ever.
        if top.keyFilter & bit != 0, top.secondKeyFilter & secondBit != 0 { try compareKeys(bytes, of: top) }
        top.keyFilter |= bit
        top.secondKeyFilter |= secondBit
    }

    /// Compares the last key on the tape with the object's other keys.
    @inline(never)
    private func compareKeys(_ bytes: ArraySlice<UInt8>, of object: JSONOpenContainer) throws(JSONError) {
        let document = JSONDocument(bytes: bytes, tape: tape)
        let last = tape.count - 1
        var key = object.index + 1
        while key < last {
            if document.haveSameText(key, last) { throw duplicate(last, in: document) }
            key = Int(tape[key + 1].next)
        }
    }

    /// Finds duplicates among many keys by sorting them, so that no choice of keys makes the check slow.
    @inline(never)
    private func checkManyKeys(_ bytes: ArraySlice<UInt8>, of object: JSONOpenContainer) throws(JSONError) {
        let document = JSONDocument(bytes: bytes, tape: tape)
        let keys = document.sortedKeys(of: object.index, end: tape.count)
        var firstDuplicate: Int?
        for (previous, key) in zip(keys, keys.dropFirst()) where document.haveSameText(previous, key) {
            firstDuplicate = min(firstDuplicate ?? key, key)
        }
        if let firstDuplicate { throw duplicate(firstDuplicate, in: document) }
    }

    private func duplicate(_ key: Int, in document: JSONDocument) -> JSONError {
        JSONError(
            kind: .duplicateField, reason: "expected each field once, found it twice in the same object",
            path: document.path(to: key), offset: Int(tape[key].start))
    }
}
