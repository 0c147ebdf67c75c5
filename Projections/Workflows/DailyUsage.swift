import EventLog
import Projection

/// A row of `api_usage_daily`: a provider's calls of one day, by their created_at.
///
/// At every position of the log it is what this query gives, with the additions in the order of the calls:
///
/// ```sql
/// SELECT api_provider, date(created_at) AS day, COUNT(*) AS total_calls, SUM(success) AS successful_calls,
///        COALESCE(SUM(tokens_used), 0) AS total_tokens, COALESCE(SUM(cost_usd), 0.0) AS total_cost,
///        AVG(response_time) AS avg_response_time, COUNT(response_time) AS response_count,
///        COALESCE(SUM(response_time), 0.0) AS total_response_time
/// FROM api_usage GROUP BY api_provider, day
/// ```
public struct DailyUsage: Row {
    public var apiProvider = ""
    /// `2017-09-13`, UTC.
    public var day = ""
    public var totalCalls = 0
    public var successfulCalls = 0
    /// Calls that do not tell count as 0, here and in the cost.
    public var totalTokens = 0
    public var totalCost = 0.0
    /// Of the calls that tell; NULL when none does.
    public var avgResponseTime: Double?
    /// How many calls tell their response time: an average over several days is the quotient of the sums.
    public var responseCount = 0
    public var totalResponseTime = 0.0

    public init() {}

    public mutating func columns(_ column: inout ColumnCoder) {
        column("api_provider", &apiProvider)
        column("day", &day)
        column("total_calls", &totalCalls)
        column("successful_calls", &successfulCalls)
        column("total_tokens", &totalTokens)
        column("total_cost", &totalCost)
        column("avg_response_time", &avgResponseTime)
        column("response_count", &responseCount)
        column("total_response_time", &totalResponseTime)
    }

    public static let table = Table<DailyUsage>(
        "api_usage_daily", key: "api_provider", "day",
        elements: [
            // The last days of all providers.
            .index("idx_api_usage_daily_day", "day")
        ])
}

extension DailyUsage {
    /// - Throws: `RuleViolation` when a sum would leave its column's range.
    mutating func add(_ call: APICall) throws {
        let (tokens, isTooLarge) = totalTokens.addingReportingOverflow(call.tokensUsed ?? 0)
        if isTooLarge { throw tooLarge("total_tokens") }
        totalCalls += 1
        successfulCalls += call.success ? 1 : 0
        totalTokens = tokens
        totalCost += call.costUSD ?? 0
        if !totalCost.isFinite { throw tooLarge("total_cost") }
        guard let responseTime = call.responseTime else { return }
        responseCount += 1
        totalResponseTime += responseTime
        if !totalResponseTime.isFinite { throw tooLarge("total_response_time") }
        avgResponseTime = totalResponseTime / Double(responseCount)
    }

    private func tooLarge(_ field: String) -> RuleViolation {
        RuleViolation(
            .check, table: "api_usage_daily", row: "(\(apiProvider), \(day))", field: field, "the day's sum would be too large a number")
    }
}
