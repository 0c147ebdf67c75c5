/// A value that is being encoded.
struct JSONEncodingFrame {
    enum Content {
        case nothing
        case object
        case array
        case value
        /// The type asked for containers of different kinds.
        case conflict
    }

    /// Distinguishes the frame from later ones at the same position.
    let identifier: Int
    let segment: Int
    let parent: JSONEncodingHandle?
    /// The key or the array index the value has in its parent; neither at the root.
    let key: String?
    let index: Int?
    var content = Content.nothing
    var elementCount = 0
}
