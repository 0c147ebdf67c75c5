/// A container that is used again, whatever its type.
class KeptContainer {
    /// Whether nobody else has it.
    func isFree() -> Bool { false }
}

/// The same where its type is known.
// Generic in the whole container: its type is then at hand where it is copied, and need not be looked up from that of its keys.
final class KeptContainerOf<Container>: KeptContainer {
    private let container = UnsafeMutablePointer<Container>.allocate(capacity: 1)

    init(_ container: Container) { self.container.initialize(to: container) }

    deinit {
        container.deinitialize(count: 1)
        container.deallocate()
    }

    @inline(never)
    func copy() -> Container { container.pointee }

    /// A `KeyedDecodingContainer` is a reference to an object of the standard library's, and nothing else: `KeptContainersTests` would notice if it
    /// were not, and were it larger none would ever be free.
    override func isFree() -> Bool {
        guard MemoryLayout<Container>.size == MemoryLayout<AnyObject>.size else { return false }
        return isKnownUniquelyReferenced(&UnsafeMutableRawPointer(container).assumingMemoryBound(to: AnyObject.self).pointee)
    }
}
