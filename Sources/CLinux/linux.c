#define _GNU_SOURCE
#include "CLinux.h"
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

int spool_exchange(const char *one, const char *other) {
    return renameat2(AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE) == 0 ? 0 : errno;
}

int spool_place(const char *from, const char *to) {
    // Unlike a rename without replacing, every file system with hard links has this.
    if (link(from, to) != 0) return errno;
    unlink(from);
    return 0;
}

int spool_copy_range(int from, int to) {
    for (;;) {
        ssize_t count = copy_file_range(from, NULL, to, NULL, 1 << 30, 0);
        if (count == 0) return 0;
        if (count < 0 && errno != EINTR) return errno;
    }
}

int spool_look(const char *path, int descriptor, struct spool_file *file) {
    struct statx status;
    int flags = path ? 0 : AT_EMPTY_PATH;
    if (statx(path ? AT_FDCWD : descriptor, path ? path : "", flags, STATX_INO | STATX_SIZE, &status) != 0) return errno;
    file->device = (uint64_t)status.stx_dev_major << 32 | status.stx_dev_minor;
    file->inode = status.stx_ino;
    file->length = status.stx_size;
    return 0;
}

bool spool_overwrites(int descriptor) {
    struct statfs system;
    if (fstatfs(descriptor, &system) != 0) return false;
    // Their numbers, of which linux/magic.h lacks some.
    enum { btrfs = 0x9123683E, bcachefs = 0xCA451A4E, f2fs = 0xF2F52010, zfs = 0x2FC12FC1 };
    switch ((uint32_t)system.f_type) {
    case btrfs:
    case bcachefs:
    case f2fs:
    case zfs: return false;
    default: return true;
    }
}

bool spool_lists_blocks(int descriptor) {
    struct statfs system;
    // The number of linux/magic.h.
    enum { ext4 = 0xEF53 };
    return fstatfs(descriptor, &system) == 0 && (uint32_t)system.f_type == ext4;
}

void spool_fix_heap_thresholds(size_t byteCount) {
    mallopt(M_TOP_PAD, (int)byteCount);
    mallopt(M_TRIM_THRESHOLD, (int)byteCount * 2);
}
