#ifndef SPOOL_LINUX_LOCK_H
#define SPOOL_LINUX_LOCK_H

#include <stdbool.h>
#include <stdint.h>

/// A lock between processes that tells who holds it, a list of readers, and a note of the last commit that is on disk, in one shared page. The
/// system frees the lock when its holder dies.

enum { spool_page_size = 4096, spool_reader_slots = 160 };

/// A process and what it does: it holds the lock, or reads a snapshot, since a moment of `spool_now`, to 10 ms.
struct spool_party {
    int32_t process;
    uint64_t snapshot;
    int64_t since;
};

/// Nanoseconds of a clock that all processes share and nobody sets.
int64_t spool_now(void);

/// Makes a fresh lock in a page that nobody else uses. Returns 0 or an errno value.
int spool_lock_make(void *page);

/// Whether a page holds a lock.
int spool_lock_is_made(const void *page);

/// Takes the lock, waiting at most so many nanoseconds: 0 does not wait. Returns 0, ETIMEDOUT, EDEADLK when this thread has it, or an errno value.
int spool_lock_take(void *page, int32_t process, int64_t nanoseconds);

/// Gives the lock back, on the thread that took it.
void spool_lock_leave(void *page);

/// Who took the lock last; process 0 when it was given back.
struct spool_party spool_lock_holder(const void *page);

/// Notes a reader. Returns its slot, or -1 when all are taken: it then is a reader without a note.
int spool_reader_enter(void *page, int32_t process, uint64_t snapshot);

/// Strikes a reader out.
void spool_reader_leave(void *page, int slot);

/// The reader in a slot; process 0 when there is none.
struct spool_party spool_reader(const void *page, int slot);

/// Strikes out the readers of a process that is no more.
void spool_reader_forget(void *page, int slot, int32_t process);

/// Which commit is on disk, with all before it.
struct spool_note {
    /// Whether there is a note at all.
    bool is_there;
    /// Whether somebody died or failed while writing, so that pages which belong to no commit may lie in the file.
    bool is_careful;
    /// The run of the system that it was made in.
    uint64_t boot;
    uint64_t flushed;
};

struct spool_note spool_note(const void *page);

/// Makes a fresh note, in a page that nobody else uses or under the lock.
void spool_note_make(void *page, uint64_t boot, uint64_t flushed);

/// Notes, under the lock, that a commit is on disk.
void spool_note_flushed(void *page, uint64_t commit);

/// Notes that somebody failed while writing. A holder of the lock that dies is noted by the one who takes it next.
void spool_note_careful(void *page);

#endif
