import Projection

/// What a show is made of.
public enum AssetType: String, Codable, CaseIterable, Sendable, ColumnValue {
    case photo, video, music, logo
}

/// Why an asset cannot be shown.
public enum AssetError: String, Codable, CaseIterable, Sendable, ColumnValue {
    /// The codec is not supported.
    case invalidCodec = "INVALID_CODEC"
    /// The file was deleted or moved.
    case fileMissing = "FILE_MISSING"
    /// The file cannot be read.
    case corrupt = "CORRUPT"
    /// The file is larger than the limits allow.
    case tooLarge = "TOO_LARGE"
}

/// How large a thumbnail is: 150, 300 or 600 pixels.
public enum ThumbnailSize: String, Codable, CaseIterable, Sendable, ColumnValue {
    case small, medium, large
}
