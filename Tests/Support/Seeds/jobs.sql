-- The lecture system's PostgreSQL tables in SQLite's words, as what the Jobs views are compared with. Rebuilt from the system's
-- database guide. Loading it twice changes nothing.

PRAGMA journal_mode = WAL;
-- This one holds for a connection, not for the file: every program that writes has to set it again.
PRAGMA foreign_keys = ON;

CREATE TABLE IF NOT EXISTS jobs (
    id                      INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id                  VARCHAR(100) NOT NULL UNIQUE,
    user_id                 VARCHAR(100),
    filename                VARCHAR(255) NOT NULL,
    file_size               INTEGER NOT NULL CHECK (file_size >= 0),
    content_type            VARCHAR(100) NOT NULL,
    original_s3_key         VARCHAR(500) NOT NULL,
    compiled_video_s3_key   VARCHAR(500),
    video_duration          REAL CHECK (video_duration >= 0),
    video_metadata          TEXT,
    status                  VARCHAR(20) NOT NULL DEFAULT 'pending'
                            CHECK (status IN ('pending', 'queued', 'running', 'completed', 'failed')),
    error_message           TEXT,
    celery_task_id          VARCHAR(100),
    current_stage           VARCHAR(50) CHECK (current_stage IN (
                                'uploading', 'silence_detection', 'transcription', 'layout_analysis', 'content_analysis',
                                'segmentation', 'compilation', 'complete')),
    progress_percent        REAL NOT NULL DEFAULT 0.0 CHECK (progress_percent BETWEEN 0 AND 100),
    progress_message        VARCHAR(500),
    eta_seconds             INTEGER CHECK (eta_seconds >= 0),
    extra_metadata          TEXT,
    created_at              TEXT NOT NULL,
    updated_at              TEXT NOT NULL,
    completed_at            TEXT
);

CREATE TABLE IF NOT EXISTS transcripts (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    segment_id  VARCHAR(100) NOT NULL UNIQUE,
    job_id      VARCHAR(100) NOT NULL REFERENCES jobs(job_id) ON DELETE CASCADE,
    start_time  REAL NOT NULL CHECK (start_time >= 0),
    end_time    REAL NOT NULL CHECK (end_time >= start_time),
    duration    REAL NOT NULL,
    text        TEXT NOT NULL,
    confidence  REAL CHECK (confidence BETWEEN 0 AND 1),
    speaker_id  VARCHAR(50),
    created_at  TEXT NOT NULL
);

CREATE TABLE IF NOT EXISTS silence_regions (
    id                  INTEGER PRIMARY KEY AUTOINCREMENT,
    region_id           VARCHAR(100) NOT NULL UNIQUE,
    job_id              VARCHAR(100) NOT NULL REFERENCES jobs(job_id) ON DELETE CASCADE,
    start_time          REAL NOT NULL CHECK (start_time >= 0),
    end_time            REAL NOT NULL CHECK (end_time >= start_time),
    duration            REAL NOT NULL,
    silence_type        VARCHAR(20) NOT NULL CHECK (silence_type IN ('audio_silence', 'blank_screen', 'both')),
    amplitude_threshold REAL,
    created_at          TEXT NOT NULL
);

CREATE TABLE IF NOT EXISTS layout_analysis (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    layout_id         VARCHAR(100) NOT NULL UNIQUE,
    job_id            VARCHAR(100) NOT NULL UNIQUE REFERENCES jobs(job_id) ON DELETE CASCADE,
    screen_region     TEXT NOT NULL,
    camera_region     TEXT NOT NULL,
    split_ratio       REAL NOT NULL CHECK (split_ratio BETWEEN 0 AND 1),
    layout_type       VARCHAR(30) NOT NULL,
    confidence_score  REAL CHECK (confidence_score BETWEEN 0 AND 1),
    sample_frame_time REAL CHECK (sample_frame_time >= 0),
    created_at        TEXT NOT NULL
);

