-- data/primetime.db of PrimeTime: timelines, the files they are made of, settings and the player's state.
-- Rebuilt from the system's database guide, as what the Shows views are compared with. Loading it twice changes nothing.

PRAGMA journal_mode = WAL;
-- This one holds for a connection, not for the file: every program that writes has to set it again.
PRAGMA foreign_keys = ON;

CREATE TABLE IF NOT EXISTS timelines (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    name          VARCHAR(255) NOT NULL,
    timeline_json TEXT NOT NULL,
    theme_id      VARCHAR(50) NOT NULL DEFAULT 'neon-chalkboard',
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL,
    is_active     BOOLEAN NOT NULL DEFAULT 0 CHECK (is_active IN (0, 1)),
    notes         TEXT
);

CREATE TABLE IF NOT EXISTS assets (
    id              VARCHAR(255) NOT NULL PRIMARY KEY,
    type            VARCHAR(20) NOT NULL CHECK (type IN ('photo', 'video', 'music', 'logo')),
    path            VARCHAR(500) NOT NULL UNIQUE,
    width           INTEGER CHECK (width >= 0),
    height          INTEGER CHECK (height >= 0),
    duration_ms     INTEGER CHECK (duration_ms >= 0),
    file_size_bytes BIGINT NOT NULL CHECK (file_size_bytes >= 0),
    hash            VARCHAR(64),
    mime_type       VARCHAR(100),
    codec_info      TEXT,
    added_at        INTEGER NOT NULL,
    validated_at    INTEGER,
    error_state     VARCHAR(50) CHECK (error_state IN ('INVALID_CODEC', 'FILE_MISSING', 'CORRUPT', 'TOO_LARGE')),
    metadata_json   TEXT
);

-- thumbnail_blob is the JPEG itself in a system's own file; a comparison of views puts its SHA-256 there.
CREATE TABLE IF NOT EXISTS asset_thumbnails (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    asset_id       VARCHAR(255) NOT NULL REFERENCES assets(id) ON DELETE CASCADE,
    size           VARCHAR(20) NOT NULL CHECK (size IN ('small', 'medium', 'large')),
    width          INTEGER NOT NULL CHECK (width >= 0),
    height         INTEGER NOT NULL CHECK (height >= 0),
    thumbnail_blob BLOB NOT NULL,
    created_at     INTEGER NOT NULL,
    CONSTRAINT uq_asset_thumbnail UNIQUE (asset_id, size)
);

-- A master volume is a JSON number within its range.
CREATE TABLE IF NOT EXISTS settings (
    key        VARCHAR(100) NOT NULL PRIMARY KEY,
    value      TEXT NOT NULL CHECK (
                   key <> 'master_volume'
                   OR CASE WHEN json_valid(value)
                      THEN json_type(value) IN ('integer', 'real') AND CAST(value AS REAL) BETWEEN 0 AND 1 ELSE 0 END),
    updated_at INTEGER NOT NULL
);

CREATE TABLE IF NOT EXISTS playback_state (
    id            INTEGER NOT NULL PRIMARY KEY CONSTRAINT check_single_row CHECK (id = 1),
    timeline_id   INTEGER REFERENCES timelines(id) ON DELETE SET NULL,
    current_index INTEGER NOT NULL DEFAULT 0 CHECK (current_index >= 0),
    timecode_ms   INTEGER NOT NULL DEFAULT 0 CHECK (timecode_ms >= 0),
    is_playing    BOOLEAN NOT NULL DEFAULT 0 CHECK (is_playing IN (0, 1)),
    updated_at    INTEGER NOT NULL
);

CREATE INDEX IF NOT EXISTS idx_timelines_active ON timelines(is_active);
CREATE INDEX IF NOT EXISTS idx_timelines_updated ON timelines(updated_at);
CREATE INDEX IF NOT EXISTS idx_assets_type ON assets(type);
CREATE INDEX IF NOT EXISTS idx_assets_path ON assets(path);
CREATE INDEX IF NOT EXISTS idx_assets_added ON assets(added_at);
CREATE INDEX IF NOT EXISTS idx_assets_validated ON assets(validated_at, error_state);
CREATE INDEX IF NOT EXISTS idx_thumbnails_asset ON asset_thumbnails(asset_id);

INSERT OR IGNORE INTO settings (key, value, updated_at) VALUES
    ('theme', '{"id":"neon-chalkboard"}', 0),
    ('master_volume', '0.8', 0),
    ('operator_ui_layout', '{"left_panel_width":250}', 0);
INSERT OR IGNORE INTO playback_state (id, updated_at) VALUES (1, 0);
