import EventLog
import Projection

/// A row of `users`.
public struct User: Row {
    public var id = ""
    public var name = ""
    public var email: String?
    public var createdAt = SQLTime()

    public init() {}

    public mutating func columns(_ column: inout ColumnCoder) {
        column("id", &id)
        column("name", &name)
        column("email", &email)
        column("created_at", &createdAt)
    }

    public static let table = Table<User>(
        "users", key: "id",
        elements: [
            .entity("user"),
            .check("id", "is not empty") { !$0.id.isEmpty },
            .index("idx_users_email", "email"),
        ])
}

/// A row of `user_sessions`: a user's stay, which has no end as long as it lasts.
public struct UserSession: Row {
    public var sessionID = ""
    public var userID = ""
    public var startedAt = SQLTime()
    public var endedAt: SQLTime?
    public var createdAt = SQLTime()

    public init() {}

    public mutating func columns(_ column: inout ColumnCoder) {
        column("session_id", &sessionID)
        column("user_id", &userID)
        column("started_at", &startedAt)
        column("ended_at", &endedAt)
        column("created_at", &createdAt)
    }

    public static let table = Table<UserSession>(
        "user_sessions", key: "session_id",
        elements: [
            .entity("user_session"),
            .check("session_id", "is not empty") { !$0.sessionID.isEmpty },
            .references("user_id", "users", onDelete: .cascade),
            .index("idx_user_sessions_user_id", "user_id", "started_at"),
        ])
}
