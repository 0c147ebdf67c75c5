import Projection

let showQueries = [
    NamedQuery("active_timeline", summary: "The timeline that is on.", sql: "SELECT * FROM timelines WHERE is_active = 1"),
    NamedQuery(
        "assets_of_type", "type", .count("limit"), summary: "Valid assets of a type, newest first.",
        sql: "SELECT * FROM assets WHERE type = ? AND error_state IS NULL ORDER BY added_at DESC LIMIT CAST(? AS INTEGER)"),
]
