import Projection

let storyQueries = [
    NamedQuery(
        "cached_scene", "scenario", "partial_narrative", summary: "What follows a narrative in a scenario, if it was made before.",
        sql: """
            SELECT id, next_narrative, next_scene_prompts, next_media_urls FROM scene_cache WHERE scenario = ? AND partial_narrative = ?
            """)
]