CREATE TABLE IF NOT EXISTS content_segments (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    segment_id       VARCHAR(100) NOT NULL UNIQUE,
    job_id           VARCHAR(100) NOT NULL REFERENCES jobs(job_id) ON DELETE CASCADE,
    start_time       REAL NOT NULL CHECK (start_time >= 0),
    end_time         REAL NOT NULL CHECK (end_time >= start_time),
    duration         REAL NOT NULL,
    topic            VARCHAR(200) NOT NULL,
    description      TEXT,
    importance_score REAL NOT NULL CHECK (importance_score BETWEEN 0 AND 1),
    keywords         TEXT NOT NULL,
    concepts         TEXT NOT NULL,
    segment_order    INTEGER NOT NULL,
    created_at       TEXT NOT NULL
);

-- content_segment_id is no foreign key: a clip outlives the analysis that it was cut from.
CREATE TABLE IF NOT EXISTS clips (
    id                 INTEGER PRIMARY KEY AUTOINCREMENT,
    clip_id            VARCHAR(100) NOT NULL UNIQUE,
    job_id             VARCHAR(100) NOT NULL REFERENCES jobs(job_id) ON DELETE CASCADE,
    content_segment_id VARCHAR(100),
    title              VARCHAR(200) NOT NULL,
    topic              VARCHAR(200),
    importance_score   REAL CHECK (importance_score BETWEEN 0 AND 1),
    start_time         REAL NOT NULL CHECK (start_time >= 0),
    end_time           REAL NOT NULL CHECK (end_time >= start_time),
    duration           REAL NOT NULL,
    s3_key             VARCHAR(500) NOT NULL,
    file_size_bytes    INTEGER CHECK (file_size_bytes >= 0),
    thumbnail_s3_key   VARCHAR(500),
    subtitle_s3_key    VARCHAR(500),
    clip_order         INTEGER,
    extra_metadata     TEXT,
    created_at         TEXT NOT NULL
);

CREATE TABLE IF NOT EXISTS processing_logs (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    log_id           VARCHAR(100) NOT NULL UNIQUE,
    job_id           VARCHAR(100) NOT NULL REFERENCES jobs(job_id) ON DELETE CASCADE,
    stage            VARCHAR(50) NOT NULL CHECK (stage IN (
                         'uploading', 'silence_detection', 'transcription', 'layout_analysis', 'content_analysis',
                         'segmentation', 'compilation', 'complete')),
    agent_name       VARCHAR(50),
    status           VARCHAR(20) NOT NULL CHECK (status IN ('started', 'completed', 'failed')),
    duration_seconds REAL CHECK (duration_seconds >= 0),
    error_message    TEXT,
    extra_metadata   TEXT,
    created_at       TEXT NOT NULL
);

CREATE INDEX IF NOT EXISTS ix_jobs_user_id ON jobs(user_id);
CREATE INDEX IF NOT EXISTS ix_jobs_status ON jobs(status);
CREATE INDEX IF NOT EXISTS ix_jobs_celery_task_id ON jobs(celery_task_id);
CREATE INDEX IF NOT EXISTS ix_jobs_created_at ON jobs(created_at);
CREATE INDEX IF NOT EXISTS ix_transcripts_job_id ON transcripts(job_id);
CREATE INDEX IF NOT EXISTS ix_transcripts_start_time ON transcripts(start_time);
CREATE INDEX IF NOT EXISTS ix_silence_regions_job_id ON silence_regions(job_id);
CREATE INDEX IF NOT EXISTS ix_silence_regions_start_time ON silence_regions(start_time);
CREATE INDEX IF NOT EXISTS ix_content_segments_job_id ON content_segments(job_id);
CREATE INDEX IF NOT EXISTS ix_content_segments_start_time ON content_segments(start_time);
CREATE INDEX IF NOT EXISTS ix_content_segments_importance_score ON content_segments(importance_score);
CREATE INDEX IF NOT EXISTS ix_clips_job_id ON clips(job_id);
CREATE INDEX IF NOT EXISTS ix_processing_logs_job_id ON processing_logs(job_id);
CREATE INDEX IF NOT EXISTS ix_processing_logs_stage ON processing_logs(stage);
