/// A piece of text that is written front to back.
///
/// Nested containers that a type asks for by hand may be filled in any order, so each has a segment of its own.
struct JSONEncodingSegment {
    struct Hole {
        let offset: Int
        let segment: Int
    }

    struct Mark {
        let writer: JSONWriter.Mark
        let holeCount: Int
    }

    var writer = JSONWriter()
    /// Where the text of other segments belongs, in ascending order.
    var holes: [Hole] = []

    var mark: Mark { Mark(writer: writer.mark, holeCount: holes.count) }
}
