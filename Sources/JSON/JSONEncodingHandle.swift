/// Refers to a frame. It outlives the frame if a type keeps an encoder or container for later; then it refers to nothing.
struct JSONEncodingHandle {
    let position: Int
    let identifier: Int
}
