/// The type of a JSON value.
///
/// JSON has one number type; `integer` is a literal without a fraction or an exponent (`12`), `real` any other (`12.0`, `1e3`).
public enum JSONKind: UInt8, Sendable, CaseIterable {
    case object
    case array
    case string
    case integer
    case real
    case bool
    case null
}
