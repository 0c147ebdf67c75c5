import EventLog
import Foundation
import Stories
import TestSupport
import Testing

@testable import Spool

struct VideoCacheTests {
    private let folder = TemporaryFolder()
    private let store: Store
    private let cache: VideoCache
    private var videos: String { folder["static/videos"] }

    init() throws {
        store = try Store.create(at: folder["store"])
        cache = VideoCache(store, at: folder["static/videos"])
    }

    private func write(_ name: String, _ content: String = "video") throws -> String {
        let path = folder[name]
        try FileManager.default.createDirectory(atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try content.write(toFile: path, atomically: false, encoding: .utf8)
        return path
    }

    @Test func savesOnceAndFindsByPrompt() throws {
        let saved = try cache.save(try write("render/forest.mp4"), scene: 3, isCombined: true, prompt: "a forest")
        #expect(saved.urlPath == "/static/videos/forest.mp4")
        #expect(saved.sceneID == 3 && saved.isCombined)
        #expect(try String(contentsOfFile: cache.path(ofVideo: saved.id), encoding: .utf8) == "video")
        #expect(try cache.save(folder["render/forest.mp4"]).id == saved.id)
        #expect(try cache.find(prompt: "a forest")?.id == saved.id)
        #expect(try cache.find(prompt: "a desert") == nil)
        #expect(try store.log.head() == 1)
        let other = try write("other/forest.mp4", "another")
        #expect(try cache.hasOther(than: other) && !cache.hasOther(than: folder["render/forest.mp4"]))
        #expect(try cache.save(other).id == saved.id, "the same filename again is the existing row")
        #expect(try String(contentsOfFile: cache.path(ofVideo: saved.id), encoding: .utf8) == "video")
        let leftovers = try FileManager.default.contentsOfDirectory(atPath: videos).filter { $0 != "forest.mp4" }
        #expect(leftovers.isEmpty, "\(leftovers)")
    }

    @Test(arguments: [
        ("static/videos/a.mp4", "/static/videos/a.mp4"), ("/static/clips/deep/a.mp4", "/static/clips/deep/a.mp4"),
        ("a.mp4", "/static/videos/a.mp4"), ("/tmp/render/a.mp4", "/static/videos/a.mp4"), ("./static/a.mp4", "/static/a.mp4"),
    ])
    func pathUnderStaticKeepsItsURL(source: String, url: String) throws {
        #expect(try VideoCache.nameAndURL(of: source) == ("a.mp4", url))
    }

    @Test func refusesNamesThatLeaveTheFolder() throws {
        for source in ["..", "a/..", "/tmp/", ".hidden.mp4", "", "a/../b.mp4", "x\u{1}.mp4", #"a\b.mp4"#] {
            #expect(throws: (any Error).self, "\(source)") { try cache.save(source) }
        }
        let outside = try write("secret.mp4", "secret")
        try FileManager.default.createDirectory(atPath: videos, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: "\(videos)/link.mp4", withDestinationPath: outside)
        #expect(throws: VideoCache.Failure.self) { try cache.save(try write("render/link.mp4")) }
        #expect(try cache.scan().registered.isEmpty, "a link is not registered")
        #expect(try String(contentsOfFile: outside, encoding: .utf8) == "secret")
        #expect(throws: (any Error).self) { try cache.uniqueName("../x") }
        // The event itself is refused too, whoever sends it.
        for name in ["../x.mp4", "/etc/passwd", "..", ""] {
            let data = #"{"filename":"\#(name)","url_path":"/x"}"#
            #expect(throws: (any Error).self) { try store.append(CloudEvent(type: "cached_video.saved", data: data)) }
        }
    }

    @Test func namesAreUnique() throws {
        let names = try (0..<50).map { _ in try cache.uniqueName("forest", extension: "webm") }
        #expect(Set(names).count == 50)
        #expect(names.allSatisfy { $0.hasPrefix("forest-") && $0.hasSuffix(".webm") })
    }

    @Test func scanRegistersWhatIsUnknown() throws {
        try cache.save(try write("render/known.mp4"))
        _ = try write("static/videos/new.mp4")
        _ = try write("static/videos/notes.txt")
        _ = try write("static/videos/.hidden.mp4")
        let scan = try cache.scan()
        #expect(scan.registered == ["new.mp4"])
        #expect(scan.passedOver == ["notes.txt"])
        #expect(try cache.scan().registered.isEmpty)
        try FileManager.default.removeItem(atPath: "\(videos)/known.mp4")
        let check = try cache.check()
        #expect(check.missing == ["known.mp4"])
        #expect(check.unknown.isEmpty)
        #expect(check.others == ["notes.txt"])
    }

    @Test(arguments: [
        #"["/static/videos/kept.mp4"]"#, #"{"1":{"url":"http://host/static/videos/kept.mp4?t=1"}}"#, #"{"a":["kept.mp4"]}"#,
    ])
    func cleaningKeepsWhatASessionNames(media: String) throws {
        for name in ["kept.mp4", "old.mp4"] { try cache.save(try write("render/\(name)")) }
        let id = "00000000-0000-4000-8000-000000000001"
        try store.append(CloudEvent(type: "session.started", data: #"{"id":"\#(id)","scenario":"s"}"#))
        try store.append(CloudEvent(type: "media.attached", data: #"{"session_id":"\#(id)","data":\#(media)}"#))
        let later = Timestamp.now().adding(seconds: 8 * 86_400)
        #expect(try cache.clean(olderThan: 9, now: later).removed.isEmpty, "too young")
        let dry = try cache.clean(olderThan: 7, dryRun: true, now: later)
        #expect(dry.removed == ["old.mp4"] && dry.inUse == ["kept.mp4"])
        #expect(FileManager.default.fileExists(atPath: "\(videos)/old.mp4"))
        let head = try store.log.head()
        #expect(try cache.clean(olderThan: 7, now: later).removed == ["old.mp4"])
        #expect(try store.log.head() == head + 1, "the eviction is an event")
        #expect(!FileManager.default.fileExists(atPath: "\(videos)/old.mp4"))
        #expect(FileManager.default.fileExists(atPath: "\(videos)/kept.mp4"))
        #expect(try store.rows("SELECT filename FROM videos") == [[.text("kept.mp4")]])
    }
}
