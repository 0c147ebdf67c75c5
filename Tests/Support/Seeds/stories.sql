-- rewritten.db of the narrative game: sessions with their narrative, prompts and media, and the caches of scenes and videos.
-- Rebuilt from the system's database module, as what the Stories views are compared with. Loading it twice changes nothing.

PRAGMA journal_mode = WAL;
-- This one holds for a connection, not for the file: every program that writes has to set it again.
PRAGMA foreign_keys = ON;

CREATE TABLE IF NOT EXISTS sessions (
    id                TEXT PRIMARY KEY NOT NULL CHECK (id <> ''),
    scenario          TEXT NOT NULL,
    current_scene_id  INTEGER NOT NULL DEFAULT 0,
    created_at        DATETIME NOT NULL,
    updated_at        DATETIME NOT NULL,
    partial_narrative TEXT NOT NULL
);

CREATE TABLE IF NOT EXISTS narrative_data (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    session_id TEXT NOT NULL UNIQUE REFERENCES sessions(id) ON DELETE CASCADE,
    data       TEXT NOT NULL,
    created_at DATETIME NOT NULL
);

CREATE TABLE IF NOT EXISTS scene_prompts (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    session_id TEXT NOT NULL UNIQUE REFERENCES sessions(id) ON DELETE CASCADE,
    data       TEXT NOT NULL,
    created_at DATETIME NOT NULL
);

CREATE TABLE IF NOT EXISTS media_urls (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    session_id TEXT NOT NULL UNIQUE REFERENCES sessions(id) ON DELETE CASCADE,
    data       TEXT NOT NULL,
    created_at DATETIME NOT NULL
);

CREATE TABLE IF NOT EXISTS scene_cache (
    id                 INTEGER PRIMARY KEY AUTOINCREMENT,
    scenario           TEXT NOT NULL,
    partial_narrative  TEXT NOT NULL,
    next_narrative     TEXT NOT NULL,
    next_scene_prompts TEXT NOT NULL,
    next_media_urls    TEXT NOT NULL,
    created_at         DATETIME NOT NULL,
    UNIQUE (scenario, partial_narrative)
);

CREATE TABLE IF NOT EXISTS videos (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    filename        TEXT NOT NULL UNIQUE CHECK (filename NOT IN ('', '.', '..') AND instr(filename, '/') = 0),
    url_path        TEXT NOT NULL,
    scene_id        INTEGER,
    is_combined     BOOLEAN NOT NULL DEFAULT 0 CHECK (is_combined IN (0, 1)),
    original_prompt TEXT,
    created_at      DATETIME NOT NULL
);

CREATE INDEX IF NOT EXISTS idx_sessions_created_at ON sessions(created_at);
CREATE INDEX IF NOT EXISTS idx_sessions_updated_at ON sessions(updated_at);
CREATE INDEX IF NOT EXISTS idx_scene_cache_created_at ON scene_cache(created_at);
CREATE INDEX IF NOT EXISTS idx_videos_original_prompt ON videos(original_prompt);
CREATE INDEX IF NOT EXISTS idx_videos_scene_id ON videos(scene_id);
CREATE INDEX IF NOT EXISTS idx_videos_created_at ON videos(created_at);
