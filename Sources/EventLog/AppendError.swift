/// Why a fact was refused. Nothing of its append was stored.
public enum AppendError: Error, Sendable, Hashable, CustomStringConvertible {
    /// An attribute of the event is missing, malformed or too long.
    case invalid(field: String, String)
    /// The stream is not at the version that the caller expected.
    case wrongVersion(stream: String, expected: ExpectedVersion, found: UInt64)
    /// The (source, id) pair names another fact already.
    case idTaken(source: String, id: String, position: Position, difference: String)

    public var description: String {
        switch self {
        case .invalid(let field, let reason): "attribute '\(field)': \(reason)"
        case .wrongVersion(let stream, let expected, let found):
            "stream version of \(stream): expected \(expected), found \(found == 0 ? "no events" : "version \(found)"). "
                + "Read the stream again and decide anew."
        case .idTaken(let source, let id, let position, let difference):
            "id '\(id)' of source '\(source)' is taken: it names another fact, at position \(position), with \(difference == "data" ? "other" : "another") \(difference). "
                + "Send a new fact under a new id."
        }
    }
}
