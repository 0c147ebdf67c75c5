import EventLog
import Projection

/// Character images, where they were used, and collections of them.
public let imageLibrary = Projector(
    "image-library", version: 1, replaces: "Excuse My French, image_library.db",
    tables: [Image.table, ImageUsage.table, ImageCollection.table, CollectionImage.table], queries: imageQueries
) {
    On(ImageAdded.self) { event, views in
        try views.insert(Image.table, Image(event))
    }
    On(ImageUsed.self) { event, views in
        var usage = ImageUsage()
        usage.id = event.id ?? 0
        usage.imageID = try imageID(event.imageID, event.filePath, views)
        usage.videoID = event.videoID
        usage.sceneNumber = event.sceneNumber
        usage.timestamp = SQLTime(event.time)
        try views.insert(ImageUsage.table, usage)
        try views.update(Image.table, usage.imageID) { image in
            image.usageCount += 1
            image.lastUsedAt = SQLTime(event.time)
        }
    }
    On(ImageRescored.self) { event, views in
        try views.update(Image.table, event.imageID) { $0.qualityScore = event.qualityScore }
    }
    On(ImageRemoved.self) { event, views in
        try views.delete(Image.table, imageID(event.imageID, event.filePath, views))
    }
    On(CollectionCreated.self) { event, views in
        var collection = ImageCollection()
        collection.id = event.id ?? 0
        collection.name = event.name
        collection.description = event.description
        collection.character = event.character
        collection.createdAt = SQLTime(event.createdAt ?? event.recordedTime)
        try views.insert(ImageCollection.table, collection)
    }
    On(CollectionRemoved.self) { event, views in
        try views.delete(ImageCollection.table, collectionID(event.collectionID, event.name, views))
    }
    On(CollectionImageAdded.self) { event, views in
        var place = CollectionImage()
        place.collectionID = try collectionID(event.collectionID, event.name, views)
        place.imageID = event.imageID
        place.sortOrder = event.sortOrder ?? 0
        try views.insert(CollectionImage.table, place)
    }
    On(CollectionImageRemoved.self) { event, views in
        try views.delete(CollectionImage.table, collectionID(event.collectionID, event.name, views), event.imageID)
    }
    On.imported(Image.self)
    On.imported(ImageUsage.self)
    On.removed(ImageUsage.self)
    On.imported(ImageCollection.self)
    On.imported(CollectionImage.self)
}

extension Image {
    init(_ event: Recorded<ImageAdded>) {
        id = event.id ?? 0
        character = event.character
        emotion = event.emotion
        pose = event.pose
        filePath = event.filePath
        source = event.source
        fileSizeBytes = event.fileSizeBytes
        width = event.width
        height = event.height
        format = event.format
        generationPrompt = event.generationPrompt
        generationModel = event.generationModel
        qualityScore = event.qualityScore
        tags = event.tagList
        metadata = event.metadata
        timestamp = SQLTime(event.time)
        createdAt = SQLTime(event.createdAt ?? event.recordedTime)
    }
}

/// The image that an event names by id, by path, or by both when they agree.
private func imageID(_ id: Int?, _ path: String?, _ views: ViewWriter) throws -> Int {
    guard let path else {
        guard let id else { throw nothingNamed("image_library", "image_id", "file_path") }
        return id
    }
    guard let image = try views.first(Image.table, where: ["file_path": path]) else {
        throw RuleViolation(.notFound, table: "image_library", row: "?", field: "file_path", "there is no image '\(path)'")
    }
    if let id, id != image.id { throw disagreement("image_library", "image_id", id, "file_path '\(path)' is image \(image.id)") }
    return image.id
}

/// The collection that an event names by id, by name, or by both when they agree.
private func collectionID(_ id: Int?, _ name: String?, _ views: ViewWriter) throws -> Int {
    guard let name else {
        guard let id else { throw nothingNamed("image_collections", "collection_id", "name") }
        return id
    }
    guard let collection = try views.first(ImageCollection.table, where: ["name": name]) else {
        throw RuleViolation(.notFound, table: "image_collections", row: "?", field: "name", "there is no collection '\(name)'")
    }
    if let id, id != collection.id {
        throw disagreement("image_collections", "collection_id", id, "name '\(name)' is collection \(collection.id)")
    }
    return collection.id
}

private func nothingNamed(_ table: String, _ id: String, _ other: String) -> RuleViolation {
    RuleViolation(.custom("REQUIRED"), table: table, row: "?", field: id, "expected \(id) or \(other), found neither")
}

private func disagreement(_ table: String, _ field: String, _ id: Int, _ reason: String) -> RuleViolation {
    RuleViolation(.conflict, table: table, row: "\(id)", field: field, reason)
}
