/// The names a type asked an object for.
struct JSONFieldRequests {
    let object: Int
    var names: [String] = []
}
