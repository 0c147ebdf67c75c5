import EventLog

extension Projection {
    /// What is wrong with its file; nil when nothing is.
    public func damage() throws -> String? { try environment.damage() }

    /// Begins with empty tables where the file is damaged; returns what was wrong.
    public func removeIfDamaged() throws -> String? {
        guard let damage = try damage() else { return nil }
        try remove()
        return damage
    }
}
