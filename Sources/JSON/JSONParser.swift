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
        let source = bytes.span
        if source.count >= 3, source[0] == 0xEF, source[1] == 0xBB, source[2] == 0xBF {
            throw JSONError(kind: .syntax, reason: "expected JSON text, found a byte order mark, which JSON does not allow", offset: 0)
        }
        let end = JSONScanner.skipWhitespace(source, try scan(source, from: JSONScanner.skipWhitespace(source, 0)))
        guard end == source.count else { throw JSONScanner.unexpected(source, at: end, expected: "the end of the input") }
        return JSONDocument(bytes: bytes, tape: tape)
    }

    /// Scans one value, whose entries are then the whole tape, and returns where it ends.
    ///
    /// - Parameter depth: in how many objects and arrays it lies.
    mutating func scan(_ source: Span<UInt8>, from start: Int, depth: Int = 0) throws(JSONError) -> Int {
        tape.removeAll(keepingCapacity: true)
        // About what a text of short members needs; growing step by step costs as much as the scan.
        if tape.capacity == 0 { tape.reserveCapacity(min(source.count / 8 + 4, 4096)) }
        enclosing.removeAll(keepingCapacity: true)
        var position = start
        // `top` stands for the innermost open container while `enclosing` holds the rest; index -1 is the level of the root.
        var top = JSONOpenContainer(index: -1, isObject: false)

        while true {
            if top.isObject { position = try scanKey(source, from: position, top: &top) }
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
                try open(.object, at: start, top: &top, depth)
                position = JSONScanner.skipWhitespace(source, start + 1)
                if JSONScanner.byte(source, position) != UInt8(ascii: "}") { continue }
                position += 1
                close(end: position, top: &top)
            case UInt8(ascii: "["):
                try open(.array, at: start, top: &top, depth)
                position = JSONScanner.skipWhitespace(source, start + 1)
                if JSONScanner.byte(source, position) != UInt8(ascii: "]") { continue }
                position += 1
                close(end: position, top: &top)
            default:
                position = try scanLiteral(source, from: start)
            }

            // A value has ended: close what ends with it, up to the next value or the end.
            while true {
                if top.index < 0 { return position }
                position = JSONScanner.skipWhitespace(source, position)
                let byte = JSONScanner.byte(source, position)
                if byte == UInt8(ascii: ",") {
                    position = JSONScanner.skipWhitespace(source, position + 1)
                    break
                }
                guard byte == (top.isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
                    throw JSONScanner.unexpected(source, at: position, expected: top.isObject ? "',' or '}'" : "',' or ']'")
                }
                if top.keyCount > Self.comparedKeyLimit { try checkManyKeys(source, of: top) }
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
    private mutating func open(_ kind: JSONKind, at start: Int, top: inout JSONOpenContainer, _ depth: Int) throws(JSONError) {
        guard depth + enclosing.count < maxDepth else { throw tooDeep(at: start) }
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
    private mutating func scanKey(_ source: Span<UInt8>, from start: Int, top: inout JSONOpenContainer) throws(JSONError) -> Int {
        guard JSONScanner.byte(source, start) == UInt8(ascii: "\"") else {
            throw JSONScanner.unexpected(source, at: start, expected: "a field name in double quotes")
        }
        let string = try JSONScanner.scanString(source, from: start)
        append(.string, from: start, to: string.end, hasEscapes: string.hasEscapes)
        try checkKey(source, start + 1..<string.end - 1, hasEscapes: string.hasEscapes, top: &top)
        let colon = JSONScanner.skipWhitespace(source, string.end)
        guard JSONScanner.byte(source, colon) == UInt8(ascii: ":") else {
            throw JSONScanner.unexpected(source, at: colon, expected: "':'")
        }
        return JSONScanner.skipWhitespace(source, colon + 1)
    }

    /// Refuses the key just appended if the object already has it; past a limit the check waits for the object's end.
    @inline(__always)
    private mutating func checkKey(
        _ source: Span<UInt8>, _ content: Range<Int>, hasEscapes: Bool, top: inout JSONOpenContainer
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
        if top.keyFilter & bit != 0, top.secondKeyFilter & secondBit != 0 { try compareKeys(source, of: top) }
        top.keyFilter |= bit
        top.secondKeyFilter |= secondBit
    }

    /// Compares the last key on the tape with the object's other keys.
    @inline(never)
    private func compareKeys(_ source: Span<UInt8>, of object: JSONOpenContainer) throws(JSONError) {
        let last = tape.count - 1
        var key = object.index + 1
        while key < last {
            if haveSameText(source, key, last) { throw duplicate(source, last) }
            key = Int(tape[key + 1].next)
        }
    }

    /// Finds duplicates among many keys by sorting them, so that no choice of keys makes the check slow.
    @inline(never)
    private func checkManyKeys(_ source: Span<UInt8>, of object: JSONOpenContainer) throws(JSONError) {
        var keys: [(index: Int, text: [UInt8])] = []
        var key = object.index + 1
        while key < tape.count {
            keys.append((key, text(source, key)))
            key = Int(tape[key + 1].next)
        }
        // Equal ones in the order of the source.
        keys.sort { first, second in
            if first.text.lexicographicallyPrecedes(second.text) { return true }
            return first.index < second.index && first.text == second.text
        }
        var firstDuplicate: Int?
        for (previous, key) in zip(keys, keys.dropFirst()) where previous.text == key.text {
            firstDuplicate = min(firstDuplicate ?? key.index, key.index)
        }
        if let firstDuplicate { throw duplicate(source, firstDuplicate) }
    }

    private func haveSameText(_ source: Span<UInt8>, _ first: Int, _ second: Int) -> Bool {
        if tape[first].hasEscapes || tape[second].hasEscapes { return text(source, first) == text(source, second) }
        let length = content(first).count
        return length == content(second).count
            && source.bytes.hasBytes(source.extracting(content(second)).bytes, at: content(first).lowerBound)
    }

    private func text(_ source: Span<UInt8>, _ key: Int) -> [UInt8] { JSONScanner.unescaped(source, content(key)) }

    private func content(_ key: Int) -> Range<Int> { Int(tape[key].start) + 1..<Int(tape[key].end) - 1 }

    /// The names of the members of the object that was scanned last.
    func names(_ source: Span<UInt8>) -> [String] {
        guard tape.first?.kind == .object else { return [] }
        var names: [String] = []
        var key = 1
        while key < tape.count {
            names.append(String(decoding: text(source, key), as: UTF8.self))
            key = Int(tape[key + 1].next)
        }
        return names
    }

    private func duplicate(_ source: Span<UInt8>, _ key: Int) -> JSONError {
        let document = JSONDocument(bytes: source.indices.map { source[$0] }[...], tape: tape)
        return JSONError(
            kind: .duplicateField, reason: "expected each field once, found it twice in the same object",
            path: document.path(to: key), offset: Int(tape[key].start))
    }
}
