import EventLog

/// A folder that was removed to have its bytes back.
public struct Pruned: Sendable, Hashable {
    public enum Kind: String, Sendable {
        /// What a rebuild replaced.
        case former
        /// Of a projection, or a version of one, that this code does not have.
        case unknown
        /// Checkpoints for questions about the past.
        case past = "as-of"
        /// What dead processes left behind.
        case leftover
    }

    public let name: String
    public let kind: Kind
    public let bytes: Int
}

extension Engine {
    /// Removes what no query needs: former tables, those of versions that are not in the catalog, checkpoints for questions about the past,
    /// and what dead processes left behind. All of it can be built again from the log.
    ///
    /// - Returns: what was removed.
    public func prune() throws -> [Pruned] {
        guard let folder = projections.first.map({ Folder.parent(of: $0.path) }) else { return [] }
        let known = Set(projections.map(\.label) + [EventIndex.folderName])
        var pruned: [Pruned] = []
        for name in Folder.names(in: folder) {
            let kind: Pruned.Kind
            if name.hasPrefix(".former-") {
                kind = .former
            } else if name == ".as-of" {
                kind = .past
            } else if Self.isVersion(name), !known.contains(name) {
                kind = .unknown
            } else {
                continue
            }
            let path = "\(folder)/\(name)"
            let bytes = Folder.size(path)
            try Folder.remove(path)
            if bytes > 0 { pruned.append(Pruned(name: name, kind: kind, bytes: bytes)) }
        }
        let bytes = try BuildFolder.removeAbandoned(in: folder)
        if bytes > 0 { pruned.append(Pruned(name: "leftovers", kind: .leftover, bytes: bytes)) }
        return pruned
    }

    /// Whether a folder is named as a projection's: `trends@1`.
    private static func isVersion(_ name: String) -> Bool {
        let parts = name.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && !parts[0].isEmpty && Int(parts[1]) != nil && !name.hasPrefix(".")
    }
}
