/// Reads a JSON text once, in its order: the state of a decoder that makes no tape.
///
/// Each value is read where the last one ended, so the type has to ask for the fields in the order of the text. At whatever else it meets, be it
/// another order, a field nobody asks for or a mistake, it gives up, and says nothing: then `JSONDocument.decode` does it all again, and says
/// what is wrong. What is made with this one, that one would make, too. For that every error ends the attempt as a whole, also one that a type
/// catches: a parsed document may not have it.
///
/// A value, object or element is named by the offset at which it begins. The text is given with each call, the same each time.
package struct JSONTextReader: Sendable {
    /// What ends an attempt. It is never shown.
    package static let givenUp = JSONError(kind: .syntax, reason: "expected the fields in order", offset: 0)

    /// No value: unlike `ready`, and the offset of none.
    package static let nowhere = -2

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

    /// Ends the attempt: from here on there is nothing to read.
    @discardableResult
    package mutating func fail() -> JSONError {
        hasFailed = true
        ready = -1
        container = -1
        return Self.givenUp
    }

    // MARK: Types

    /// A type begins to decode a value.
    ///
    /// - Returns: what `leave` needs.
    package mutating func enter(_ value: Int) throws(JSONError) -> Int {
        guard value == ready else { throw fail() }
        defer { container = -1 }
        return container
    }

    /// The type is done. All of an object or array must have been read.
    package mutating func leave(_ around: Int, _ source: Span<UInt8>) throws(JSONError) {
        if container >= 0 {
            let bracket = source[container] == UInt8(ascii: "{") ? UInt8(ascii: "}") : UInt8(ascii: "]")
            guard JSONScanner.byte(source, position) == bracket else { throw fail() }
            depth -= 1
            if let names = askedAround.popLast() { asked = names }
            take(source, to: position + 1)
        }
        guard ready < 0, !hasFailed else { throw fail() }
        container = around
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
        guard value == ready, container < 0, JSONScanner.byte(source, value) == bracket, depth < parser.maxDepth else { throw fail() }
        if depth > 0 { askedAround.append(asked) }
        asked = JSONAskedNames()
        depth += 1
        container = value
        position = JSONScanner.skipWhitespace(source, value + 1)
        ready = -1
    }

    /// Goes on after a value; behind the root there is nothing.
    @inline(__always)
    private mutating func take(_ source: Span<UInt8>, to end: Int) {
        var next = JSONScanner.skipWhitespace(source, end)
        if depth == 0 {
            if next < source.count { fail() }
        } else {
            let byte = JSONScanner.byte(source, next)
            if byte == UInt8(ascii: ",") {
                next = JSONScanner.skipWhitespace(source, next + 1)
                let following = JSONScanner.byte(source, next)
                if following == UInt8(ascii: "}") || following == UInt8(ascii: "]") { fail() }
            } else if byte != UInt8(ascii: "}"), byte != UInt8(ascii: "]") {
                fail()
            }
        }
        position = next
        ready = -1
    }

    /// The value of an object's member, nil if there is none; whether that is true shows at the object's end, where nothing may be left.
    package mutating func member(of object: Int, named name: String, _ source: Span<UInt8>) -> Int? {
        guard object == container else {
            fail()
            return nil
        }
        let name = name.utf8.span
        let value = valueOfKey(name, source)
        // Asked again before it was read it is the same question.
        if value < 0 || value != ready, !asked.insert(name) {
            fail()
            return nil
        }
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
        let start = position + 1
        let end = start + name.count
        // A name with a quote in it is none of a key's plain characters.
        guard JSONScanner.byte(source, end) == UInt8(ascii: "\""), source.bytes.hasBytes(name.bytes, at: start),
            JSONScanner.skipPlain(source, from: start) == end
        else { return -1 }
        let colon = JSONScanner.skipWhitespace(source, end + 1)
        guard JSONScanner.byte(source, colon) == UInt8(ascii: ":") else { return -1 }
        return JSONScanner.skipWhitespace(source, colon + 1)
    }

    /// The names of an object's members in the order of the text.
    package mutating func names(of object: Int, _ source: Span<UInt8>) -> [String] {
        guard object == container, (try? parser.scan(source, from: object, depth: depth - 1)) != nil else {
            fail()
            return []
        }
        return parser.names(source)
    }

    package mutating func isEnd(_ element: Int, of array: Int, _ source: Span<UInt8>) -> Bool {
        guard array == container, element == position else {
            fail()
            return true
        }
        return JSONScanner.byte(source, position) == UInt8(ascii: "]")
    }

    /// The element after the one that was decoded, or the end.
    package mutating func nextElement(of array: Int) -> Int {
        guard array == container, ready < 0 else {
            fail()
            return Self.nowhere
        }
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
        guard value == ready else {
            fail()
            return false
        }
        guard JSONScanner.matches(source, at: value, (0x6E, 0x75, 0x6C, 0x6C)) else { return false }
        take(source, to: value + 4)
        return true
    }

    /// Whether the value that may be read now is a number.
    package func isNumber(_ value: Int, _ source: Span<UInt8>) -> Bool {
        guard value == ready else { return false }
        let first = JSONScanner.byte(source, value)
        return JSONScanner.isDigit(first) || first == UInt8(ascii: "-")
    }

    /// The offsets of a string's text between its quotes, and whether there are escapes in it.
    package mutating func string(at value: Int, _ source: Span<UInt8>) throws(JSONError) -> (content: Range<Int>, hasEscapes: Bool) {
        guard value == ready, JSONScanner.byte(source, value) == UInt8(ascii: "\""),
            let (end, hasEscapes) = try? JSONScanner.scanString(source, from: value)
        else { throw fail() }
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
        else { throw fail() }
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
        guard isNumber(value, source), let end = try? JSONScanner.scanNumber(source, from: value).end else { throw fail() }
        let literal = value..<end
        guard let result = T(JSONScanner.text(source, literal)), result.isFinite else { throw fail() }
        take(source, to: literal.upperBound)
        return result
    }

    /// An integer of at most 18 digits, which cannot overflow.
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
        let end = JSONScanner.byte(source, position)
        guard digits > 0, digits <= 18, end != UInt8(ascii: "."), end | 0x20 != UInt8(ascii: "e"),
            digits == 1 || source[first] != UInt8(ascii: "0")
        else { throw fail() }
        take(source, to: position)
        return isNegative ? 0 &- result : result
    }

    /// The offsets of any value's text.
    package mutating func rawText(at value: Int, _ source: Span<UInt8>) throws(JSONError) -> Range<Int> {
        guard value == ready, let end = try? parser.scan(source, from: value, depth: depth) else { throw fail() }
        take(source, to: end)
        return value..<end
    }
}
