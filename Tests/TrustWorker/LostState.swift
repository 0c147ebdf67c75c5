import EventLog
import Glibc
import TestSupport

/// The files as a loss of power may leave them: what was synced, and of the rest any part in any order.
///
/// A write that was not synced is torn into pieces of 512 or 4096 bytes, of which each is there or not. Of a folder's changes that were not
/// synced the first few are there: file systems write a folder's changes in order.
struct LostState {
    /// How much of what was not synced is there.
    enum Luck: CaseIterable { case nothing, everything, allButOne, some }

    private var folders: [UInt64: [String: UInt64]] = [:]
    private var contents: [UInt64: [UInt8]] = [:]
    private var isFolder: Set<UInt64> = []

    /// - Parameters:
    ///   - steps: what was done before the loss.
    ///   - skips: nodes whose content does not matter.
    init(after steps: ArraySlice<Trace.Step>, luck: Luck, ignoringSyncs: Bool = false, using chance: inout SplitMix64) {
        var synced: [UInt64: Int] = [:]
        if !ignoringSyncs {
            for (place, step) in zip(steps.indices, steps) { if case .sync(let node) = step { synced[node] = place } }
        }
        let piece = Bool.random(using: &chance) ? 512 : 4096
        let share = Double.random(in: 0...1, using: &chance)
        var loose: [Trace.Step] = []
        var keptChanges: [UInt64: Int] = [:]
        for (place, step) in zip(steps.indices, steps) {
            switch step {
            case .write(let node, let offset, let bytes):
                if place < synced[node] ?? -1 {
                    Self.put(bytes, at: offset, into: &contents[node, default: []])
                } else {
                    loose += Self.torn(node, offset, bytes, piece)
                }
            case .truncate(let node, _):
                if place < synced[node] ?? -1 { apply(step) } else { loose.append(step) }
            case .link(let folder, _, let node, let isNewFolder):
                if isNewFolder { isFolder.insert(node) }
                if place > synced[folder] ?? -1 { keptChanges[folder, default: 0] += 1 }
            case .unlink(let folder, _), .rename(_, _, let folder, _):
                if place > synced[folder] ?? -1 { keptChanges[folder, default: 0] += 1 }
            case .sync, .acknowledge: break
            }
        }
        for (folder, count) in keptChanges.sorted(by: { $0.key < $1.key }) {
            keptChanges[folder] =
                switch luck {
                case .nothing: 0
                case .everything: count
                case .allButOne: count - 1
                case .some: Int.random(in: 0...count, using: &chance)
                }
        }
        change(steps, synced, keptChanges)

        loose.shuffle(using: &chance)
        switch luck {
        case .nothing: loose = []
        case .everything: break
        case .allButOne: _ = loose.popLast()
        case .some: loose = loose.filter { _ in Double.random(in: 0..<1, using: &chance) < share }
        }
        for step in loose { apply(step) }
    }

    private mutating func change(_ steps: ArraySlice<Trace.Step>, _ synced: [UInt64: Int], _ kept: [UInt64: Int]) {
        var left = kept
        func isThere(_ folder: UInt64, _ place: Int) -> Bool {
            if place < synced[folder] ?? -1 { return true }
            guard let count = left[folder], count > 0 else { return false }
            left[folder] = count - 1
            return true
        }
        for (place, step) in zip(steps.indices, steps) {
            switch step {
            case .link(let folder, let name, let node, _):
                if isThere(folder, place) { folders[folder, default: [:]][name] = node }
            case .unlink(let folder, let name):
                if isThere(folder, place) { folders[folder]?[name] = nil }
            case .rename(let folder, let name, let target, let newName):
                // Of a name that was lost already there is nothing to move.
                guard isThere(target, place), let node = folders[folder]?[name] else { continue }
                folders[folder]?[name] = nil
                folders[target, default: [:]][newName] = node
            default: break
            }
        }
    }

    private static func torn(_ node: UInt64, _ offset: Int, _ bytes: ArraySlice<UInt8>, _ piece: Int) -> [Trace.Step] {
        var pieces: [Trace.Step] = []
        var place = bytes.startIndex
        var position = offset
        while place < bytes.endIndex {
            let length = min(piece - position % piece, bytes.endIndex - place)
            pieces.append(.write(node: node, offset: position, bytes: bytes[place..<place + length]))
            place += length
            position += length
        }
        return pieces
    }

    private mutating func apply(_ step: Trace.Step) {
        switch step {
        case .write(let node, let offset, let bytes): Self.put(bytes, at: offset, into: &contents[node, default: []])
        case .truncate(let node, let length):
            let content = contents[node, default: []]
            contents[node] = Array(content.prefix(length)) + [UInt8](repeating: 0, count: max(0, length - content.count))
        default: break
        }
    }

    private static func put(_ bytes: ArraySlice<UInt8>, at offset: Int, into content: inout [UInt8]) {
        let end = offset + bytes.count
        if content.count < end { content += [UInt8](repeating: 0, count: end - content.count) }
        content.replaceSubrange(offset..<end, with: bytes)
    }

    /// Makes the files of a folder.
    ///
    /// - Parameter isWanted: whether a name directly below `path` is made.
    func write(_ folder: UInt64, to path: String, where isWanted: (String) -> Bool = { _ in true }) throws {
        try Folder.make(path)
        for (name, node) in folders[folder] ?? [:] where isWanted(name) {
            if isFolder.contains(node) {
                try write(node, to: "\(path)/\(name)")
            } else {
                try Self.write(contents[node] ?? [], to: "\(path)/\(name)")
            }
        }
    }

    private static func write(_ bytes: [UInt8], to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileError("write", path) }
        defer { close(descriptor) }
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else { throw FileError("write", path) }
    }

    /// A folder below another one.
    func folder(_ name: String, in folder: UInt64) -> UInt64? { folders[folder]?[name] }
}
