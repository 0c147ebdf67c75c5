import EventLog
import Projection

extension Image: Importable { public static let noun = "image" }

extension ImageUsage: Importable {
    public static let noun = "image_usage"
    public static func tags(of row: ImageUsage) -> [Tag] { [Tag("image", row.imageID), Tag("video", row.videoID)] }
}

extension ImageCollection: Importable { public static let noun = "collection" }

extension CollectionImage: Importable {
    public static let noun = "collection_image"
    public static func tags(of row: CollectionImage) -> [Tag] { [Tag("collection", row.collectionID), Tag("image", row.imageID)] }
}
