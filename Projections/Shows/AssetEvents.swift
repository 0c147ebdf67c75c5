import EventLog
import JSON
import Projection

/// `asset.added`: a file may be used in shows.
public struct AssetAdded: Event {
    public static let type = "asset.added"

    public var id: String
    public var assetType: AssetType
    public var path: String
    public var fileSizeBytes: Int
    public var width: Int?
    public var height: Int?
    public var durationMs: Int?
    public var hash: String?
    public var mimeType: String?
    public var codecInfo: JSONText?
    public var metadataJSON: JSONText?
    /// Given by imports; the event's time otherwise.
    public var addedAt: Timestamp?

    public init(
        id: String, assetType: AssetType, path: String, fileSizeBytes: Int, width: Int? = nil, height: Int? = nil, durationMs: Int? = nil,
        hash: String? = nil, mimeType: String? = nil, codecInfo: JSONText? = nil, metadataJSON: JSONText? = nil, addedAt: Timestamp? = nil
    ) {
        self.id = id
        self.assetType = assetType
        self.path = path
        self.fileSizeBytes = fileSizeBytes
        self.width = width
        self.height = height
        self.durationMs = durationMs
        self.hash = hash
        self.mimeType = mimeType
        self.codecInfo = codecInfo
        self.metadataJSON = metadataJSON
        self.addedAt = addedAt
    }

    enum CodingKeys: String, CodingKey {
        case id
        // The event's own `type` is its wire name.
        case assetType = "type"
        case path
        case fileSizeBytes = "file_size_bytes"
        case width, height
        case durationMs = "duration_ms"
        case hash
        case mimeType = "mime_type"
        case codecInfo = "codec_info"
        case metadataJSON = "metadata_json"
        case addedAt = "added_at"
    }

    public var subject: Tag? { Tag("asset", id) }
}

/// `asset.validated`: a file is fit to be shown.
public struct AssetValidated: Event {
    public static let type = "asset.validated"

    public var id: String

    public init(id: String) { self.id = id }

    public var subject: Tag? { Tag("asset", id) }
}

/// `asset.rejected`: a file cannot be shown, whatever it was before.
public struct AssetRejected: Event {
    public static let type = "asset.rejected"

    public var id: String
    public var errorState: AssetError

    public init(id: String, errorState: AssetError) {
        self.id = id
        self.errorState = errorState
    }

    enum CodingKeys: String, CodingKey {
        case id
        case errorState = "error_state"
    }

    public var subject: Tag? { Tag("asset", id) }
}

/// `asset.removed`: a file goes, with its thumbnails.
public struct AssetRemoved: Event {
    public static let type = "asset.removed"

    public var id: String

    public init(id: String) { self.id = id }

    public var subject: Tag? { Tag("asset", id) }
}

/// `thumbnail.stored`: an asset's picture in one size; another in that size takes its place.
public struct ThumbnailStored: Event {
    public static let type = "thumbnail.stored"

    public var assetID: String
    public var size: ThumbnailSize
    public var width: Int
    public var height: Int
    /// Of the JPEG, which is stored by its content before.
    public var blob: BlobHash
    /// Given by imports; assigned otherwise.
    public var id: Int?
    /// Given by imports; the recorded time otherwise.
    public var createdAt: Timestamp?

    public init(
        assetID: String, size: ThumbnailSize, width: Int, height: Int, blob: BlobHash, id: Int? = nil, createdAt: Timestamp? = nil
    ) {
        self.assetID = assetID
        self.size = size
        self.width = width
        self.height = height
        self.blob = blob
        self.id = id
        self.createdAt = createdAt
    }

    enum CodingKeys: String, CodingKey {
        case assetID = "asset_id"
        case size, width, height, blob, id
        case createdAt = "created_at"
    }

    public var subject: Tag? { Tag("asset", assetID) }
}
