extension JSONDocument {
    /// The source text of a value or key, as indices of `bytes`.
    @inline(__always)
    func range(_ index: Int) -> Range<Int> {
        let base = bytes.startIndex
        let entry = tape[index]
        return base + Int(entry.start)..<base + Int(entry.end)
    }

    /// The offsets of a string's text between its quotes.
    @inline(__always)
    func content(_ index: Int) -> Range<Int> {
        let entry = tape[index]
        return Int(entry.start) + 1..<Int(entry.end) - 1
    }

    /// The decoded text of a string or key.
    @inline(__always)
    func string(_ index: Int) -> String {
        let entry = tape[index]
        if entry.hasEscapes { return String(decoding: unescaped(index), as: UTF8.self) }
        let base = bytes.startIndex
        return String(decoding: bytes[base + Int(entry.start) + 1..<base + Int(entry.end) - 1], as: UTF8.self)
    }

    /// Which of the two a boolean is; its first letter tells.
    @inline(__always)
    func isTrue(_ index: Int) -> Bool {
        bytes[bytes.startIndex + Int(tape[index].start)] == UInt8(ascii: "t")
    }

    @inline(never)
    func unescaped(_ index: Int) -> [UInt8] {
        JSONScanner.unescaped(bytes.span, content(index))
    }

    /// The UTF-8 of a string or key, escapes resolved.
    func text(_ index: Int) -> ArraySlice<UInt8> {
        if tape[index].hasEscapes { return unescaped(index)[...] }
        let base = bytes.startIndex
        let content = content(index)
        return bytes[base + content.lowerBound..<base + content.upperBound]
    }

    /// Whether a key is equal, byte for byte, to a name.
    @inline(__always)
    func key(_ index: Int, equals name: Span<UInt8>) -> Bool {
        let entry = tape[index]
        if entry.hasEscapes { return unescaped(index).span.hasSameBytes(as: name) }
        let start = Int(entry.start) + 1
        let count = Int(entry.end) - 1 - start
        return count == name.count && bytes.span.bytes.hasBytes(name.bytes, at: start)
    }

    /// The tape indices of an object's keys in the order of their UTF-8, equal ones in the order of the source.
    func sortedKeys(of object: Int, end: Int) -> [Int] {
        var keys: [(index: Int, text: ArraySlice<UInt8>)] = []
        var key = object + 1
        while key < end {
            keys.append((key, text(key)))
            key = Int(tape[key + 1].next)
        }
        keys.sort { first, second in
            if first.text.lexicographicallyPrecedes(second.text) { return true }
            return first.index < second.index && first.text == second.text
        }
        return keys.map(\.index)
    }

    /// The value of an object's member, looked for from the first key on.
    func member(of object: Int, named name: Span<UInt8>) -> Int? {
        let end = Int(tape[object].next)
        var key = object + 1
        while key < end {
            if self.key(key, equals: name) { return key + 1 }
            key = Int(tape[key + 1].next)
        }
        return nil
    }

    /// The steps from the root to a value or key.
    func components(to target: Int) -> [JSONPathComponent] {
        var result: [JSONPathComponent] = []
        var current = 0
        while current < target, current < tape.count {
            var child = current + 1
            if tape[current].kind == .object {
                // A member runs from its key to the end of its value; the value may still be missing while parsing.
                while child + 1 < tape.count, Int(tape[child + 1].next) <= target { child = Int(tape[child + 1].next) }
                result.append(.key(string(child)))
                current = child + 1
            } else {
                var position = 0
                while child < tape.count, Int(tape[child].next) <= target {
                    child = Int(tape[child].next)
                    position += 1
                }
                result.append(.index(position))
                current = child
            }
        }
        return result
    }

    /// Follows a coding path as far as it exists; `index` is nil if it leaves the document.
    func follow(_ codingPath: [any CodingKey]) -> (components: [JSONPathComponent], index: Int?) {
        var components: [JSONPathComponent] = []
        var current: Int? = 0
        for key in codingPath {
            let isArray = current.map { tape[$0].kind == .array } ?? (key.intValue != nil)
            if isArray, let position = key.intValue {
                components.append(.index(position))
                current = current.flatMap { element(of: $0, at: position) }
            } else {
                components.append(.key(key.stringValue))
                current = current.flatMap { tape[$0].kind == .object ? member(of: $0, named: key.stringValue.utf8.span) : nil }
            }
        }
        return (components, current)
    }

    /// The element of an array at a position, if it exists.
    func element(of array: Int, at position: Int) -> Int? {
        guard position >= 0 else { return nil }
        let end = Int(tape[array].next)
        var child = array + 1
        var skipped = 0
        while child < end {
            if skipped == position { return child }
            child = Int(tape[child].next)
            skipped += 1
        }
        return nil
    }

    func path(to target: Int) -> String {
        JSONPathComponent.render(components(to: target))
    }
}

extension Span<UInt8> {
    func hasSameBytes(as other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        for position in indices where self[position] != other[position] { return false }
        return true
    }
}
