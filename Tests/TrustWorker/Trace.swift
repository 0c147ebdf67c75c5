import EventLog

/// What a recorded process did to its files, in order; written by `Recorder/recorder.c`.
struct Trace {
    enum Step {
        case write(node: UInt64, offset: Int, bytes: ArraySlice<UInt8>)
        case truncate(node: UInt64, length: Int)
        case sync(node: UInt64)
        case link(folder: UInt64, name: String, node: UInt64, isFolder: Bool)
        case unlink(folder: UInt64, name: String)
        case rename(folder: UInt64, name: String, target: UInt64, newName: String)
        case acknowledge(String)
    }

    struct Broken: Error {}

    private(set) var steps: [Step] = []

    init(_ bytes: [UInt8]) throws {
        var place = 0
        while place < bytes.count {
            guard place + 32 <= bytes.count else { throw Broken() }
            func load<I: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, as: I.Type = I.self) -> I {
                bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: place + offset, as: I.self) }
            }
            let operation: UInt32 = load(0)
            let length = Int(load(4, as: UInt32.self))
            let node: UInt64 = load(8)
            let other: UInt64 = load(16)
            let number = Int(load(24, as: UInt64.self))
            let end = place + 32 + length
            guard end <= bytes.count else { throw Broken() }
            let content = bytes[place + 32..<end]
            func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
            switch operation {
            case 1: steps.append(.write(node: node, offset: number, bytes: content))
            case 2: steps.append(.truncate(node: node, length: number))
            case 3: steps.append(.sync(node: node))
            case 4: steps.append(.link(folder: node, name: text(content), node: other, isFolder: number == 1))
            case 5: steps.append(.unlink(folder: node, name: text(content)))
            case 6:
                steps.append(
                    .rename(folder: node, name: text(content.prefix(number)), target: other, newName: text(content.dropFirst(number))))
            case 7: steps.append(.acknowledge(text(content)))
            default: throw Broken()
            }
            place = end
        }
    }
}
