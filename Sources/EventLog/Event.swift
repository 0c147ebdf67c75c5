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
/// `CodingKeys` stand in the order in which the fields are sent: see ``PayloadDecoder``.
///
/// Wire names are a contract with the scripts that send them. A field is added as an optional; any other change is a new `schemaVersion`:
///
/// 1. Raise `schemaVersion`, change the fields, and add an `Upcaster` from the version before.
/// 2. Keep a sample of the version before in `Tests/Support/Golden/versions`.
/// 3. If code of the version before can do without what is new, the upcaster is additive: that code reads the new events too, should it be
///    put back. Otherwise it notes each of them as not applied, until newer code is back. Either way none is lost.
/// 4. Raise the projector's version if the rows change. Its views are built beside those of the version before, which stay.
public protocol Event: Codable, Sendable {
    /// The wire name, `noun.past_participle`.
    static var type: String { get }
    /// Version of the fields that this code writes, from 1.
    static var schemaVersion: Int { get }
    /// From each older version to the next, in order; `schemaVersion` - 1 of them.
    static var upcasters: [Upcaster] { get }
    /// The primary entity, when the fields name it. Where the log assigns the entity's id, the row made gives the subject.
    var subject: Tag? { get }
    /// Further entities whose history this event belongs to.
    var tags: [Tag] { get }
}

extension Event {
    @inlinable public static var schemaVersion: Int { 1 }
    @inlinable public static var upcasters: [Upcaster] { [] }
    public var subject: Tag? { nil }
    public var tags: [Tag] { [] }
}
