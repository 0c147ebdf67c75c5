// What changes at random places cost LMDB, and nothing else: of snapshots, the entries of the three trees of the view of metrics in which they
// may lie anywhere. Without the row itself, the other indexes, a rule, or the index of the log. Sorted, as many to a commit as Spool gathers,
// not flushed. The sorting is not timed, nor is taking new entries out again, after which the trees are as large as before:
//   lmdb_puts VIEW      a copy of a store's views/metrics@1, which is of no use afterwards

#include <stdint.h>

#include "lmdb_check.h"
#include "slices.h"

enum { MOST = 16384, LEAST = 3072, LARGE_FILE = 128 << 20, LONGEST_KEY = 512 };

typedef struct {
    uint8_t bytes[LONGEST_KEY];
    size_t length;
    MDB_val value;
} Entry;

typedef struct {
    MDB_dbi tree;
    /// Of entries that are there: those that are written again, or beside which new ones are put.
    MDB_val *keys, *values;
    size_t count;
    Entry entries[MOST];
} Tree;

/// The rows of `latest_video_metrics`, which are written again; the index of engagement; the unique index, where a new entry lies behind those of
/// its video and platform.
static Tree latest, engagement, snapshots;
static Tree *const trees[] = {&latest, &engagement, &snapshots};
enum { TREES = 3 };

static MDB_env *environment;
static long commit_length;

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

static void keep(Tree *tree, size_t most, MDB_val key, MDB_val value) {
    if (!tree->keys) {
        tree->keys = calloc(most, sizeof *tree->keys);
        tree->values = calloc(most, sizeof *tree->values);
    }
    REQUIRE(tree->keys && tree->values && tree->count < most, "no room for another key");
    REQUIRE(key.mv_size >= 4 && key.mv_size <= LONGEST_KEY, "a key of %zu bytes", key.mv_size);
    tree->keys[tree->count] = copy_of(key);
    tree->values[tree->count++] = copy_of(value);
}

/// One entry a page, or each of them.
static void sample(MDB_txn *transaction, Tree *tree, int all) {
    MDB_stat stat;
    MDB_cursor *cursor;
    MDB_val key, value;
    CHECK(mdb_stat(transaction, tree->tree, &stat));
    REQUIRE(stat.ms_entries > 0, "a tree has no entries");
    size_t step = all ? 1 : stat.ms_entries / stat.ms_leaf_pages, place = 0;
    CHECK(mdb_cursor_open(transaction, tree->tree, &cursor));
    for (int code = mdb_cursor_get(cursor, &key, &value, MDB_FIRST); code == 0; code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT))
        if (place++ % step == 0) keep(tree, stat.ms_entries, key, value);
    mdb_cursor_close(cursor);
}

/// Of each video and platform the last entry: its key begins with that of the row in `latest`.
static void sample_ends(MDB_txn *transaction, Tree *tree) {
    MDB_cursor *cursor;
    CHECK(mdb_cursor_open(transaction, tree->tree, &cursor));
    for (size_t place = 0; place < latest.count; place++) {
        uint8_t behind[LONGEST_KEY + 1];
        size_t length = latest.keys[place].mv_size;
        memcpy(behind, latest.keys[place].mv_data, length);
        behind[length] = 0xFF;
        MDB_val key = {length + 1, behind}, value;
        int others = mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE) == 0;
        CHECK(mdb_cursor_get(cursor, &key, &value, others ? MDB_PREV : MDB_LAST));
        REQUIRE(key.mv_size > length && memcmp(key.mv_data, behind, length) == 0, "a row has no snapshot: the view is laid out in another way");
        keep(tree, latest.count, key, value);
    }
    mdb_cursor_close(cursor);
}

static int in_order(const void *one, const void *other) {
    const Entry *left = one, *right = other;
    size_t shorter = left->length < right->length ? left->length : right->length;
    int order = memcmp(left->bytes, right->bytes, shorter);
    return order ? order : (left->length > right->length) - (left->length < right->length);
}

