import Projection

let imageQueries = [
    NamedQuery(
        "best_image", "character", "emotion", summary: "The image to use next: the least used, then the best.",
        sql: """
            SELECT id, file_path, usage_count, quality_score FROM image_library WHERE character = ? AND emotion = ?
            ORDER BY usage_count ASC, quality_score DESC LIMIT 1
            """),
    NamedQuery(
        "image_counts", summary: "How many images there are by character and emotion.",
        sql: "SELECT character, emotion, count(*) AS images FROM image_library GROUP BY character, emotion ORDER BY character, emotion"),
]
