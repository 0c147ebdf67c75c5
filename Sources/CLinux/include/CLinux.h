#ifndef SPOOL_LINUX_H
#define SPOOL_LINUX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "CLinuxLock.h"

/// System calls that Swift's view of the C library lacks.

/// Puts two paths in each other's place in one step. Returns 0 or an errno value.
int spool_exchange(const char *one, const char *other);

/// Gives a file another name, unless there is a file of that name: EEXIST then. Returns 0 or an errno value.
int spool_place(const char *from, const char *to);

/// Copies a whole file by the file system's own means, sharing blocks where it can. Returns 0 or an errno value.
int spool_copy_range(int from, int to);

/// A number that other processes change.
static inline uint64_t spool_load(const void *number) { return __atomic_load_n((const uint64_t *)number, __ATOMIC_ACQUIRE); }

/// Which file something is, and its length in bytes.
struct spool_file {
    uint64_t device, inode, length;
};

/// Looks at a file, by its path or, where that is NULL, by a descriptor, without asking for its times: Linux gives a file whose times were
/// asked for new ones at its next write, and a sync of it, or of a neighbour on disk, then has one more block to wait for: a durable append
/// took 1.3 times as long. Returns 0 or an errno value.
int spool_look(const char *path, int descriptor, struct spool_file *file);

/// Whether a file's blocks stay where they are when they are written over: not where each write goes to another place.
bool spool_overwrites(int descriptor);

/// Whether the file system keeps a list of the blocks of each piece of a file that is in memory: ext4 and its forerunners.
bool spool_lists_blocks(int descriptor);

/// Makes the heap grow by `byteCount` more than it is asked for and give back no less than twice as much, from now on: the C library otherwise
/// raises both with the largest piece that was ever freed.
void spool_fix_heap_thresholds(size_t byteCount);

/// Has the processor begin to fetch memory that will be read soon. Any address will do.
static inline void spool_prefetch(const void *start, size_t length) {
    for (size_t place = 0; place < length; place += 64) __builtin_prefetch((const char *)start + place);
}

#endif
