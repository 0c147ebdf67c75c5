-- trends.db of Excuse My French: trending topics and search history.
-- Rebuilt from the system's database guide, as what the Trends views are compared with. Loading it twice changes nothing.

PRAGMA journal_mode = WAL;

CREATE TABLE IF NOT EXISTS trending_topics (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    topic           TEXT NOT NULL,
    source          TEXT NOT NULL,
    timestamp       DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    relevance_score REAL NOT NULL DEFAULT 0.0 CHECK (relevance_score >= 0.0 AND relevance_score <= 1.0),
    used_flag       INTEGER NOT NULL DEFAULT 0 CHECK (used_flag IN (0, 1)),
    category        TEXT,
    metadata        TEXT,
    created_at      DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at      DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE IF NOT EXISTS search_history (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    query        TEXT NOT NULL,
    source       TEXT NOT NULL,
    result_count INTEGER NOT NULL DEFAULT 0 CHECK (result_count >= 0),
    timestamp    DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE INDEX IF NOT EXISTS idx_trending_topics_timestamp ON trending_topics(timestamp DESC);
CREATE INDEX IF NOT EXISTS idx_trending_topics_used_flag ON trending_topics(used_flag);
CREATE INDEX IF NOT EXISTS idx_trending_topics_source ON trending_topics(source);
CREATE INDEX IF NOT EXISTS idx_trending_topics_relevance ON trending_topics(relevance_score DESC);
CREATE INDEX IF NOT EXISTS idx_trending_topics_unused_recent ON trending_topics(timestamp DESC) WHERE used_flag = 0;

-- The old trigger takes the wall clock, so updated_at is when SQLite ran the change. Spool takes the time of the event
-- that changed the row. To compare updated_at, drop this trigger and set the column along with the change.
-- The inner UPDATE does not fire the trigger again, because recursive_triggers is off unless somebody turns it on.
CREATE TRIGGER IF NOT EXISTS update_trending_topics_timestamp
AFTER UPDATE ON trending_topics
FOR EACH ROW
BEGIN
    UPDATE trending_topics SET updated_at = CURRENT_TIMESTAMP WHERE id = NEW.id;
END;

-- Not in the old database, which has only the index: the query that idx_trending_topics_unused_recent is for.
-- Topics of one timestamp come in no particular order.
CREATE VIEW IF NOT EXISTS unused_recent_topics AS
SELECT id, topic, source, timestamp, relevance_score, used_flag, category, metadata, created_at, updated_at
FROM trending_topics
WHERE used_flag = 0
ORDER BY timestamp DESC;
