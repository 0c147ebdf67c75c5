/// A value of a query's current row, in place: good until the query moves on.
public enum ValueView: ~Escapable {
    case null
    case integer(Int64)
    case real(Double)
    /// UTF-8.
    case text(RawSpan)
    case blob(RawSpan)
}
