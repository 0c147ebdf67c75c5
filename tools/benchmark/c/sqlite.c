// The old way: SQLite, the seeds' tables with their indexes, constraints and triggers.
//   sqlite append FILE FULL|NORMAL BATCH [EVENTS|SNAPSHOTS]   the facts of each batch in one transaction, 0: of a slice;
//                                                             EVENTS: the events themselves, too; SNAPSHOTS: of that mix
//   sqlite query FILE latest|key|index|unused|best            a query again and again, prepared once, every column read
// FILE has its tables already.

#include <sqlite3.h>

#include "events.h"
#include "slices.h"

static sqlite3 *database;
static sqlite3_stmt *begin, *commit, *event_insert, *query;
static sqlite3_stmt *statements[IMAGE_USED + 1];
static long batch;
static EventMix mix = MIX;
static uint64_t next;
static const char *wanted = "";
static volatile long sum;

static const char *const changes[] = {
    [VIDEO_REGISTERED] = "INSERT INTO video_metadata (video_id, title, topic, duration_seconds, created_at, posted_at, status, script_path,"
                         " video_path) VALUES (?1, ?2, ?3, ?4, ?5, ?5, 'posted', ?6, ?7)",
    [METRICS_RECORDED] = "INSERT INTO video_metrics (video_id, platform, views, likes, comments, shares, saves, watch_time_seconds,"
                         " engagement_rate, timestamp, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10)",
    [TREND_CAPTURED] = "INSERT INTO trending_topics (topic, source, timestamp, relevance_score, category, metadata)"
                       " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    [TREND_USED] = "UPDATE trending_topics SET used_flag = 1 WHERE id = ?1",
    [TREND_RESCORED] = "UPDATE trending_topics SET relevance_score = ?2 WHERE id = ?1",
    [IMAGE_ADDED] = "INSERT INTO image_library (character, emotion, pose, file_path, source, file_size_bytes, width, height, format,"
                    " generation_prompt, generation_model, quality_score, tags, timestamp)"
                    " VALUES (?1, ?2, ?3, ?4, 'generated', ?5, 1024, 1536, 'png', ?6, 'diffusion-xl-1.0', ?7, ?8, ?9)",
    [IMAGE_USED] = "INSERT INTO image_usage (image_id, video_id, scene_number, timestamp) VALUES (?1, ?2, ?3, ?4)",
};

static sqlite3_stmt *prepare(const char *sql) {
    sqlite3_stmt *statement;
    REQUIRE(sqlite3_prepare_v3(database, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) == SQLITE_OK, "%s: %s", sql,
            sqlite3_errmsg(database));
    return statement;
}

static void run(sqlite3_stmt *statement) {
    REQUIRE(sqlite3_step(statement) == SQLITE_DONE, "%s", sqlite3_errmsg(database));
    sqlite3_reset(statement);
}

static void execute(const char *sql) {
    REQUIRE(sqlite3_exec(database, sql, NULL, NULL, NULL) == SQLITE_OK, "%s: %s", sql, sqlite3_errmsg(database));
}

static void text(sqlite3_stmt *statement, int place, const char *value) {
    sqlite3_bind_text(statement, place, value, -1, SQLITE_STATIC);
}

static void apply(const Event *event) {
    sqlite3_stmt *change = statements[event->kind];
    switch (event->kind) {
        case VIDEO_REGISTERED: {
            char script[64], video[64];
            snprintf(script, sizeof script, "/media/scripts/%s.md", event->video_id);
            snprintf(video, sizeof video, "/media/videos/%s.mp4", event->video_id);
            text(change, 1, event->video_id);
            text(change, 2, event->title);
            text(change, 3, event->topic);
            sqlite3_bind_double(change, 4, event->duration_seconds);
            text(change, 5, event->sql_time);
            text(change, 6, script);
            text(change, 7, video);
            run(change);
            return;
        }
        case METRICS_RECORDED: {
            const int64_t counters[] = {event->views,  event->likes, event->comments,
                                        event->shares, event->saves, event->watch_time_seconds};
            text(change, 1, event->video_id);
            text(change, 2, event->platform);
            for (int place = 0; place < 6; place++) sqlite3_bind_int64(change, 3 + place, counters[place]);
            sqlite3_bind_double(change, 9, event->engagement_rate);
            text(change, 10, event->sql_time);
            break;
        }
        case TREND_CAPTURED:
            text(change, 1, event->topic);
            text(change, 2, event->platform);
            text(change, 3, event->sql_time);
            sqlite3_bind_double(change, 4, event->relevance_score);
            text(change, 5, event->category);
            text(change, 6, event->metadata);
            break;
        case TREND_USED: sqlite3_bind_int64(change, 1, event->row); break;
        case TREND_RESCORED:
            sqlite3_bind_int64(change, 1, event->row);
            sqlite3_bind_double(change, 2, event->relevance_score);
            break;
        case IMAGE_ADDED: {
            const char *const texts[] = {event->character, event->emotion, event->pose, event->file_path};
            for (int place = 0; place < 4; place++) text(change, 1 + place, texts[place]);
            sqlite3_bind_int64(change, 5, event->file_size_bytes);
            text(change, 6, event->prompt);
            sqlite3_bind_double(change, 7, event->quality_score);
            text(change, 8, event->image_tags);
            text(change, 9, event->sql_time);
            break;
        }
        case IMAGE_USED:
            sqlite3_bind_int64(change, 1, event->image_id);
            text(change, 2, event->video_id);
            sqlite3_bind_int64(change, 3, event->scene_number);
            text(change, 4, event->sql_time);
            break;
    }
    run(change);
}

