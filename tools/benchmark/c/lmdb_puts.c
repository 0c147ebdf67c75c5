// What changes at random places cost LMDB, and nothing else: of snapshots, the entries of the three trees of the view of metrics in which they
// may lie anywhere. Without the row itself, the other indexes, a rule, or the index of the log. Sorted, many to a commit, not flushed, as Spool
// writes them; the sorting is not timed:
//   lmdb_puts VIEW      a copy of a store's views/metrics@1, which is of no use afterwards

#include <stdint.h>

#include "lmdb_check.h"
#include "slices.h"

enum { COMMIT = 2000, LONGEST_KEY = 512 };

typedef struct {
    const char *name;
    /// Whether rows that are there are written again; otherwise new entries beside those that are there.
    int rewrites;
    MDB_dbi tree;
    /// Of one entry a page, or of all where they are written again.
    MDB_val *keys, *values;
    size_t count;
} Tree;

static Tree trees[] = {
    {.name = "latest_video_metrics", .rewrites = 1},
    {.name = "video_metrics.idx_video_metrics_engagement"},
    {.name = "video_metrics.unique_video_metrics_video_id_platform_timestamp"},
};
enum { TREES = sizeof trees / sizeof *trees };

static MDB_env *environment;

static uint64_t random_number(void) {
    static uint64_t state = 1;
    state = state * 6364136223846793005u + 1442695040888963407u;
    return state >> 20;
}

static MDB_val copy_of(MDB_val bytes) {
    MDB_val copy = {bytes.mv_size, malloc(bytes.mv_size + 1)};
    REQUIRE(copy.mv_data, "no memory");
    memcpy(copy.mv_data, bytes.mv_data, bytes.mv_size);
    return copy;
}

static void sample(MDB_txn *transaction, Tree *tree) {
    MDB_stat stat;
    MDB_cursor *cursor;
    MDB_val key, value;
    CHECK(mdb_stat(transaction, tree->tree, &stat));
    REQUIRE(stat.ms_entries > 0, "%s has no entries", tree->name);
    size_t step = tree->rewrites ? 1 : stat.ms_entries / stat.ms_leaf_pages, place = 0;
    tree->keys = calloc(stat.ms_entries / step + 1, sizeof *tree->keys);
    tree->values = calloc(stat.ms_entries / step + 1, sizeof *tree->values);
    REQUIRE(tree->keys && tree->values, "no memory");
    CHECK(mdb_cursor_open(transaction, tree->tree, &cursor));
    for (int code = mdb_cursor_get(cursor, &key, &value, MDB_FIRST); code == 0; code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) {
        if (place++ % step) continue;
        REQUIRE(key.mv_size >= 4 && key.mv_size <= LONGEST_KEY, "%s has a key of %zu bytes", tree->name, key.mv_size);
        tree->keys[tree->count] = copy_of(key);
        tree->values[tree->count++] = copy_of(value);
    }
    mdb_cursor_close(cursor);
}

typedef struct {
    uint8_t bytes[LONGEST_KEY];
    size_t length;
    MDB_val value;
} Entry;

static int in_order(const void *one, const void *other) {
    const Entry *left = one, *right = other;
    size_t shorter = left->length < right->length ? left->length : right->length;
    int order = memcmp(left->bytes, right->bytes, shorter);
    return order ? order : (left->length > right->length) - (left->length < right->length);
}

/// A row that is there, or an entry that differs from one that is there in its last bytes.
static void make(const Tree *tree, Entry *entry) {
    size_t place = random_number() % tree->count;
    entry->length = tree->keys[place].mv_size;
    entry->value = tree->values[place];
    memcpy(entry->bytes, tree->keys[place].mv_data, entry->length);
    if (tree->rewrites) return;
    uint64_t number = random_number();
    memcpy(entry->bytes + entry->length - 3, &number, 3);
}

static double put(long count) {
    static Entry entries[TREES][COMMIT];
    double seconds = 0;
    for (; count > 0; count -= COMMIT) {
        long length = count < COMMIT ? count : COMMIT;
        for (int tree = 0; tree < TREES; tree++) {
            for (long place = 0; place < length; place++) make(&trees[tree], &entries[tree][place]);
            qsort(entries[tree], (size_t)length, sizeof(Entry), in_order);
        }
        double start = seconds_now();
        MDB_txn *transaction;
        CHECK(mdb_txn_begin(environment, NULL, 0, &transaction));
        for (int tree = 0; tree < TREES; tree++) {
            MDB_cursor *cursor;
            CHECK(mdb_cursor_open(transaction, trees[tree].tree, &cursor));
            for (Entry *entry = entries[tree]; entry < entries[tree] + length; entry++) {
                MDB_val key = {entry->length, entry->bytes};
                CHECK(mdb_cursor_put(cursor, &key, &entry->value, 0));
            }
            mdb_cursor_close(cursor);
        }
        CHECK(mdb_txn_commit(transaction));
        seconds += seconds_now() - start;
    }
    return seconds;
}

int main(int count, char **arguments) {
    REQUIRE(count == 2, "usage: lmdb_puts VIEW");
    CHECK(mdb_env_create(&environment));
    CHECK(mdb_env_set_mapsize(environment, (size_t)1 << 40));
    CHECK(mdb_env_set_maxdbs(environment, TREES));
    CHECK(mdb_env_open(environment, arguments[1], MDB_NOSYNC, 0600));
    MDB_txn *transaction;
    CHECK(mdb_txn_begin(environment, NULL, 0, &transaction));
    for (int tree = 0; tree < TREES; tree++) {
        CHECK(mdb_dbi_open(transaction, trees[tree].name, 0, &trees[tree].tree));
        sample(transaction, &trees[tree]);
    }
    CHECK(mdb_txn_commit(transaction));
    return serve_slices(put);
}
