-- metrics.db of Excuse My French: videos and how they do on each platform.
-- Rebuilt from the system's database guide, as what the Metrics views are compared with. Loading it twice changes nothing.

PRAGMA journal_mode = WAL;

-- A snapshot may be of a video that video_metadata does not know, so there is no foreign key between the two.
-- engagement_rate has no default: the scripts calculate it.
CREATE TABLE IF NOT EXISTS video_metrics (
    id                 INTEGER PRIMARY KEY AUTOINCREMENT,
    video_id           TEXT NOT NULL,
    platform           TEXT NOT NULL,
    views              INTEGER NOT NULL DEFAULT 0 CHECK (views >= 0),
    likes              INTEGER NOT NULL DEFAULT 0 CHECK (likes >= 0),
    comments           INTEGER NOT NULL DEFAULT 0 CHECK (comments >= 0),
    shares             INTEGER NOT NULL DEFAULT 0 CHECK (shares >= 0),
    saves              INTEGER NOT NULL DEFAULT 0 CHECK (saves >= 0),
    watch_time_seconds INTEGER NOT NULL DEFAULT 0 CHECK (watch_time_seconds >= 0),
    engagement_rate    REAL CHECK (engagement_rate >= 0.0 AND engagement_rate <= 1.0),
    timestamp          DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    created_at         DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    UNIQUE (video_id, platform, timestamp)
);

CREATE TABLE IF NOT EXISTS video_metadata (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    video_id         TEXT NOT NULL UNIQUE,
    title            TEXT,
    description      TEXT,
    topic            TEXT,
    script_path      TEXT,
    audio_path       TEXT,
    video_path       TEXT,
    duration_seconds REAL CHECK (duration_seconds >= 0),
    created_at       DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    posted_at        DATETIME,
    status           TEXT NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'rendered', 'posted', 'archived'))
);

CREATE INDEX IF NOT EXISTS idx_video_metrics_video_id ON video_metrics(video_id);
CREATE INDEX IF NOT EXISTS idx_video_metrics_platform ON video_metrics(platform);
CREATE INDEX IF NOT EXISTS idx_video_metrics_timestamp ON video_metrics(timestamp DESC);
CREATE INDEX IF NOT EXISTS idx_video_metrics_engagement ON video_metrics(engagement_rate DESC);
CREATE INDEX IF NOT EXISTS idx_video_metadata_status ON video_metadata(status);
CREATE INDEX IF NOT EXISTS idx_video_metadata_topic ON video_metadata(topic);
CREATE INDEX IF NOT EXISTS idx_video_metadata_created ON video_metadata(created_at DESC);

-- The newest snapshot by its own timestamp, not by when it was stored.
CREATE VIEW IF NOT EXISTS latest_video_metrics AS
SELECT
    vm.id, vm.video_id, vm.platform,
    vm.views, vm.likes, vm.comments, vm.shares, vm.saves, vm.watch_time_seconds, vm.engagement_rate,
    vm.timestamp, vm.created_at,
    md.title, md.topic, md.duration_seconds
FROM video_metrics AS vm
INNER JOIN (
    SELECT video_id, platform, MAX(timestamp) AS latest_timestamp
    FROM video_metrics
    GROUP BY video_id, platform
) AS latest
    ON latest.video_id = vm.video_id
    AND latest.platform = vm.platform
    AND latest.latest_timestamp = vm.timestamp
LEFT JOIN video_metadata AS md ON md.video_id = vm.video_id;
