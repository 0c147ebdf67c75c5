/// A kind of fact: its wire name, its fields, and what it is about.
///
/// ```swift
/// public struct ImageUsed: Event {
///     public static let type = "image.used"
///     public var imageID: Int?
///     public var filePath: String?
///     public var videoID: String
///
///     enum CodingKeys: String, CodingKey { case imageID = "image_id", filePath = "file_path", videoID = "video_id" }
///
///     public var subject: Tag? { imageID.map { Tag("image", $0) } }
///     public var tags: [Tag] { [Tag("video", videoID)] }
/// }
/// ```
///
/// Wire names are a contract with the scripts that send them. A field is added as an optional; any other change is a new `schemaVersion`:
///
/// 1. Raise `schemaVersion`, change the fields, and add an `Upcaster` from the version before.
/// 2. Keep a sample of the version before in `Tests/Support/Golden/versions`.
/// 3. If code of an earlier version can do without what is new, say so in `readableSince`: it then reads the new events too, should it be
///    put back. Otherwise it notes each of them as not applied, until newer code is back.
/// 4. Raise the projector's version if the rows change. Its views are built beside those of the version before, which stay.
public protocol Event: Codable, Sendable {
    /// The wire name, `noun.past_participle`.
    static var type: String { get }
    /// Version of the fields that this code writes, from 1.
    static var schemaVersion: Int { get }
    /// From each older version to the next, in order; `schemaVersion` - 1 of them.
    static var upcasters: [Upcaster] { get }
    /// The oldest schema version whose code may read what this code writes, passing over the fields it does not know. It is stored with
    /// each event, for that code has no other way to tell.
    static var readableSince: Int { get }
    /// The primary entity, when the fields name it. Where the log assigns the entity's id, the row made gives the subject.
    var subject: Tag? { get }
    /// Further entities whose history this event belongs to.
    var tags: [Tag] { get }
}

extension Event {
    public static var schemaVersion: Int { 1 }
    public static var upcasters: [Upcaster] { [] }
    public static var readableSince: Int { schemaVersion }
    public var subject: Tag? { nil }
    public var tags: [Tag] { [] }
}
