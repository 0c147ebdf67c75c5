import CSQLite

/// Something that a statement wanted to do and may not.
struct RefusedAction {
    enum Kind {
        case write, attach, pragma, transaction, function, other
    }

    let kind: Kind

    /// SQLite writes down a new table, or one that a function with rows declares, in its list of tables.
    var isDeclaration: Bool { kind == .write && (name == "sqlite_master" || name == "sqlite_temp_master") }

    /// The table, function or pragma.
    let name: String

    /// - Parameter code: the authorizer's action code.
    init(_ code: Int32, _ first: String?, _ second: String?) {
        switch code {
        case SQLITE_INSERT, SQLITE_UPDATE, SQLITE_DELETE, SQLITE_CREATE_TABLE, SQLITE_CREATE_INDEX, SQLITE_CREATE_VIEW,
            SQLITE_CREATE_TRIGGER, SQLITE_CREATE_TEMP_TABLE, SQLITE_CREATE_TEMP_INDEX, SQLITE_CREATE_TEMP_VIEW,
            SQLITE_CREATE_TEMP_TRIGGER, SQLITE_CREATE_VTABLE, SQLITE_DROP_TABLE, SQLITE_DROP_INDEX, SQLITE_DROP_VIEW,
            SQLITE_DROP_TRIGGER, SQLITE_DROP_TEMP_TABLE, SQLITE_DROP_TEMP_INDEX, SQLITE_DROP_TEMP_VIEW, SQLITE_DROP_TEMP_TRIGGER,
            SQLITE_DROP_VTABLE, SQLITE_ALTER_TABLE, SQLITE_REINDEX, SQLITE_ANALYZE:
            kind = .write
            name = first ?? ""
        case SQLITE_ATTACH, SQLITE_DETACH:
            kind = .attach
            name = first ?? ""
        case SQLITE_PRAGMA:
            kind = .pragma
            name = first ?? ""
        case SQLITE_TRANSACTION, SQLITE_SAVEPOINT:
            kind = .transaction
            name = first ?? ""
        case SQLITE_FUNCTION:
            kind = .function
            name = second ?? ""
        default:
            kind = .other
            name = first ?? ""
        }
    }

    /// Whether a query may do this. Queries read; they reach neither files nor other databases.
    static func isAllowed(_ code: Int32, function: String?) -> Bool {
        switch code {
        case SQLITE_SELECT, SQLITE_READ, SQLITE_RECURSIVE: true
        case SQLITE_FUNCTION: !forbiddenFunctions.contains(function?.lowercased() ?? "")
        default: false
        }
    }

    private static let forbiddenFunctions: Set<String> = [
        "load_extension", "fts3_tokenizer", "readfile", "writefile", "edit", "lsmode", "fsdir",
    ]
}
