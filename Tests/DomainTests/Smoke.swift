import EventLog
import ImageLibrary
import Metrics
import Projection
import TestSupport
import Testing
import Trends

@Test func smoke() throws {
    let folder = TemporaryFolder()
    let storage = try LMDBStorage(at: folder["log"])
    let log = EventLog(storage, index: EventIndex(at: folder["views/index"], of: storage))
    let engine = Engine(log, projections: [trends, metrics, imageLibrary].map { Projection($0, in: folder["views"], of: storage, settings: Settings()) })
    let r = try engine.append([AppendRequest([CloudEvent(type: "trend.captured", data: #"{"topic":"AI art","source":"reddit"}"#)])])[0].get()
    #expect(r[0].subject == "trend:1")
    #expect(r[0].rows == [RowReference(table: "trending_topics", key: "1")])
    _ = try engine.append([AppendRequest([CloudEvent(type: "image.added", data: #"{"character":"nutsy","source":"photo","file_path":"/a.png"}"#)])])[0].get()
    let u = try engine.append([AppendRequest([CloudEvent(type: "image.used", data: #"{"file_path":"/a.png","video_id":"v1"}"#)])])[0].get()
    #expect(u[0].subject == "image:1")
    #expect(throws: RuleViolation.self) { _ = try engine.append([AppendRequest([CloudEvent(type: "image.used", data: #"{"image_id":9,"video_id":"v1"}"#)])])[0].get() }
    let snapshot = try engine.snapshot(of: ["image-library"])
    #expect(snapshot.position == 3)
    #expect(try snapshot.projection("image-library").table("image_usage").count() == 1)
    snapshot.end()
    let report = try engine.rebuild("image-library")
    #expect(report.differences.isEmpty)
    #expect(try log.index.check() == 0)
    try log.index.rebuild()
    #expect(try log.verify().records == 3)
    var n = 0
    try log.forEach(EventFilter(tags: ["image:1"])) { _ in n += 1; return true }
    #expect(n == 2)
    n = 0
    try log.forEach(EventFilter(types: ["image.used"], backward: true)) { _ in n += 1; return true }
    #expect(n == 1)
}
