import LMDB

extension DerivedEnvironment {
    /// What is wrong with its file, so that LMDB must be kept away from it; nil when nothing is.
    public func damage() throws -> String? {
        do {
            try checkStructure()
            return nil
        } catch let error as LMDBError {
            guard error.isDamage else { throw error }
            return error.damage?.description ?? error.description
        }
    }
}

extension EventIndex {
    /// What is wrong with its file; nil when nothing is.
    public func damage() throws -> String? { try environment.damage() }

    /// Begins with an empty index where the file is damaged; returns what was wrong.
    public func removeIfDamaged() throws -> String? {
        guard let damage = try damage() else { return nil }
        try environment.remove()
        return damage
    }
}