/// A row that is there, or an entry beside one that is there: longer, so that it is none itself.
static void make(const Tree *tree, Entry *entry) {
    size_t place = random_number() % tree->count;
    entry->length = tree->keys[place].mv_size;
    entry->value = tree->values[place];
    memcpy(entry->bytes, tree->keys[place].mv_data, entry->length);
    if (tree == &latest) return;
    uint64_t number = random_number();
    memcpy(entry->bytes + entry->length, &number, 3);
    entry->length += 3;
}

static void change(Tree *tree, MDB_txn *transaction, long length, int removes) {
    MDB_cursor *cursor;
    CHECK(mdb_cursor_open(transaction, tree->tree, &cursor));
    for (Entry *entry = tree->entries; entry < tree->entries + length; entry++) {
        MDB_val key = {entry->length, entry->bytes}, value;
        if (!removes) {
            CHECK(mdb_cursor_put(cursor, &key, &entry->value, 0));
        } else if (mdb_cursor_get(cursor, &key, &value, MDB_SET) == 0) {
            // Two of them may have been the same.
            CHECK(mdb_cursor_del(cursor, 0));
        }
    }
    mdb_cursor_close(cursor);
}

static double put(long count) {
    double seconds = 0;
    for (; count > 0; count -= commit_length) {
        long length = count < commit_length ? count : commit_length;
        for (int tree = 0; tree < TREES; tree++) {
            for (long place = 0; place < length; place++) make(trees[tree], &trees[tree]->entries[place]);
            qsort(trees[tree]->entries, (size_t)length, sizeof(Entry), in_order);
        }
        double start = seconds_now();
        MDB_txn *transaction;
        CHECK(mdb_txn_begin(environment, NULL, 0, &transaction));
        for (int tree = 0; tree < TREES; tree++) change(trees[tree], transaction, length, 0);
        CHECK(mdb_txn_commit(transaction));
        seconds += seconds_now() - start;
        CHECK(mdb_txn_begin(environment, NULL, 0, &transaction));
        for (int tree = 1; tree < TREES; tree++) change(trees[tree], transaction, length, 1);
        CHECK(mdb_txn_commit(transaction));
    }
    return seconds;
}

int main(int count, char **arguments) {
    REQUIRE(count == 2, "usage: lmdb_puts VIEW");
    CHECK(mdb_env_create(&environment));
    CHECK(mdb_env_set_mapsize(environment, (size_t)1 << 40));
    CHECK(mdb_env_set_maxdbs(environment, TREES));
    CHECK(mdb_env_open(environment, arguments[1], MDB_NOSYNC, 0600));
    MDB_envinfo info;
    MDB_stat stat;
    CHECK(mdb_env_info(environment, &info));
    CHECK(mdb_env_stat(environment, &stat));
    // As `WriteBehind` has it.
    size_t size = (info.me_last_pgno + 1) * stat.ms_psize;
    commit_length = size <= LARGE_FILE ? MOST : (long)(MOST * (size_t)LARGE_FILE / size);
    if (commit_length < LEAST) commit_length = LEAST;
    MDB_txn *transaction;
    CHECK(mdb_txn_begin(environment, NULL, 0, &transaction));
    CHECK(mdb_dbi_open(transaction, "latest_video_metrics", 0, &latest.tree));
    CHECK(mdb_dbi_open(transaction, "video_metrics.idx_video_metrics_engagement", 0, &engagement.tree));
    CHECK(mdb_dbi_open(transaction, "video_metrics.unique_video_metrics_video_id_platform_timestamp", 0, &snapshots.tree));
    sample(transaction, &latest, 1);
    sample(transaction, &engagement, 0);
    sample_ends(transaction, &snapshots);
    CHECK(mdb_txn_commit(transaction));
    return serve_slices(put);
}
