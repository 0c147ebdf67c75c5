/// Reads a JSON text once, in its order: the state of a decoder that makes no tape.
///
/// Each value is read where the last one ended, so the type has to ask for the fields in the order of the text. At whatever else it meets, be it
/// another order, a field nobody asks for or a mistake, it gives up, and says nothing: then `JSONDocument.decode` does it all again, and says
/// what is wrong. What is made with this one, that one would make, too: where a type may catch an error and try something else, either that one
/// has the same error there, or the attempt has failed as a whole.
///
/// A value, object or element is named by the offset at which it begins. The text is given with each call, the same each time.
package struct JSONTextReader: Sendable {
    /// What is saved while a type decodes a value.
    package struct Frame {
        fileprivate let value: Int
        fileprivate let position: Int
        fileprivate let container: Int
        fileprivate let depth: Int
    }

    /// What ends an attempt. It is never shown.
    package static let giveUp = JSONError(kind: .syntax, reason: "expected the fields in order", offset: 0)

    /// For values that are kept as text.
    private var parser = JSONParser()
    /// Where the next key, element or closing bracket begins.
    private var position = 0
    /// The value that may be read now: that of the key or element at `position`; -1 when there is none.
    private var ready = -1
    /// The object or array that is read now; -1 when there is none.
    private var container = -1
    private var depth = 0
    /// What that object was asked for, and what those around it were.
    private var asked = JSONAskedNames()
    private var askedAround: [JSONAskedNames] = []
    /// Whether something was met that a parsed document may have an answer to.
    private var hasFailed = false

    package init() {}

    /// Begins a text; returns its root.
    package mutating func begin(_ source: Span<UInt8>) -> Int {
        container = -1
        depth = 0
        askedAround.removeAll(keepingCapacity: true)
        hasFailed = false
        position = JSONScanner.skipWhitespace(source, 0)
        ready = position
        return position
    }

    /// Whether all was read, and nothing was met that it cannot tell.
    package func isDone(_ source: Span<UInt8>) -> Bool { !hasFailed && ready < 0 && position == source.count }

    /// Ends the attempt as a whole, whoever catches the error.
    @discardableResult
    package mutating func fail() -> JSONError {
        hasFailed = true
        return Self.giveUp
    }

    // MARK: Types

    /// A type begins to decode a value.
    package mutating func enter(_ value: Int) throws(JSONError) -> Frame {
        guard value == ready else { throw fail() }
        let frame = Frame(value: value, position: position, container: container, depth: depth)
        container = -1
        return frame
    }

    /// The type is done. All of an object or array must have been read.
    package mutating func leave(_ frame: Frame, _ source: Span<UInt8>) throws(JSONError) {
        if container >= 0 {
            let bracket = source[container] == UInt8(ascii: "{") ? UInt8(ascii: "}") : UInt8(ascii: "]")
            guard JSONScanner.byte(source, position) == bracket else { throw fail() }
            close()
            take(source, to: position + 1)
        } else if ready >= 0 {
            throw fail()
        }
        container = frame.container
    }

    /// The type has thrown. Whoever asked for it may go on, and ask for another one.
    package mutating func undo(_ frame: Frame) {
        position = frame.position
        container = frame.container
        ready = frame.value
        while depth > frame.depth { close() }
    }

    // MARK: Objects and arrays

    package mutating func beginObject(_ value: Int, _ source: Span<UInt8>) throws(JSONError) {
        if value == container, source[value] == UInt8(ascii: "{") { return }
        try open(value, UInt8(ascii: "{"), source)
    }

    /// Returns the first element, or the end.
    package mutating func beginArray(_ value: Int, _ source: Span<UInt8>) throws(JSONError) -> Int {
        try open(value, UInt8(ascii: "["), source)
        ready = position
        return position
    }

    private mutating func open(_ value: Int, _ bracket: UInt8, _ source: Span<UInt8>) throws(JSONError) {
        guard value == ready, container < 0, depth < parser.maxDepth else { throw fail() }
        guard JSONScanner.byte(source, value) == bracket else { throw Self.giveUp }
        if depth > 0 { askedAround.append(asked) }
        asked = JSONAskedNames()
        depth += 1
        container = value
        position = JSONScanner.skipWhitespace(source, value + 1)
        ready = -1
    }

    private mutating func close() {
        depth -= 1
        if let around = askedAround.popLast() { asked = around }
    }

    /// Goes on after a value.
    @inline(__always)
    private mutating func take(_ source: Span<UInt8>, to end: Int) {
        var next = JSONScanner.skipWhitespace(source, end)
        if depth > 0 {
            let byte = JSONScanner.byte(source, next)
            if byte == UInt8(ascii: ",") {
                next = JSONScanner.skipWhitespace(source, next + 1)
                let following = JSONScanner.byte(source, next)
                if following == UInt8(ascii: "}") || following == UInt8(ascii: "]") { hasFailed = true }
            } else if byte != UInt8(ascii: "}"), byte != UInt8(ascii: "]") {
                hasFailed = true
            }
        }
        position = next
        ready = -1
    }

    /// The value of an object's member, nil if there is none; whether that is true shows at the object's end, where nothing may be left.
    package mutating func member(of object: Int, named name: String, _ source: Span<UInt8>) -> Int? {
        guard object == container, !hasFailed else {
            fail()
            return nil
        }
        let name = name.utf8.span
        let value = valueOfKey(name, source)
        // Asked again before it was read it is the same question.
        if value < 0 || value != ready, !asked.insert(name) { fail() }
        guard value >= 0 else { return nil }
        ready = value
        return value
    }

    /// The value of an object's member that is neither absent nor null.
    package mutating func presentMember(of object: Int, named name: String, _ source: Span<UInt8>) -> Int? {
        guard let value = member(of: object, named: name, source), !takesNull(value, source) else { return nil }
        return value
    }

    /// Where the value of the key at `position` begins, if it has a name; otherwise -1.
    @inline(__always)
    private func valueOfKey(_ name: Span<UInt8>, _ source: Span<UInt8>) -> Int {
        guard JSONScanner.byte(source, position) == UInt8(ascii: "\"") else { return -1 }
        // A name with a quote in it is none of a key's plain characters.
        let start = position + 1
        let end = JSONScanner.skipPlain(source, from: start)
        guard end - start == name.count, JSONScanner.byte(source, end) == UInt8(ascii: "\""), source.bytes.hasBytes(name.bytes, at: start)
        else { return -1 }
        let colon = JSONScanner.skipWhitespace(source, end + 1)
        guard JSONScanner.byte(source, colon) == UInt8(ascii: ":") else { return -1 }
        return JSONScanner.skipWhitespace(source, colon + 1)
    }

    package mutating func isEnd(_ element: Int, of array: Int, _ source: Span<UInt8>) -> Bool {
        guard array == container, element == position, !hasFailed else {
            fail()
            return true
        }
        return JSONScanner.byte(source, position) == UInt8(ascii: "]")
    }

    /// The element after the one that was decoded, or the end.
    package mutating func nextElement() -> Int {
        if ready >= 0 { fail() }
        ready = position
        return position
    }

    /// How many elements there are from one to the end.
    package mutating func elementCount(from element: Int, of array: Int, _ source: Span<UInt8>) -> Int {
        var count = 0
        var next = position
        while !isEnd(element, of: array, source), let end = try? parser.scan(source, from: next, depth: depth) {
            count += 1
            next = JSONScanner.skipWhitespace(source, end)
            guard JSONScanner.byte(source, next) == UInt8(ascii: ",") else { break }
            next = JSONScanner.skipWhitespace(source, next + 1)
        }
        return count
    }

    // MARK: Values

    /// Whether a value is null; then it counts as read.
    package mutating func takesNull(_ value: Int, _ source: Span<UInt8>) -> Bool {
        guard value == ready, JSONScanner.matches(source, at: value, (0x6E, 0x75, 0x6C, 0x6C)) else { return false }
        take(source, to: value + 4)
        return true
    }

    /// The offsets of a string's text between its quotes, and whether there are escapes in it.
    package mutating func string(at value: Int, _ source: Span<UInt8>) throws(JSONError) -> (content: Range<Int>, hasEscapes: Bool) {
        guard value == ready else { throw fail() }
        guard JSONScanner.byte(source, value) == UInt8(ascii: "\"") else { throw Self.giveUp }
        let (end, hasEscapes) = try JSONScanner.scanString(source, from: value)
        take(source, to: end)
        return (value + 1..<end - 1, hasEscapes)
    }

    /// The text of a string with its escapes resolved.
    package static func unescaped(_ content: Range<Int>, _ source: Span<UInt8>) -> [UInt8] { JSONScanner.unescaped(source, content) }

    package mutating func bool(at value: Int, _ source: Span<UInt8>) throws(JSONError) -> Bool {
        guard value == ready else { throw fail() }
        if JSONScanner.matches(source, at: value, (0x74, 0x72, 0x75, 0x65)) {
            take(source, to: value + 4)
            return true
        }
        guard JSONScanner.byte(source, value) == UInt8(ascii: "f"), JSONScanner.matches(source, at: value + 1, (0x61, 0x6C, 0x73, 0x65))
        else { throw Self.giveUp }
        take(source, to: value + 5)
        return false
    }

    package mutating func double(at value: Int, _ source: Span<UInt8>) throws(JSONError) -> Double {
        guard value == ready else { throw fail() }
        if let (result, end) = JSONScanner.shortDouble(source, from: value) {
            take(source, to: end)
            return result
        }
        return try number(Double.self, at: value, source)
    }

    package mutating func float(at value: Int, _ source: Span<UInt8>) throws(JSONError) -> Float {
        try number(Float.self, at: value, source)
    }

    private mutating func number<T: BinaryFloatingPoint & LosslessStringConvertible>(
        _ type: T.Type, at value: Int, _ source: Span<UInt8>
    ) throws(JSONError) -> T {
        guard value == ready else { throw fail() }
        let first = JSONScanner.byte(source, value)
        guard JSONScanner.isDigit(first) || first == UInt8(ascii: "-") else { throw Self.giveUp }
        let literal = value..<(try JSONScanner.scanNumber(source, from: value).end)
        guard let result = T(JSONScanner.text(source, literal)), result.isFinite else { throw Self.giveUp }
        take(source, to: literal.upperBound)
        return result
    }

    /// An integer of at most 18 digits, which cannot overflow. Other numbers may be integers, too.
    package mutating func int(at value: Int, _ source: Span<UInt8>) throws(JSONError) -> Int {
        guard value == ready else { throw fail() }
        var position = value
        let isNegative = JSONScanner.byte(source, position) == UInt8(ascii: "-")
        if isNegative { position += 1 }
        let first = position
        var result = 0
        while position < source.count, JSONScanner.isDigit(source[position]) {
            result = result &* 10 &+ Int(source[position] & 0x0F)
            position += 1
        }
        let digits = position - first
        guard digits > 0 else { throw Self.giveUp }
        let end = JSONScanner.byte(source, position)
        guard digits <= 18, end != UInt8(ascii: "."), end | 0x20 != UInt8(ascii: "e"),
            digits == 1 || source[first] != UInt8(ascii: "0")
        else { throw fail() }
        take(source, to: position)
        return isNegative ? 0 &- result : result
    }

    /// The offsets of any value's text.
    package mutating func rawText(at value: Int, _ source: Span<UInt8>) throws(JSONError) -> Range<Int> {
        guard value == ready else { throw fail() }
        let end = try parser.scan(source, from: value, depth: depth)
        take(source, to: end)
        return value..<end
    }
}
