// Group commit with LMDB and nothing else: threads that each wait for their own record, and one that puts on disk what is waiting, with one
// commit for all. It checks nothing and keeps no index:
//   lmdb_callers FOLDER CALLERS

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <sys/stat.h>

#include "events.h"
#include "lmdb_check.h"
#include "slices.h"

enum { MOST_CALLERS = 256 };

static MDB_env *environment;
static MDB_dbi tree;
static uint64_t stored;

static long caller_count, record_count;
static uint8_t *records;
static size_t *ends;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static sem_t some_are_waiting, is_stored[MOST_CALLERS];
/// Numbers of records.
static long waiting[MOST_CALLERS];
static long waiting_count;

static void *call(void *argument) {
    long caller = (long)argument;
    for (long record = caller; record < record_count; record += caller_count) {
        pthread_mutex_lock(&lock);
        waiting[waiting_count++] = record;
        int is_first = waiting_count == 1;
        pthread_mutex_unlock(&lock);
        if (is_first) sem_post(&some_are_waiting);
        sem_wait(&is_stored[caller]);
    }
    return NULL;
}

/// Waits for all callers, or for a quarter of what the last commit took: one commit for all is sooner done than two.
static long gather(long *group, long left, double last_commit) {
    sem_wait(&some_are_waiting);
    double until = seconds_now() + last_commit / 4;
    for (;;) {
        pthread_mutex_lock(&lock);
        if (waiting_count >= caller_count || waiting_count >= left || seconds_now() > until) break;
        pthread_mutex_unlock(&lock);
        sched_yield();
    }
    long count = waiting_count;
    memcpy(group, waiting, (size_t)count * sizeof *group);
    waiting_count = 0;
    pthread_mutex_unlock(&lock);
    return count;
}

static void commit(const long *group, long count) {
    MDB_txn *transaction;
    MDB_cursor *cursor;
    CHECK(mdb_txn_begin(environment, NULL, 0, &transaction));
    CHECK(mdb_cursor_open(transaction, tree, &cursor));
    for (long place = 0; place < count; place++) {
        uint64_t position = ++stored;
        size_t start = group[place] ? ends[group[place] - 1] : 0;
        MDB_val key = {8, &position}, value = {ends[group[place]] - start, records + start};
        CHECK(mdb_cursor_put(cursor, &key, &value, MDB_APPEND));
    }
    mdb_cursor_close(cursor);
    CHECK(mdb_txn_commit(transaction));
}

static double append(long count) {
    record_count = count;
    records = malloc((size_t)count * LARGEST_LINE);
    ends = malloc((size_t)count * sizeof *ends);
    REQUIRE(records && ends, "no memory");
    Event event;
    size_t end = 0;
    for (long place = 0; place < count; place++) {
        event_make(&event, MIX, stored + (uint64_t)place);
        end += event_record(&event, stored + (uint64_t)place + 1, records + end);
        ends[place] = end;
    }
    pthread_t callers[MOST_CALLERS];
    long group[MOST_CALLERS];
    double start = seconds_now(), last_commit = 0;
    for (long caller = 0; caller < caller_count; caller++)
        REQUIRE(pthread_create(&callers[caller], NULL, call, (void *)caller) == 0, "no thread");
    for (long done = 0; done < count;) {
        long group_count = gather(group, count - done, last_commit);
        double began = seconds_now();
        commit(group, group_count);
        last_commit = seconds_now() - began;
        for (long place = 0; place < group_count; place++) sem_post(&is_stored[group[place] % caller_count]);
        done += group_count;
    }
    for (long caller = 0; caller < caller_count; caller++) pthread_join(callers[caller], NULL);
    double seconds = seconds_now() - start;
    free(records);
    free(ends);
    return seconds;
}

int main(int count, char **arguments) {
    REQUIRE(count == 3, "usage: lmdb_callers FOLDER CALLERS");
    caller_count = atol(arguments[2]);
    REQUIRE(caller_count >= 1 && caller_count <= MOST_CALLERS, "1 to %d callers", MOST_CALLERS);
    sem_init(&some_are_waiting, 0, 0);
    for (long caller = 0; caller < caller_count; caller++) sem_init(&is_stored[caller], 0, 0);
    mkdir(arguments[1], 0700);
    CHECK(mdb_env_create(&environment));
    CHECK(mdb_env_set_mapsize(environment, (size_t)1 << 40));
    CHECK(mdb_env_open(environment, arguments[1], 0, 0600));
    MDB_txn *transaction;
    CHECK(mdb_txn_begin(environment, NULL, 0, &transaction));
    CHECK(mdb_dbi_open(transaction, NULL, MDB_INTEGERKEY | MDB_CREATE, &tree));
    CHECK(mdb_txn_commit(transaction));
    return serve_slices(append);
}