static void keep(const Event *event) {
    const char *const texts[] = {event->type, event->id, event->source, event->subject, event->tags, event->rows, event->sql_time};
    for (int place = 0; place < 7; place++) text(event_insert, 1 + place, texts[place]);
    sqlite3_bind_text(event_insert, 8, event->data, (int)event->data_length, SQLITE_STATIC);
    run(event_insert);
}

static double append(long count) {
    static Event events[1000];
    double seconds = 0;
    long each = batch ? batch : count, done = 0;
    while (done < count) {
        for (long left = each; left > 0;) {
            long chunk = left < 1000 ? left : 1000;
            for (long place = 0; place < chunk; place++) event_make(&events[place], mix, next++);
            double start = seconds_now();
            if (left == each) run(begin);
            for (long place = 0; place < chunk; place++) {
                apply(&events[place]);
                if (event_insert) keep(&events[place]);
            }
            left -= chunk;
            if (left == 0) run(commit);
            seconds += seconds_now() - start;
        }
        done += each;
    }
    return seconds;
}

static double ask(long count) {
    static const char *const emotions[] = {"happy", "sad", "angry", "surprised"};
    static uint64_t state = 1;
    double start = seconds_now();
    for (long place = 0; place < count; place++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        uint64_t chance = state >> 33;
        if (strcmp(wanted, "key") == 0) sqlite3_bind_int64(query, 1, (int64_t)(1 + chance % (uint64_t)batch));
        if (strcmp(wanted, "index") == 0) sqlite3_bind_int64(query, 1, (int64_t)(1 + chance % (uint64_t)batch));
        if (strcmp(wanted, "best") == 0) {
            text(query, 1, chance & 1 ? "nutsy" : "butcher");
            text(query, 2, emotions[chance >> 1 & 3]);
        }
        int code;
        while ((code = sqlite3_step(query)) == SQLITE_ROW) {
            for (int column = 0; column < sqlite3_column_count(query); column++) {
                switch (sqlite3_column_type(query, column)) {
                    case SQLITE_INTEGER: sum += sqlite3_column_int64(query, column); break;
                    case SQLITE_FLOAT: sum += (long)sqlite3_column_double(query, column); break;
                    case SQLITE_NULL: break;
                    default: sum += sqlite3_column_text(query, column)[0];
                }
            }
        }
        REQUIRE(code == SQLITE_DONE, "%s", sqlite3_errmsg(database));
        sqlite3_reset(query);
    }
    return seconds_now() - start;
}

static void prepare_query(void) {
    static const char *const queries[][2] = {
        {"latest", "SELECT * FROM latest_video_metrics"},
        {"key", "SELECT * FROM video_metrics WHERE id = ?"},
        {"index", "SELECT * FROM image_usage WHERE image_id = ?"},
        {"unused",
         "SELECT id, topic, source, relevance_score FROM trending_topics WHERE used_flag = 0 ORDER BY relevance_score DESC LIMIT 5"},
        {"best", "SELECT id, file_path, usage_count, quality_score FROM image_library WHERE character = ? AND emotion = ?"
                 " ORDER BY usage_count ASC, quality_score DESC LIMIT 1"},
    };
    for (size_t place = 0; place < sizeof queries / sizeof *queries; place++)
        if (strcmp(wanted, queries[place][0]) == 0) query = prepare(queries[place][1]);
    REQUIRE(query, "no query %s", wanted);
    // Keys are drawn from the rows there are.
    sqlite3_stmt *highest = prepare(strcmp(wanted, "index") == 0 ? "SELECT max(id) FROM image_library" : "SELECT max(id) FROM video_metrics");
    REQUIRE(sqlite3_step(highest) == SQLITE_ROW, "%s", sqlite3_errmsg(database));
    batch = (long)sqlite3_column_int64(highest, 0);
    sqlite3_finalize(highest);
}

int main(int count, char **arguments) {
    REQUIRE(count >= 3, "usage: sqlite append FILE FULL|NORMAL BATCH [EVENTS|SNAPSHOTS] | query FILE NAME");
    REQUIRE(sqlite3_open_v2(arguments[2], &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK, "%s",
            sqlite3_errmsg(database));
    // As much memory as Spool may take. 256 MiB also for reading through the map.
    execute("PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -262144; PRAGMA temp_store = MEMORY");
    if (strcmp(arguments[1], "query") == 0) {
        REQUIRE(count == 4, "query which?");
        execute("PRAGMA mmap_size = 4294967296");
        wanted = arguments[3];
        prepare_query();
        return serve_slices(ask);
    }
    execute(count > 3 && strcmp(arguments[3], "NORMAL") == 0 ? "PRAGMA synchronous = NORMAL" : "PRAGMA synchronous = FULL");
    if (count > 4) batch = atol(arguments[4]);
    for (EventKind kind = VIDEO_REGISTERED; kind <= IMAGE_USED; kind++) statements[kind] = prepare(changes[kind]);
    begin = prepare("BEGIN IMMEDIATE");
    commit = prepare("COMMIT");
    if (count > 5 && strcmp(arguments[5], "SNAPSHOTS") == 0) mix = SNAPSHOTS;
    if (count > 5 && strcmp(arguments[5], "EVENTS") == 0)
        event_insert = prepare("INSERT INTO events (type, id, source, subject, tags, rows, time, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    return serve_slices(append);
}
