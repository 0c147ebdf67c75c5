import EventLog
import Glibc
import JSON
import Stories

/// The generated videos of a game: files in one folder, known to the `videos` table, so that nothing is generated twice.
///
/// ```swift
/// let cache = VideoCache(store, at: "static/videos")
/// let video = try cache.save("/tmp/render/forest.mp4", prompt: "a forest at dawn")
/// try cache.find(prompt: "a forest at dawn")?.urlPath  // "/static/videos/forest.mp4"
/// ```
///
/// File names are plain names: nothing reads or removes a file outside the folder.
public struct VideoCache {
    /// Where a file that comes from elsewhere is served.
    static let urlFolder = "/static/videos"
    /// What `scan` takes for a video.
    static let extensions: Set<String> = ["mp4", "webm", "mov", "m4v", "mkv", "avi", "gif"]

    let store: Store
    /// The folder of the files.
    public let path: String

    /// - Parameter path: the folder, made when the first file is saved.
    public init(_ store: Store, at path: String) {
        self.store = store
        self.path = path
    }

    /// Something that the cache does not do.
    public enum Failure: Refusal, CallerError, Hashable, CustomStringConvertible {
        case badName(String)
        case notAFile(String)
        case outside(String)
        case otherContent(String)
        case unknown(String)

        public var isWrongUse: Bool {
            if case .notAFile = self { true } else { false }
        }

        public var description: String {
            switch self {
            case .badName(let name):
                "'\(name)' is not a name for a file in the cache: expected letters and digits with an extension, without '/', '..' or a leading dot"
            case .notAFile(let path): "\(path) is not a file that can be read"
            case .outside(let name): "'\(name)' is a link; the cache follows no links out of its folder"
            case .otherContent(let name): "the cache has another file named \(name): choose another name with `spool cache name`"
            case .unknown(let what): "the cache has no video \(what)"
            }
        }
    }

    // MARK: Names and places

    /// Refuses what is not a plain file name.
    static func check(name: String) throws(Failure) {
        let isPlain =
            !name.isEmpty && !name.hasPrefix(".") && name.utf8.count <= 255
            && !name.utf8.contains { $0 < 0x20 || $0 == 0x2F || $0 == 0x5C || $0 == 0x7F }
        guard isPlain else { throw .badName(String(name.prefix(80))) }
    }

    /// The file of a name; it may not be there, but it is not a link.
    func file(_ name: String) throws(Failure) -> String {
        try Self.check(name: name)
        let file = "\(path)/\(name)"
        var status = stat()
        if lstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFLNK { throw .outside(name) }
        return file
    }

    /// A name that no file and no row has: `forest-3f9a2c81.mp4`.
    public func uniqueName(_ stem: String = "video", extension suffix: String = "mp4") throws -> String {
        try Self.check(name: "\(stem).\(suffix)")
        while true {
            let name = "\(stem)-\(String(UInt32.random(in: 0x1000_0000 ... .max), radix: 16)).\(suffix)"
            if !File.exists(try file(name)), try video(named: name) == nil { return name }
        }
    }

    // MARK: Looking up

    /// The newest video made from a prompt.
    public func find(prompt: String) throws -> CachedVideo? {
        try store.read(stories) { try $0.all(CachedVideo.table, where: ["original_prompt": prompt]).last }
    }

    /// The row of a file name; nil when there is none.
    public func video(named name: String) throws -> CachedVideo? {
        try store.read(stories) { try $0.first(CachedVideo.table, where: ["filename": name]) }
    }

    /// The file of a video by its id, whether it is there or not.
    public func path(ofVideo id: Int) throws -> String {
        guard let video = try store.read(stories, { try $0.get(CachedVideo.table, id) }) else { throw Failure.unknown("\(id)") }
        return try file(video.filename)
    }

    // MARK: Saving

    /// Puts a file into the cache and registers it; a name that is registered already gives the existing video, and the file is not copied:
    /// `hasOther(than:)` tells whether that is another one.
    ///
    /// A path under `static/` keeps its URL; any other becomes `/static/videos/NAME`.
    ///
    /// - Throws: `Failure` for what cannot be a file of the cache, `StoreError` for a folder among a store's own files, `FileError` when it
    ///   cannot be copied.
    @discardableResult
    public func save(_ source: String, scene: Int? = nil, isCombined: Bool = false, prompt: String? = nil) throws -> CachedVideo {
        let (name, url) = try Self.nameAndURL(of: source)
        try StoreError.checkOutside("\(path)/\(name)")
        let existing = try video(named: name)
        let isThere = File.exists(try file(name))
        if existing == nil || !isThere { try copy(readable(source), to: name) }
        if let existing { return existing }
        try store.append(
            CachedVideoSaved(filename: name, urlPath: url, sceneID: scene, isCombined: isCombined, originalPrompt: prompt),
            source: "video-cache")
        guard let saved = try video(named: name) else { throw Failure.unknown(name) }
        return saved
    }

    /// Whether the cache has another file under a file's name: `save` then keeps that one.
    public func hasOther(than source: String) throws -> Bool {
        let cached = try file(Self.nameAndURL(of: source).name)
        guard File.exists(cached), let given = try? readable(source), !File.isSame(given, cached) else { return false }
        return try !File.hasSameContent(given, cached)
    }

    static func nameAndURL(of source: String) throws -> (name: String, url: String) {
        let name = source.split(separator: "/", omittingEmptySubsequences: false).last.map(String.init) ?? ""
        try check(name: name)
        let parts = source.split(separator: "/").map(String.init).filter { $0 != "." }
        guard !parts.contains("..") else { throw Failure.badName(source) }
        let isStatic = parts.first == "static" && parts.count > 1
        return (name, isStatic ? "/" + parts.joined(separator: "/") : "\(urlFolder)/\(name)")
    }

    /// A URL path such as `/static/videos/a.mp4` means the file beneath the folder that holds `static`.
    private func readable(_ source: String) throws -> String {
        let candidates = source.hasPrefix("/static/") ? [source, String(source.dropFirst())] : [source]
        for candidate in candidates {
            var status = stat()
            if stat(candidate, &status) == 0, status.st_mode & S_IFMT == S_IFREG, access(candidate, R_OK) == 0 { return candidate }
        }
        throw Failure.notAFile(source)
    }

    /// Copies to a hidden file, syncs it and gives it its name: a file of the cache is whole, or not there.
    private func copy(_ source: String, to name: String) throws {
        let target = try file(name)
        try Folder.make(path)
        if File.exists(target) {
            if File.isSame(source, target) { return }
            guard try File.hasSameContent(source, target) else { throw Failure.otherContent(name) }
            return
        }
        try File.copy(source, to: target)
    }
}
