/// A value in place: good for as long as the row that it is in.
public enum ValueView: ~Escapable {
    case null
    case integer(Int64)
    case real(Double)
    /// UTF-8.
    case text(RawSpan)
    case blob(RawSpan)
}
