@_exported import struct LMDB.EnvironmentUse
@_exported import struct LMDB.LockParty
@_exported import struct LMDB.LockWait

extension LMDBStorage {
    /// Who writes to and reads from the log at this moment.
    public func use() throws -> EnvironmentUse { try environment.use() }
}

extension DerivedEnvironment {
    /// Who writes to and reads from it at this moment.
    public func use() throws -> EnvironmentUse { try current().use() }
}

extension EventIndex {
    /// Who writes to and reads from it at this moment.
    public func use() throws -> EnvironmentUse { try environment.use() }
}
