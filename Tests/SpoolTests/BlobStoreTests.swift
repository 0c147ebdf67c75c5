import Foundation
import Projection
import Spool
import TestSupport
import Testing

struct BlobStoreTests {
    @Test func keepsBytesOnceAndChecksThem() throws {
        let folder = TemporaryFolder()
        let store = try Store.create(at: folder["store"])
        // From RFC 6234's test vectors.
        let hash = try store.blobs.put(Array("abc".utf8))
        #expect(hash.hex == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(try store.blobs.put(Array("abc".utf8)) == hash)
        #expect(store.blobs.list() == [hash])
        #expect(try store.blobs.read(hash) == Array("abc".utf8))
        let empty = try store.blobs.put([])
        #expect(try store.blobs.read(empty).isEmpty)

        let file = "\(folder["store"])/blobs/ba/\(hash.hex.dropFirst(2))"
        try Data("abd".utf8).write(to: URL(fileURLWithPath: file))
        #expect(throws: BlobStore.Failure.self) { try store.blobs.read(hash) }
        #expect(store.blobs.check().map(\.hash) == [hash])
        #expect(try store.blobs.put(Array("abc".utf8)) == hash, "putting it again mends it")
        #expect(store.blobs.check().isEmpty)
    }

    @Test func queriesShowTheBytesAndNameWhatIsMissing() throws {
        let folder = TemporaryFolder()
        let store = try Store.create(at: folder["store"])
        try store.append(.init(type: "asset.added", data: #"{"id":"a","type":"photo","path":"/p","file_size_bytes":1}"#))
        let bytes: [UInt8] = (0..<5000).map { UInt8($0 % 251) }
        let hash = try store.blobs.put(bytes)
        let thumbnail = #"{"asset_id":"a","size":"small","width":1,"height":1,"blob":"\#(hash)"}"#
        try store.append(.init(type: "thumbnail.stored", data: thumbnail))
        #expect(try store.rows("SELECT thumbnail_blob, length(thumbnail_blob) FROM asset_thumbnails") == [[.blob(bytes), .integer(5000)]])
        let unknown = thumbnail.replacing(hash.hex, with: String(repeating: "0", count: 64)).replacing("small", with: "large")
        #expect(throws: RuleViolation.self) { try store.append(.init(type: "thumbnail.stored", data: unknown)) }
        TemporaryFolder.remove("\(folder["store"])/blobs")
        #expect(throws: BlobStore.Failure.self) { try store.rows("SELECT thumbnail_blob FROM asset_thumbnails") }
        #expect(try store.rows("SELECT width FROM asset_thumbnails") == [[.integer(1)]], "only who asks for the bytes needs them")
    }
}
