/// Encodes values as compact JSON.
///
/// Members are in the order in which the type encodes them, for synthesized conformances that of declaration; nil optionals are
/// omitted by these. Dictionaries are in no particular order. NaN and infinities become `null`. If a type encodes the same key
/// twice, both members are written.
///
/// ```swift
/// let bytes = try JSONEncoding.encode(Page(name: "start", views: 3))
/// // {"name":"start","views":3}
/// ```
public enum JSONEncoding {
    /// Encodes a value.
    ///
    /// - Parameter value: The value.
    /// - Returns: The JSON text in UTF-8.
    /// - Throws: What the value's `encode(to:)` throws, or `EncodingError.invalidValue` if it misuses the encoder.
    public static func encode(_ value: some Encodable) throws -> [UInt8] {
        var writer = JSONWriter(capacity: 256)
        try encode(value, to: &writer)
        return writer.bytes
    }

    /// Encodes a value as the next value of a text that is being written.
    ///
    /// - Parameters:
    ///   - value: The value.
    ///   - writer: The text. If an error is thrown it is as before.
    /// - Throws: What the value's `encode(to:)` throws, or `EncodingError.invalidValue` if it misuses the encoder.
    public static func encode(_ value: some Encodable, to writer: inout JSONWriter) throws {
        let state = JSONEncodingState()
        // Swapped rather than copied, so that the bytes have one owner and are appended to in place.
        swap(&state.segments[0].writer, &writer)
        let mark = state.segments[0].mark
        do {
            try state.encode(value, in: 0, key: nil, parent: nil)
        } catch {
            state.rollBack(segment: 0, to: mark)
            swap(&state.segments[0].writer, &writer)
            throw error
        }
        if state.segments.count == 1 {
            swap(&state.segments[0].writer, &writer)
        } else {
            let assembled = state.assembled(from: mark)
            swap(&state.segments[0].writer, &writer)
            writer.replaceText(from: mark.writer, with: assembled)
        }
    }
}
