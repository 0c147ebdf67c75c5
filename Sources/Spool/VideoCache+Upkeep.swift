import EventLog
import Glibc
import JSON
import Projection
import Stories

extension VideoCache {
    /// What a look through the folder found.
    public struct Scan: Sendable {
        /// Files that were not known and now are.
        public var registered: [String] = []
        /// Files that are no videos, links, and names that the cache does not take.
        public var passedOver: [String] = []
    }

    /// Registers the videos in the folder that are not known; hidden files are left alone.
    public func scan() throws -> Scan {
        var result = Scan()
        for name in Folder.names(in: path) where !name.hasPrefix(".") {
            if try video(named: name) != nil { continue }
            guard Self.isVideo(name), let file = try? file(name), Self.isRegularFile(file) else {
                result.passedOver.append(name)
                continue
            }
            try store.append(
                CachedVideoSaved(filename: name, urlPath: "\(Self.urlFolder)/\(name)", isCombined: name.contains("combined")),
                source: "video-cache")
            result.registered.append(name)
        }
        return result
    }

    private static func isVideo(_ name: String) -> Bool {
        extensions.contains(name.split(separator: ".").last.map { $0.lowercased() } ?? "")
    }

    private static func isRegularFile(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// What does not fit together: `missing` are rows whose file is gone, `unknown` videos without a row, `others` what `scan` passes over.
    public func check() throws -> (missing: [String], unknown: [String], others: [String]) {
        let known = try store.read(stories) { try $0.all(CachedVideo.table) }.map(\.filename)
        let missing = known.filter { name in
            guard let file = try? file(name) else { return true }
            return !Self.isRegularFile(file)
        }
        let names = Set(known)
        let files = Folder.names(in: path).filter { !$0.hasPrefix(".") && !names.contains($0) }
        func isUnknown(_ name: String) -> Bool { Self.isVideo(name) && (try? file(name)).map(Self.isRegularFile) ?? false }
        return (missing, files.filter(isUnknown), files.filter { !isUnknown($0) })
    }

    /// What `clean` removed, or would.
    public struct Cleaning: Sendable {
        public var removed: [String] = []
        /// Old, but a session's media_urls name them.
        public var inUse: [String] = []
        /// Old, but no file can have such a name here.
        public var unusable: [String] = []
        public var bytes = 0
    }

    /// Removes videos older than some days that no session's media_urls name: each is evicted by an event, then its file goes.
    ///
    /// - Parameters:
    ///   - days: of age, by `created_at`.
    ///   - dryRun: only tell.
    ///   - now: when it is.
    public func clean(olderThan days: Int = 7, dryRun: Bool = false, now: Timestamp = .now()) throws -> Cleaning {
        try StoreError.checkOutside("\(path)/video")
        let limit = now.adding(seconds: -Int64(days) * 86_400).iso8601
        let old = try store.rows("SELECT filename, url_path FROM videos WHERE created_at < ? ORDER BY created_at", [.text(limit)])
        var result = Cleaning()
        guard !old.isEmpty else { return result }
        let named = try mediaNames()
        for row in old {
            let name = row[0].plainText
            if named.contains(name) || named.contains(row[1].plainText) {
                result.inUse.append(name)
                continue
            }
            // A name that only an import could bring is not stopped at, so that younger ones are cleaned.
            guard let file = try? file(name) else {
                result.unusable.append(name)
                continue
            }
            var status = stat()
            if lstat(file, &status) == 0 { result.bytes += Int(status.st_size) }
            result.removed.append(name)
            if dryRun { continue }
            try store.append(CachedVideoEvicted(filename: name, reason: "older than \(days) days"), source: "video-cache")
            // The event first: a file without a row is found by the next scan, a row without its file would be a promise broken.
            if unlink(file) != 0 && errno != ENOENT { throw FileError("remove", file) }
        }
        return result
    }

    /// Every text in any session's media_urls, and the last part of each: a file may be named by its URL, its path or its name.
    private func mediaNames() throws -> Set<String> {
        var names: Set<String> = []
        func collect(_ value: JSONValue) {
            switch value.kind {
            case .object: for member in value.members { collect(member.value) }
            case .array: for element in value.elements { collect(element) }
            case .string:
                let text = value.string ?? ""
                names.insert(text)
                let withoutQuery = text.prefix { $0 != "?" && $0 != "#" }
                if let last = withoutQuery.split(separator: "/").last { names.insert(String(last)) }
            default: break
            }
        }
        for row in try store.rows("SELECT data FROM media_urls") {
            collect(try JSONDocument(parsing: Array(row[0].plainText.utf8)).root)
        }
        return names
    }
}
