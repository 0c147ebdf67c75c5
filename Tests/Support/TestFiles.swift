import Foundation

/// Files of the repository, found from this file's own place.
public enum TestFiles {
    /// The repository's folder.
    public static let root: String = {
        var parts = #filePath.split(separator: "/")
        parts.removeLast(3)
        return "/" + parts.joined(separator: "/")
    }()

    public static func read(_ path: String) throws -> [UInt8] {
        try Array(Data(contentsOf: URL(fileURLWithPath: "\(root)/\(path)")))
    }
}
