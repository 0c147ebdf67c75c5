import EventLog
import Projection

extension User: Importable { public static let noun = "user" }

extension UserSession: Importable {
    public static let noun = "user_session"
    public static func tags(of row: UserSession) -> [Tag] { [Tag("user", row.userID)] }
}

extension Workflow: Importable {
    public static let noun = "workflow"
    public static func tags(of row: Workflow) -> [Tag] { row.userID.map { [Tag("user", $0)] } ?? [] }
}

extension GeneratedFile: Importable {
    public static let noun = "file"
    public static func tags(of row: GeneratedFile) -> [Tag] { [Tag("workflow", row.workflowID)] }
}

extension Scene: Importable {
    public static let noun = "scene"
    public static func tags(of row: Scene) -> [Tag] {
        [Tag("workflow", row.workflowID)] + (row.imageFileID.map { [Tag("file", $0)] } ?? [])
    }
}

extension APICall: Importable {
    public static let noun = "api_call"
    public static func tags(of row: APICall) -> [Tag] { row.workflowID.map { [Tag("workflow", $0)] } ?? [] }
}

extension APICall {
    /// The day of its created_at, as SQL's `date()` gives it.
    var day: String { (try? Timestamp(parsing: createdAt.text).day) ?? String(createdAt.text.prefix(10)) }
}

/// A new call is added to its day. After another change a day is added up anew: nothing can be subtracted from a sum of doubles.
func apiCallImported(_ before: APICall?, _ call: APICall, _ views: ViewWriter) throws {
    guard let before else { return try count(call, views) }
    try addUp(before, views)
    if before.apiProvider != call.apiProvider || before.day != call.day { try addUp(call, views) }
}

func count(_ call: APICall, _ views: ViewWriter) throws {
    var usage = try views.get(DailyUsage.table, call.apiProvider, call.day) ?? DailyUsage()
    usage.apiProvider = call.apiProvider
    usage.day = call.day
    try usage.add(call)
    try views.upsert(DailyUsage.table, usage)
}

/// Adds up the calls of the provider and day of `call`, in the order in which the rows are numbered.
func addUp(_ call: APICall, _ views: ViewWriter) throws {
    let calls = try views.all(APICall.table, where: ["api_provider": call.apiProvider]).filter { $0.day == call.day }
    if try views.get(DailyUsage.table, call.apiProvider, call.day) != nil {
        try views.delete(DailyUsage.table, call.apiProvider, call.day)
    }
    for call in calls.sorted(by: { $0.id < $1.id }) { try count(call, views) }
}
