import JSON

func parse(_ text: String, maxDepth: Int = 128) throws(JSONError) -> JSONDocument {
    try JSONDocument(parsing: Array(text.utf8), maxDepth: maxDepth)
}

func text(_ value: some Encodable) throws -> String {
    String(decoding: try JSONEncoding.encode(value), as: UTF8.self)
}

/// The error that the body throws, nil if it throws none.
func failure<T>(_ body: () throws(JSONError) -> T) -> JSONError? {
    do {
        _ = try body()
        return nil
    } catch {
        return error
    }
}

/// SplitMix64, so that every run tests the same values.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
