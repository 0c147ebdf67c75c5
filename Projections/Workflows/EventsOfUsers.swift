import EventLog

/// `user.registered`: somebody has an account.
public struct UserRegistered: Event {
    public static let type = "user.registered"

    public var id: String
    public var name: String
    public var email: String?
    /// Given by imports; the recorded time otherwise.
    public var createdAt: Timestamp?

    public init(id: String, name: String, email: String? = nil, createdAt: Timestamp? = nil) {
        self.id = id
        self.name = name
        self.email = email
        self.createdAt = createdAt
    }

    enum CodingKeys: String, CodingKey {
        case id, name, email
        case createdAt = "created_at"
    }

    public var subject: Tag? { Tag("user", id) }
}

/// `user.session_started`: a user came.
public struct UserSessionStarted: Event {
    public static let type = "user.session_started"

    public var userID: String
    public var sessionID: String
    /// Given by imports; the recorded time otherwise.
    public var createdAt: Timestamp?

    public init(userID: String, sessionID: String, createdAt: Timestamp? = nil) {
        self.userID = userID
        self.sessionID = sessionID
        self.createdAt = createdAt
    }

    enum CodingKeys: String, CodingKey {
        case userID = "user_id"
        case sessionID = "session_id"
        case createdAt = "created_at"
    }

    // Not `session`, which is a game's.
    public var subject: Tag? { Tag("user_session", sessionID) }
    public var tags: [Tag] { [Tag("user", userID)] }
}

/// `user.session_ended`: a user went.
public struct UserSessionEnded: Event {
    public static let type = "user.session_ended"

    public var sessionID: String

    public init(sessionID: String) { self.sessionID = sessionID }

    enum CodingKeys: String, CodingKey {
        case sessionID = "session_id"
    }

    public var subject: Tag? { Tag("user_session", sessionID) }
}
