import JSON

/// A JSON value for round trips, independent of the module under test.
indirect enum RandomJSON: Equatable {
    case object([(key: String, value: RandomJSON)])
    case array([RandomJSON])
    case string(String)
    case integer(Int)
    case real(Double)
    case bool(Bool)
    case null

    static func random(depth: Int, using generator: inout SeededGenerator) -> RandomJSON {
        switch Int.random(in: 0..<(depth > 0 ? 9 : 7), using: &generator) {
        case 0, 1: return .string(randomString(using: &generator))
        case 2: return .integer(Int(truncatingIfNeeded: generator.next()) >> Int.random(in: 0..<64, using: &generator))
        case 3: return .real(randomDouble(using: &generator))
        case 4: return .bool(Bool.random(using: &generator))
        case 5: return .null
        case 6: return .integer(Int.random(in: -20...20, using: &generator))
        case 7:
            let count = Int.random(in: 0..<6, using: &generator)
            return .array((0..<count).map { _ in random(depth: depth - 1, using: &generator) })
        default:
            let count = Int.random(in: 0..<(Int.random(in: 0..<20, using: &generator) == 0 ? 60 : 8), using: &generator)
            var members: [(key: String, value: RandomJSON)] = []
            var keys: Set<[UInt8]> = []
            for _ in 0..<count {
                let key = randomString(using: &generator)
                if keys.insert(Array(key.utf8)).inserted { members.append((key, random(depth: depth - 1, using: &generator))) }
            }
            return .object(members)
        }
    }

    static func randomString(using generator: inout SeededGenerator) -> String {
        let ranges: [ClosedRange<UInt32>] = [
            0x61...0x7A, 0x61...0x7A, 0x20...0x7E, 0x00...0x1F, 0x22...0x22, 0x5C...0x5C, 0x7F...0x7FF, 0x800...0xD7FF, 0xE000...0xFFFF,
            0x10000...0x10FFFF,
        ]
        var result = ""
        for _ in 0..<Int.random(in: 0..<24, using: &generator) {
            let range = ranges[Int.random(in: 0..<ranges.count, using: &generator)]
            if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &generator)) { result.unicodeScalars.append(scalar) }
        }
        return result
    }

    static func randomDouble(using generator: inout SeededGenerator) -> Double {
        let value =
            Bool.random(using: &generator)
            ? Double(bitPattern: generator.next()) : Double(Int.random(in: -100_000...100_000, using: &generator)) / 64
        return value.isFinite ? value : 0.5
    }

    func write(to writer: inout JSONWriter) {
        switch self {
        case .object(let members):
            writer.beginObject()
            for member in members {
                writer.key(member.key)
                member.value.write(to: &writer)
            }
            writer.endObject()
        case .array(let elements):
            writer.beginArray()
            for element in elements { element.write(to: &writer) }
            writer.endArray()
        case .string(let value): writer.string(value)
        case .integer(let value): writer.int(value)
        case .real(let value): writer.double(value)
        case .bool(let value): writer.bool(value)
        case .null: writer.null()
        }
    }

    /// The value in another spelling: random whitespace, escapes and order of members.
    func spelled(using generator: inout SeededGenerator) -> String {
        let space = ["", "", " ", "\n", "\t\r "][Int.random(in: 0..<5, using: &generator)]
        switch self {
        case .object(let members):
            let parts = members.shuffled(using: &generator).map { member in
                space + Self.spelled(member.key, using: &generator) + space + ":" + member.value.spelled(using: &generator)
            }
            return space + "{" + parts.joined(separator: ",") + space + "}" + space
        case .array(let elements):
            return space + "[" + elements.map { $0.spelled(using: &generator) }.joined(separator: ",") + space + "]"
        case .string(let value): return space + Self.spelled(value, using: &generator) + space
        case .integer(let value): return space + [String(value), "\(value).000", "\(value)e0"][Int.random(in: 0..<3, using: &generator)]
        case .real(let value): return space + value.description + space
        case .bool(let value): return value ? "true" : "false"
        case .null: return "null" + space
        }
    }

    private static func spelled(_ value: String, using generator: inout SeededGenerator) -> String {
        var result = "\""
        for scalar in value.unicodeScalars {
            if scalar.value < 0x20 || scalar == "\"" || scalar == "\\" || Bool.random(using: &generator) {
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16, uppercase: Bool.random(using: &generator))
                    result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    init(_ value: JSONValue) {
        switch value.kind {
        case .object: self = .object(value.members.map { ($0.key, RandomJSON($0.value)) })
        case .array: self = .array(value.elements.map { RandomJSON($0) })
        case .string: self = .string(value.string ?? "?")
        case .integer: self = .integer(value.int ?? -1)
        case .real: self = .real(value.double ?? -1)
        case .bool: self = .bool(value.bool ?? false)
        case .null: self = .null
        }
    }

    static func == (first: RandomJSON, second: RandomJSON) -> Bool {
        switch (first, second) {
        case (.object(let first), .object(let second)):
            first.count == second.count
                && zip(first, second).allSatisfy { Array($0.key.utf8) == Array($1.key.utf8) && $0.value == $1.value }
        case (.array(let first), .array(let second)): first == second
        case (.string(let first), .string(let second)): Array(first.utf8) == Array(second.utf8)
        case (.integer(let first), .integer(let second)): first == second
        case (.real(let first), .real(let second)): first.bitPattern == second.bitPattern
        case (.bool(let first), .bool(let second)): first == second
        case (.null, .null): true
        default: false
        }
    }
}
