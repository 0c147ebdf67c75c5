import JSON
import Synchronization

/// What the containers of a decoding share: how far the text is read, and where it lies.
///
/// This is never deallocated, only used again, and each decoding has a number of its own: whoever keeps a container, or a decoder, beyond its
/// decoding finds another number here, and reads nothing.
// Containers that hold a class have it counted with each field, as the standard library copies them: that took a sixth of all decoding.
struct PayloadMemory {
    struct State: ~Copyable {
        var reader = JSONTextReader()
        var text = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
        /// Of the decoding, from 1 on. Read by whoever keeps a container, on any thread.
        let number = Atomic<UInt64>(0)
        let containers = KeptContainers()
        /// Of types whose fields came in another order lately: how many texts are parsed before the order is tried again.
        var parsedBefore: [ObjectIdentifier: Int] = [:]
    }

    /// An attempt that fails takes a third of the time that parsing and decoding take.
    private static let pause = 15

    private let state: UnsafeMutablePointer<State>

    /// Unchecked: whoever takes one out is the only one who has it.
    private struct Spare: @unchecked Sendable {
        let memory: PayloadMemory
    }

    private static let spares = Mutex<[Spare]>([])

    static func take() -> PayloadMemory {
        if let spare = spares.withLock({ $0.popLast() }) { return spare.memory }
        let state = UnsafeMutablePointer<State>.allocate(capacity: 1)
        state.initialize(to: State())
        return PayloadMemory(state: state)
    }

    func giveBack() {
        // What a large text needed is not kept.
        state.pointee.reader = JSONTextReader()
        state.pointee.parsedBefore = [:]
        let spare = Spare(memory: self)
        Self.spares.withLock { $0.append(spare) }
    }

    /// Whether the fields of a type may come in their order.
    func triesInOrder(_ type: Any.Type) -> Bool {
        if state.pointee.parsedBefore.isEmpty { return true }
        guard let left = state.pointee.parsedBefore[ObjectIdentifier(type)] else { return true }
        state.pointee.parsedBefore[ObjectIdentifier(type)] = left > 1 ? left - 1 : nil
        return false
    }

    /// A text of this type could be decoded only when it was parsed.
    func noteOtherOrder(of type: Any.Type) { state.pointee.parsedBefore[ObjectIdentifier(type)] = Self.pause }

    /// What a type makes of a text, where it asks for its fields in their order; otherwise it throws, for whatever reason.
    func decode<T: Decodable>(_ type: T.Type, from data: RawSpan) throws(JSONError) -> T {
        try data.withUnsafeBytes { bytes throws(JSONError) in
            state.pointee.text = bytes.bindMemory(to: UInt8.self)
            // Nobody else changes it, so that it need not be added to in one step.
            let number = state.pointee.number.load(ordering: .relaxed) + 1
            state.pointee.number.store(number, ordering: .relaxed)
            defer {
                state.pointee.number.store(number + 1, ordering: .relaxed)
                state.pointee.text = UnsafeBufferPointer(start: nil, count: 0)
            }
            return try PayloadPlace(state, number).whole(type)
        }
    }
}
