// The C floor, LMDB and nothing else:
//   lmdb_floor append FOLDER BATCH   the records of each batch with MDB_APPEND, one commit
//   lmdb_floor scan FOLDER           a cursor over an existing log, each record touched, none checked
//   lmdb_floor get FOLDER            records of an existing log at random positions
//   lmdb_floor index FOLDER          rows of `image_usage` by image, as Spool's view of the image library lays them out
//   lmdb_floor all FOLDER            all rows of `latest_video_metrics` as an array of structures, their texts copied

#include <sys/stat.h>

#include "events.h"
#include "lmdb_check.h"
#include "slices.h"

static MDB_env *environment;
static MDB_dbi tree, index_tree, image_tree;
static long batch = 1;
static uint64_t next;
/// What keeps the compiler from leaving the reads out.
static volatile uint64_t sum;

static double append(long count) {
    static uint8_t bytes[1000 * LARGEST_LINE];
    static size_t lengths[1000];
    Event event;
    double seconds = 0;
    while (count > 0) {
        size_t end = 0;
        for (long place = 0; place < batch; place++) {
            event_make(&event, MIX, next + (uint64_t)place);
            lengths[place] = event_record(&event, next + (uint64_t)place + 1, bytes + end);
            end += lengths[place];
        }
        double start = seconds_now();
        MDB_txn *transaction;
        MDB_cursor *cursor;
        CHECK(mdb_txn_begin(environment, NULL, 0, &transaction));
        CHECK(mdb_cursor_open(transaction, tree, &cursor));
        size_t offset = 0;
        for (long place = 0; place < batch; place++) {
            uint64_t position = ++next;
            MDB_val key = {8, &position}, value = {lengths[place], bytes + offset};
            CHECK(mdb_cursor_put(cursor, &key, &value, MDB_APPEND));
            offset += lengths[place];
        }
        mdb_cursor_close(cursor);
        CHECK(mdb_txn_commit(transaction));
        seconds += seconds_now() - start;
        count -= batch;
    }
    return seconds;
}

/// Up to `count` records from the beginning.
static double scan(long count) {
    double start = seconds_now();
    MDB_txn *transaction;
    MDB_cursor *cursor;
    CHECK(mdb_txn_begin(environment, NULL, MDB_RDONLY, &transaction));
    CHECK(mdb_cursor_open(transaction, tree, &cursor));
    MDB_val key, value;
    uint64_t total = 0;
    long seen = 0;
    int code = mdb_cursor_get(cursor, &key, &value, MDB_FIRST);
    while (code == 0 && seen < count) {
        total += ((uint8_t *)value.mv_data)[value.mv_size - 1] + value.mv_size;
        seen++;
        code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
    }
    sum = total;
    mdb_cursor_close(cursor);
    mdb_txn_abort(transaction);
    REQUIRE(seen == count, "the log has only %ld records", seen);
    return seconds_now() - start;
}

static double get(long count) {
    static uint64_t state = 1;
    MDB_stat stat;
    CHECK(mdb_env_stat(environment, &stat));
    double start = seconds_now();
    for (long place = 0; place < count; place++) {
        MDB_txn *transaction;
        CHECK(mdb_txn_begin(environment, NULL, MDB_RDONLY, &transaction));
        state = state * 6364136223846793005u + 1442695040888963407u;
        uint64_t position = 1 + (state >> 20) % stat.ms_entries;
        MDB_val key = {8, &position}, value;
        CHECK(mdb_get(transaction, tree, &key, &value));
        sum += ((uint8_t *)value.mv_data)[value.mv_size - 1];
        mdb_txn_abort(transaction);
    }
    return seconds_now() - start;
}

/// A number as Spool orders it in keys: how many bytes it has, then those, the highest first.
static size_t ordered(uint64_t number, uint8_t *bytes) {
    int length = 0;
    while (length < 8 && number >> (8 * length)) length++;
    bytes[0] = (uint8_t)(0x14 + length);
    for (int place = 0; place < length; place++) bytes[1 + place] = (uint8_t)(number >> (8 * (length - 1 - place)));
    return 1 + (size_t)length;
}

/// Of each image the entries of the index, and of each entry the row.
static double rows_by_index(long count) {
    static uint64_t state = 1, highest = 0, rows = 0;
    static MDB_txn *transaction;
    static MDB_cursor *cursor;
    MDB_val key, value, row;
    if (!transaction) {
        CHECK(mdb_txn_begin(environment, NULL, MDB_RDONLY, &transaction));
        // Among all images, as the others: some are used by no scene.
        CHECK(mdb_cursor_open(transaction, image_tree, &cursor));
        CHECK(mdb_cursor_get(cursor, &key, &value, MDB_LAST));
        const uint8_t *bytes = key.mv_data;
        for (int place = 0; place < bytes[0] - 0x14; place++) highest = highest << 8 | bytes[1 + place];
        mdb_cursor_close(cursor);
        CHECK(mdb_cursor_open(transaction, index_tree, &cursor));
        mdb_txn_reset(transaction);
    }
    double start = seconds_now();
    for (long place = 0; place < count; place++) {
        CHECK(mdb_txn_renew(transaction));
        CHECK(mdb_cursor_renew(transaction, cursor));
        state = state * 6364136223846793005u + 1442695040888963407u;
        uint8_t wanted[9];
        size_t length = ordered(1 + (state >> 20) % highest, wanted);
        key = (MDB_val){length, wanted};
        int code = mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE);
        while (code == 0 && key.mv_size > length && memcmp(key.mv_data, wanted, length) == 0) {
            MDB_val primary = {key.mv_size - length, (uint8_t *)key.mv_data + length};
            CHECK(mdb_get(transaction, tree, &primary, &row));
            sum += ((uint8_t *)row.mv_data)[row.mv_size - 1];
            rows++;
            code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
        }
        mdb_txn_reset(transaction);
    }
    double seconds = seconds_now() - start;
    REQUIRE(rows > 0, "no image has a row: the view is laid out in another way");
    return seconds;
}

