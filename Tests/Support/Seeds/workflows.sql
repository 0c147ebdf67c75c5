-- The database of the story-to-video system: workflows with their files and scenes, what the APIs cost, and users.
-- Rebuilt from the system's integration guide, as what the Workflows views are compared with. Loading it twice changes nothing.

PRAGMA journal_mode = WAL;
-- This one holds for a connection, not for the file: every program that writes has to set it again.
PRAGMA foreign_keys = ON;

CREATE TABLE IF NOT EXISTS users (
    id         TEXT PRIMARY KEY NOT NULL CHECK (id <> ''),
    name       TEXT NOT NULL,
    email      TEXT,
    created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE IF NOT EXISTS user_sessions (
    session_id TEXT PRIMARY KEY NOT NULL CHECK (session_id <> ''),
    user_id    TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    started_at TIMESTAMP NOT NULL,
    ended_at   TIMESTAMP,
    created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE IF NOT EXISTS workflows (
    id                    TEXT PRIMARY KEY NOT NULL CHECK (id <> ''),
    original_prompt       TEXT NOT NULL,
    enhanced_story        TEXT,
    story_title           TEXT,
    max_scenes            INTEGER NOT NULL DEFAULT 4 CHECK (max_scenes >= 0),
    current_phase         TEXT NOT NULL DEFAULT 'prompt_enhancement',
    status                TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'completed', 'failed')),
    created_at            TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at            TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    completed_at          TIMESTAMP,
    total_processing_time REAL CHECK (total_processing_time >= 0),
    error_message         TEXT,
    user_id               TEXT REFERENCES users(id) ON DELETE RESTRICT
);

CREATE TABLE IF NOT EXISTS generated_files (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    workflow_id TEXT NOT NULL REFERENCES workflows(id) ON DELETE CASCADE,
    file_type   TEXT NOT NULL,
    file_path   TEXT NOT NULL,
    file_name   TEXT NOT NULL,
    file_size   INTEGER CHECK (file_size >= 0),
    metadata    TEXT,
    created_at  TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE IF NOT EXISTS scenes (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    workflow_id   TEXT NOT NULL REFERENCES workflows(id) ON DELETE CASCADE,
    scene_number  INTEGER NOT NULL,
    description   TEXT NOT NULL,
    prompt        TEXT,
    image_file_id INTEGER REFERENCES generated_files(id) ON DELETE SET NULL,
    created_at    TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- The money is spent, whatever becomes of the workflow.
CREATE TABLE IF NOT EXISTS api_usage (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    workflow_id   TEXT REFERENCES workflows(id) ON DELETE SET NULL,
    api_provider  TEXT NOT NULL,
    endpoint      TEXT NOT NULL,
    tokens_used   INTEGER CHECK (tokens_used >= 0),
    cost_usd      REAL CHECK (cost_usd >= 0),
    response_time REAL CHECK (response_time >= 0),
    success       BOOLEAN NOT NULL DEFAULT 1 CHECK (success IN (0, 1)),
    error_message TEXT,
    created_at    TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE INDEX IF NOT EXISTS idx_workflows_created_at ON workflows(created_at);
CREATE INDEX IF NOT EXISTS idx_workflows_completed_at ON workflows(status, completed_at);
CREATE INDEX IF NOT EXISTS idx_workflows_status ON workflows(status, created_at);
CREATE INDEX IF NOT EXISTS idx_workflows_user_id ON workflows(user_id, created_at);
CREATE INDEX IF NOT EXISTS idx_generated_files_workflow_id ON generated_files(workflow_id, file_type);
CREATE INDEX IF NOT EXISTS idx_generated_files_file_type ON generated_files(file_type, created_at);
CREATE INDEX IF NOT EXISTS idx_scenes_workflow_id ON scenes(workflow_id, scene_number);
CREATE INDEX IF NOT EXISTS idx_scenes_image_file_id ON scenes(image_file_id);
CREATE INDEX IF NOT EXISTS idx_api_usage_workflow_id ON api_usage(workflow_id);
CREATE INDEX IF NOT EXISTS idx_api_usage_api_provider ON api_usage(api_provider, created_at);
CREATE INDEX IF NOT EXISTS idx_api_usage_created_at ON api_usage(created_at);
CREATE INDEX IF NOT EXISTS idx_users_email ON users(email);
CREATE INDEX IF NOT EXISTS idx_user_sessions_user_id ON user_sessions(user_id, started_at);

-- NOT INDEXED: the additions are in the order of the calls, so that the sums are the same to the last bit.
CREATE VIEW IF NOT EXISTS api_usage_daily AS
SELECT
    api_provider,
    date(created_at) AS day,
    COUNT(*) AS total_calls,
    SUM(success) AS successful_calls,
    COALESCE(SUM(tokens_used), 0) AS total_tokens,
    COALESCE(SUM(cost_usd), 0.0) AS total_cost,
    AVG(response_time) AS avg_response_time,
    COUNT(response_time) AS response_count,
    COALESCE(SUM(response_time), 0.0) AS total_response_time
FROM api_usage NOT INDEXED
GROUP BY api_provider, day;
