/// Finds the known name a mistyped one was probably meant to be.
public enum JSONNameDistance {
    private static let lengthLimit = 64

    /// The candidate with the smallest edit distance, if it is small in relation to the name's length.
    public static func nearest(to name: String, in candidates: some Sequence<String>) -> String? {
        let target = folded(name)
        guard target.count <= lengthLimit else { return nil }
        var best: String?
        var bestDistance = max(1, target.count / 3) + 1
        for candidate in candidates where candidate != name {
            let other = folded(candidate)
            guard other.count <= lengthLimit, abs(other.count - target.count) < bestDistance else { continue }
            let distance = distance(target, other)
            if distance < bestDistance {
                best = candidate
                bestDistance = distance
            }
        }
        return best
    }

    /// The edit distance of two names, capitals ignored.
    public static func distance(_ first: String, _ second: String) -> Int {
        distance(folded(first), folded(second))
    }

    /// The number of insertions, deletions, replacements and swaps of neighbours that turn one into the other.
    static func distance(_ first: [Unicode.Scalar], _ second: [Unicode.Scalar]) -> Int {
        var beforePrevious = [Int](repeating: 0, count: second.count + 1)
        var previous = Array(0...second.count)
        for row in 0..<first.count {
            var current = [row + 1]
            for column in 0..<second.count {
                let replacement = previous[column] + (first[row] == second[column] ? 0 : 1)
                var cost = min(replacement, previous[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, first[row] == second[column - 1], first[row - 1] == second[column] {
                    cost = min(cost, beforePrevious[column - 1] + 1)
                }
                current.append(cost)
            }
            beforePrevious = previous
            previous = current
        }
        return previous[second.count]
    }

    private static func folded(_ name: String) -> [Unicode.Scalar] {
        Array(name.lowercased().unicodeScalars)
    }
}
