#define _GNU_SOURCE
#include "CLinuxLock.h"
#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <time.h>

static const uint64_t made = 0x53504F4F4C4C4B31;
static const uint64_t noted = 0x53504F4F4C4E5431;

struct slot {
    int32_t process;
    uint64_t snapshot;
    int64_t since;
};

struct page {
    uint64_t made;
    struct slot holder;
    pthread_mutex_t mutex;
    struct slot readers[spool_reader_slots];
    // Last, where earlier versions have nothing, and within one sector.
    struct {
        uint64_t noted, boot, flushed, careful;
    } note;
};

_Static_assert(sizeof(struct page) <= spool_page_size, "a lock fits a page");
_Static_assert(offsetof(struct page, note) / 512 == (sizeof(struct page) - 1) / 512, "the note lies within a sector");

static int64_t nanoseconds(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t spool_now(void) { return nanoseconds(CLOCK_MONOTONIC); }

int spool_lock_make(void *memory) {
    struct page *page = memory;
    pthread_mutexattr_t attributes;
    int code = pthread_mutexattr_init(&attributes);
    if (code == 0) code = pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    if (code == 0) code = pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    if (code == 0) code = pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK);
    if (code == 0) code = pthread_mutex_init(&page->mutex, &attributes);
    pthread_mutexattr_destroy(&attributes);
    if (code == 0) __atomic_store_n(&page->made, made, __ATOMIC_RELEASE);
    return code;
}

int spool_lock_is_made(const void *memory) {
    const struct page *page = memory;
    return __atomic_load_n(&page->made, __ATOMIC_ACQUIRE) == made;
}

static void set(struct slot *slot, int32_t process, uint64_t snapshot) {
    // For people, to whom 10 ms too early are no matter. The exact clock takes 2 % of reading a row by its key.
    __atomic_store_n(&slot->since, nanoseconds(CLOCK_MONOTONIC_COARSE), __ATOMIC_RELAXED);
    __atomic_store_n(&slot->snapshot, snapshot, __ATOMIC_RELAXED);
    __atomic_store_n(&slot->process, process, __ATOMIC_RELEASE);
}

static struct spool_party get(const struct slot *slot) {
    struct spool_party party;
    party.process = __atomic_load_n(&slot->process, __ATOMIC_ACQUIRE);
    party.snapshot = __atomic_load_n(&slot->snapshot, __ATOMIC_RELAXED);
    party.since = __atomic_load_n(&slot->since, __ATOMIC_RELAXED);
    return party;
}

int spool_lock_take(void *memory, int32_t process, int64_t nanoseconds) {
    struct page *page = memory;
    int code = pthread_mutex_trylock(&page->mutex);
    // A thread that has it is told so by the timed call only.
    if (code == EBUSY) {
        int64_t end = spool_now() + nanoseconds;
        struct timespec time = {.tv_sec = end / 1000000000, .tv_nsec = end % 1000000000};
        code = pthread_mutex_clocklock(&page->mutex, CLOCK_MONOTONIC, &time);
    }
    // What the lock protects is whole whoever died: its transaction was not committed, or is not noted as being on disk.
    if (code == EOWNERDEAD) {
        spool_note_careful(page);
        code = pthread_mutex_consistent(&page->mutex);
    }
    if (code == 0) set(&page->holder, process, 0);
    return code;
}

void spool_lock_leave(void *memory) {
    struct page *page = memory;
    __atomic_store_n(&page->holder.process, 0, __ATOMIC_RELEASE);
    pthread_mutex_unlock(&page->mutex);
}

struct spool_party spool_lock_holder(const void *memory) { return get(&((const struct page *)memory)->holder); }

int spool_reader_enter(void *memory, int32_t process, uint64_t snapshot) {
    struct page *page = memory;
    for (int place = 0; place < spool_reader_slots; place++) {
        int32_t nobody = 0;
        // Claimed with a process that does not exist, so that nobody reads half of it.
        if (__atomic_load_n(&page->readers[place].process, __ATOMIC_RELAXED) == 0
            && __atomic_compare_exchange_n(
                &page->readers[place].process, &nobody, -process, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
            set(&page->readers[place], process, snapshot);
            return place;
        }
    }
    return -1;
}

void spool_reader_leave(void *memory, int slot) {
    __atomic_store_n(&((struct page *)memory)->readers[slot].process, 0, __ATOMIC_RELEASE);
}

struct spool_party spool_reader(const void *memory, int slot) { return get(&((const struct page *)memory)->readers[slot]); }

void spool_reader_forget(void *memory, int slot, int32_t process) {
    struct page *page = memory;
    __atomic_compare_exchange_n(&page->readers[slot].process, &process, 0, 0, __ATOMIC_RELEASE, __ATOMIC_RELAXED);
}

struct spool_note spool_note(const void *memory) {
    const struct page *page = memory;
    struct spool_note note;
    note.is_there = __atomic_load_n(&page->note.noted, __ATOMIC_ACQUIRE) == noted;
    note.is_careful = __atomic_load_n(&page->note.careful, __ATOMIC_RELAXED) != 0;
    note.boot = __atomic_load_n(&page->note.boot, __ATOMIC_RELAXED);
    note.flushed = __atomic_load_n(&page->note.flushed, __ATOMIC_ACQUIRE);
    return note;
}

void spool_note_make(void *memory, uint64_t boot, uint64_t flushed) {
    struct page *page = memory;
    __atomic_store_n(&page->note.boot, boot, __ATOMIC_RELAXED);
    __atomic_store_n(&page->note.flushed, flushed, __ATOMIC_RELAXED);
    __atomic_store_n(&page->note.noted, noted, __ATOMIC_RELEASE);
}

void spool_note_flushed(void *memory, uint64_t commit) {
    __atomic_store_n(&((struct page *)memory)->note.flushed, commit, __ATOMIC_RELEASE);
}

void spool_note_careful(void *memory) { __atomic_store_n(&((struct page *)memory)->note.careful, 1, __ATOMIC_RELEASE); }