enum { METRICS_COLUMNS = 15, INLINE_TEXT = 15 };

/// A value of a row, of its own: a short text within, another one elsewhere.
typedef struct {
    union {
        int64_t integer;
        double real;
        struct {
            char *start;
            size_t length;
        } text;
        char inline_text[INLINE_TEXT];
    };
    uint8_t type;
} Value;

typedef struct {
    Value values[METRICS_COLUMNS];
} Metrics;

/// Returns the bytes behind a value of a serial type as SQLite's records have them.
static const uint8_t *read_value(uint8_t type, const uint8_t *bytes, Value *value) {
    static const size_t lengths[] = {0, 1, 2, 3, 4, 6, 8, 8, 0, 0};
    value->type = type;
    if (type >= 12) {
        size_t length = (type - 12u) / 2;
        if (length <= INLINE_TEXT) {
            memcpy(value->inline_text, bytes, length);
        } else {
            value->text.start = malloc(length);
            REQUIRE(value->text.start, "no memory");
            memcpy(value->text.start, bytes, length);
            value->text.length = length;
        }
        return bytes + length;
    }
    size_t length = lengths[type % 10];
    uint64_t number = type == 9;
    memcpy(&number, bytes, length);
    // Shifted up and down again for its sign.
    int unused = length > 0 && length < 8 ? 64 - 8 * (int)length : 0;
    value->integer = (int64_t)(number << unused) >> unused;
    return bytes + length;
}

static double all_rows(long count) {
    double seconds = 0;
    for (long turn = 0; turn < count; turn++) {
        double start = seconds_now();
        MDB_txn *transaction;
        MDB_cursor *cursor;
        MDB_stat stat;
        MDB_val key, row;
        CHECK(mdb_txn_begin(environment, NULL, MDB_RDONLY, &transaction));
        CHECK(mdb_stat(transaction, tree, &stat));
        CHECK(mdb_cursor_open(transaction, tree, &cursor));
        Metrics *metrics = malloc((stat.ms_entries + 1) * sizeof *metrics);
        REQUIRE(metrics, "no memory");
        size_t rows = 0;
        int code = mdb_cursor_get(cursor, &key, &row, MDB_FIRST);
        while (code == 0 && rows < stat.ms_entries) {
            REQUIRE(row.mv_size >= METRICS_COLUMNS, "a row of fewer columns: the view is laid out in another way");
            const uint8_t *types = row.mv_data, *bytes = types + METRICS_COLUMNS, *end = types + row.mv_size;
            for (int column = 0; column < METRICS_COLUMNS && bytes <= end; column++) {
                REQUIRE(types[column] < 128, "a text of over 57 bytes");
                bytes = read_value(types[column], bytes, &metrics[rows].values[column]);
            }
            REQUIRE(bytes == end, "a row of another kind: the view is laid out in another way");
            rows++;
            code = mdb_cursor_get(cursor, &key, &row, MDB_NEXT);
        }
        mdb_cursor_close(cursor);
        mdb_txn_abort(transaction);
        REQUIRE(rows > 0, "there are no rows");
        for (size_t place = 0; place < rows; place++) {
            for (int column = 0; column < METRICS_COLUMNS; column++) {
                Value *value = &metrics[place].values[column];
                sum += (uint8_t)value->inline_text[0];
                if (value->type >= 12 && (value->type - 12) / 2 > INLINE_TEXT) free(value->text.start);
            }
        }
        free(metrics);
        seconds += seconds_now() - start;
    }
    return seconds;
}

int main(int count, char **arguments) {
    REQUIRE(count >= 3, "usage: lmdb_floor append FOLDER BATCH | scan FOLDER | get FOLDER | index FOLDER | all FOLDER");
    int writes = strcmp(arguments[1], "append") == 0, is_view = strcmp(arguments[1], "index") == 0;
    int is_all = strcmp(arguments[1], "all") == 0;
    if (writes) {
        batch = atol(arguments[3]);
        mkdir(arguments[2], 0700);
    }
    CHECK(mdb_env_create(&environment));
    CHECK(mdb_env_set_mapsize(environment, (size_t)1 << 40));
    CHECK(mdb_env_set_maxdbs(environment, 3));
    CHECK(mdb_env_open(environment, arguments[2], writes ? 0 : MDB_RDONLY, 0600));
    MDB_txn *transaction;
    CHECK(mdb_txn_begin(environment, NULL, writes ? 0 : MDB_RDONLY, &transaction));
    if (is_view) {
        CHECK(mdb_dbi_open(transaction, "image_library", 0, &image_tree));
        CHECK(mdb_dbi_open(transaction, "image_usage", 0, &tree));
        CHECK(mdb_dbi_open(transaction, "image_usage.idx_image_usage_image_id", 0, &index_tree));
    } else if (is_all) {
        CHECK(mdb_dbi_open(transaction, "latest_video_metrics", 0, &tree));
    } else {
        CHECK(mdb_dbi_open(transaction, NULL, writes ? MDB_INTEGERKEY | MDB_CREATE : MDB_INTEGERKEY, &tree));
    }
    CHECK(mdb_txn_commit(transaction));
    if (is_view) return serve_slices(rows_by_index);
    if (is_all) return serve_slices(all_rows);
    return serve_slices(writes ? append : strcmp(arguments[1], "scan") == 0 ? scan : get);
}
