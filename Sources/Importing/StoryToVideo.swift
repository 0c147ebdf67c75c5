import Workflows

/// The database of the story-to-video system. `api_usage_daily` is made of `api_usage`.
let storyToVideoTables = [
    LegacyTable(User.self, of: workflows, times: ["created_at"], required: ["name"]),
    LegacyTable(UserSession.self, of: workflows, times: ["started_at", "created_at"], changed: "ended_at"),
    LegacyTable(
        Workflow.self, of: workflows, times: ["created_at", "updated_at"], changed: "updated_at", required: ["original_prompt"]),
    LegacyTable(GeneratedFile.self, of: workflows, times: ["created_at"], required: ["file_type", "file_path", "file_name"]),
    LegacyTable(Scene.self, of: workflows, times: ["created_at"], required: ["scene_number", "description"]),
    LegacyTable(APICall.self, of: workflows, times: ["created_at"], required: ["api_provider", "endpoint"]),
]
