-- image_library.db of Excuse My French: character images, where they were used, and collections of them.
-- Rebuilt from the system's database guide, as what the ImageLibrary views are compared with. Loading it twice changes
-- nothing.

PRAGMA journal_mode = WAL;
-- This one holds for a connection, not for the file: every program that writes has to set it again.
PRAGMA foreign_keys = ON;

CREATE TABLE IF NOT EXISTS image_library (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    character         TEXT NOT NULL CHECK (character IN ('butcher', 'nutsy')),
    emotion           TEXT,
    pose              TEXT,
    file_path         TEXT NOT NULL UNIQUE,
    source            TEXT NOT NULL,
    file_size_bytes   INTEGER CHECK (file_size_bytes >= 0),
    width             INTEGER CHECK (width >= 0),
    height            INTEGER CHECK (height >= 0),
    format            TEXT,
    generation_prompt TEXT,
    generation_model  TEXT,
    quality_score     REAL CHECK (quality_score >= 0.0 AND quality_score <= 1.0),
    usage_count       INTEGER NOT NULL DEFAULT 0 CHECK (usage_count >= 0),
    tags              TEXT,
    metadata          TEXT,
    timestamp         DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    created_at        DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    last_used_at      DATETIME
);

CREATE TABLE IF NOT EXISTS image_usage (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    image_id     INTEGER NOT NULL,
    video_id     TEXT NOT NULL,
    scene_number INTEGER,
    timestamp    DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    FOREIGN KEY (image_id) REFERENCES image_library(id) ON DELETE CASCADE
);

CREATE TABLE IF NOT EXISTS image_collections (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    name        TEXT NOT NULL UNIQUE,
    description TEXT,
    character   TEXT,
    created_at  DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE IF NOT EXISTS collection_images (
    collection_id INTEGER NOT NULL,
    image_id      INTEGER NOT NULL,
    sort_order    INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (collection_id, image_id),
    FOREIGN KEY (collection_id) REFERENCES image_collections(id) ON DELETE CASCADE,
    FOREIGN KEY (image_id) REFERENCES image_library(id) ON DELETE CASCADE
);

CREATE INDEX IF NOT EXISTS idx_image_library_character ON image_library(character);
CREATE INDEX IF NOT EXISTS idx_image_library_emotion ON image_library(emotion);
CREATE INDEX IF NOT EXISTS idx_image_library_pose ON image_library(pose);
CREATE INDEX IF NOT EXISTS idx_image_library_source ON image_library(source);
CREATE INDEX IF NOT EXISTS idx_image_library_quality ON image_library(quality_score DESC);
CREATE INDEX IF NOT EXISTS idx_image_library_char_emotion ON image_library(character, emotion);
CREATE INDEX IF NOT EXISTS idx_image_usage_image_id ON image_usage(image_id);
CREATE INDEX IF NOT EXISTS idx_image_usage_video_id ON image_usage(video_id);

-- The old trigger takes the wall clock, even for a use that happened earlier. Spool takes the time of the event.
-- To compare last_used_at, drop this trigger and set both columns along with the insert.
CREATE TRIGGER IF NOT EXISTS update_image_usage_stats
AFTER INSERT ON image_usage
FOR EACH ROW
BEGIN
    UPDATE image_library
    SET usage_count = usage_count + 1, last_used_at = CURRENT_TIMESTAMP
    WHERE id = NEW.image_id;
END;
