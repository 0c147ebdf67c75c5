import Projection

let workflowQueries = [
    NamedQuery(
        "api_costs", .time("first_day"), summary: "Calls, tokens and cost of each provider since a day, from the daily sums.",
        sql: """
            SELECT api_provider, sum(total_calls) AS total_calls, sum(successful_calls) AS successful_calls,
                sum(total_tokens) AS total_tokens, sum(total_cost) AS total_cost
            FROM api_usage_daily WHERE day >= ? GROUP BY api_provider ORDER BY api_provider
            """),
    NamedQuery(
        "workflow_files", "workflow_id", summary: "A workflow's files, as they were generated.",
        sql: "SELECT id, file_type, file_name, file_path, file_size, created_at FROM generated_files WHERE workflow_id = ? ORDER BY id"),
]
