/// What an import did, or would do.
public struct ImportReport: Sendable {
    public struct Table: Sendable {
        public let name: String
        /// Rows of the old table.
        public internal(set) var rows = 0
        /// Rows that were new, and rows that had changed since they were imported.
        public internal(set) var new = 0
        public internal(set) var changed = 0
        /// Rows that had been stored before as they are.
        public internal(set) var storedBefore = 0
        /// Rows imported before that the old table has no more.
        public internal(set) var removed = 0
        public internal(set) var rejected = 0
        /// Columns that the old table lacks, which get their defaults, and columns that Spool has not, which were left out.
        public let missingColumns: [String]
        public let extraColumns: [String]

        /// Events that were stored for its rows.
        public var stored: Int { new + changed }
    }

    /// In the order of the system's description.
    public internal(set) var tables: [Table]
    /// Tables of the old databases that Spool has not; they were left out.
    public let extraTables: [String]
    /// Tables of the system that none of the databases has.
    public let missingTables: [String]

    public var rows: Int { tables.reduce(0) { $0 + $1.rows } }
    public var stored: Int { tables.reduce(0) { $0 + $1.stored } }
    public var storedBefore: Int { tables.reduce(0) { $0 + $1.storedBefore } }
    public var removed: Int { tables.reduce(0) { $0 + $1.removed } }
    public var rejected: Int { tables.reduce(0) { $0 + $1.rejected } }
}
