/// What all containers of one encoding share.
final class JSONEncodingState {
    var segments = [JSONEncodingSegment()]
    private var frames: [JSONEncodingFrame] = []
    private var frameCount = 0

    // MARK: - Values

    /// Encodes a value that belongs at the end of a segment.
    func encode<T: Encodable>(_ value: T, in segment: Int, key: String?, parent: JSONEncodingHandle?) throws {
        // What needs no encoder is written at once; this also spares collections of these types an encoder per element.
        if T.self == String.self, let text = value as? String { return segments[segment].writer.string(text) }
        if T.self == Int.self, let number = value as? Int { return segments[segment].writer.int(number) }
        if T.self == Double.self, let number = value as? Double { return segments[segment].writer.double(number) }
        if T.self == Bool.self, let flag = value as? Bool { return segments[segment].writer.bool(flag) }
        if T.self == JSONText.self, let text = value as? JSONText { return segments[segment].writer.raw(text) }
        let handle = pushFrame(segment: segment, key: key, parent: parent)
        do {
            try value.encode(to: JSONValueEncoder(state: self, handle: handle))
        } catch {
            frames.removeLast(frames.count - handle.position)
            throw error
        }
        guard closeFrames(from: handle.position) else {
            throw misuse("the type asked for containers of different kinds, or for one twice", value: value, at: parent)
        }
    }

    /// Writes something of a container; if that fails the container is as before.
    @inline(__always)
    func transaction(in segment: Int, _ body: () throws -> Void) throws {
        let mark = segments[segment].mark
        do {
            try body()
        } catch {
            rollBack(segment: segment, to: mark)
            throw error
        }
    }

    func rollBack(segment: Int, to mark: JSONEncodingSegment.Mark) {
        segments[segment].writer.rollBack(to: mark.writer)
        segments[segment].holes.removeLast(segments[segment].holes.count - mark.holeCount)
    }

    // MARK: - Frames

    /// The segment of a frame that is still open.
    @inline(__always)
    func segment(of handle: JSONEncodingHandle) throws -> Int {
        guard isOpen(handle) else { throw misuse("the container was used after its value was encoded", value: self, at: nil) }
        return frames[handle.position].segment
    }

    @inline(__always)
    private func isOpen(_ handle: JSONEncodingHandle) -> Bool {
        handle.position < frames.count && frames[handle.position].identifier == handle.identifier
    }

    private func pushFrame(segment: Int, key: String?, parent: JSONEncodingHandle?) -> JSONEncodingHandle {
        frameCount += 1
        let handle = JSONEncodingHandle(position: frames.count, identifier: frameCount)
        var index: Int?
        if let parent, isOpen(parent), frames[parent.position].content == .array { index = frames[parent.position].elementCount }
        frames.append(JSONEncodingFrame(identifier: frameCount, segment: segment, parent: parent, key: key, index: index))
        return handle
    }

    /// Begins the content of a frame. Asking for the same kind of container again continues it, as a subclass and its superclass do.
    func begin(_ content: JSONEncodingFrame.Content, of handle: JSONEncodingHandle) {
        guard isOpen(handle) else { return }
        let frame = frames[handle.position]
        switch (frame.content, content) {
        case (.nothing, .object): segments[frame.segment].writer.beginObject()
        case (.nothing, .array): segments[frame.segment].writer.beginArray()
        case (.nothing, _), (.object, .object), (.array, .array): break
        default:
            frames[handle.position].content = .conflict
            return
        }
        frames[handle.position].content = content
    }

    /// Closes a frame and those of the nested containers in it, and returns whether all were used properly.
    private func closeFrames(from position: Int) -> Bool {
        var isProper = true
        while frames.count > position, let frame = frames.popLast() {
            switch frame.content {
            case .nothing:
                // A type that encodes nothing is an object without members.
                segments[frame.segment].writer.beginObject()
                segments[frame.segment].writer.endObject()
            case .object: segments[frame.segment].writer.endObject()
            case .array: segments[frame.segment].writer.endArray()
            case .value: break
            case .conflict: isProper = false
            }
        }
        return isProper
    }

    // MARK: - Nested containers

    /// Opens a frame with a segment of its own at the present end of the parent's segment.
    func nest(in parent: JSONEncodingHandle, key: String?) -> JSONEncodingHandle {
        let nested = segments.count
        segments.append(JSONEncodingSegment())
        guard isOpen(parent) else {
            // Nothing refers to the segment, and the handle is stale from the outset.
            return JSONEncodingHandle(position: .max, identifier: 0)
        }
        let segment = frames[parent.position].segment
        if let key { segments[segment].writer.key(key) }
        let offset = segments[segment].writer.placeholder()
        segments[segment].holes.append(JSONEncodingSegment.Hole(offset: offset, segment: nested))
        return pushFrame(segment: nested, key: key, parent: parent)
    }

    func countElement(of handle: JSONEncodingHandle) {
        if isOpen(handle) { frames[handle.position].elementCount += 1 }
    }

    func elementCount(of handle: JSONEncodingHandle) -> Int {
        isOpen(handle) ? frames[handle.position].elementCount : 0
    }

    /// The text from a mark of the first segment on, with the other segments inserted.
    func assembled(from mark: JSONEncodingSegment.Mark) -> [UInt8] {
        var result: [UInt8] = []
        append(segment: 0, from: mark.writer.offset, to: &result)
        return result
    }

    private func append(segment index: Int, from start: Int, to result: inout [UInt8]) {
        var position = start
        for hole in segments[index].holes {
            result.append(contentsOf: segments[index].writer.bytes[position..<hole.offset])
            append(segment: hole.segment, from: 0, to: &result)
            position = hole.offset
        }
        result.append(contentsOf: segments[index].writer.bytes[position...])
    }

    // MARK: - Errors

    func codingPath(of handle: JSONEncodingHandle?) -> [any CodingKey] {
        var path: [any CodingKey] = []
        var next = handle
        while let current = next, isOpen(current) {
            let frame = frames[current.position]
            if let key = frame.key { path.append(JSONCodingKey(stringValue: key)) }
            if let index = frame.index { path.append(JSONCodingKey(intValue: index)) }
            next = frame.parent
        }
        return path.reversed()
    }

    func misuse(_ description: String, value: Any, at handle: JSONEncodingHandle?) -> EncodingError {
        EncodingError.invalidValue(value, EncodingError.Context(codingPath: codingPath(of: handle), debugDescription: description))
    }
}
