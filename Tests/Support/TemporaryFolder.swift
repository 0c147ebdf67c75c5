import Foundation

/// A folder of its own for a test, which goes with everything in it when the last reference does.
///
/// ```swift
/// let folder = try TemporaryFolder()
/// let storage = try LMDBStorage(at: folder.path + "/log")
/// ```
public final class TemporaryFolder: Sendable {
    public let path: String

    /// - Throws: when the folder cannot be made.
    public init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("spool-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
