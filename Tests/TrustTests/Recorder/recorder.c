// Preloaded into a process, it notes every change that the process makes to the files below RECORD_ROOT, in order, so that a test can work
// out what a loss of power would leave of them. Calls that it does not understand end the process: nothing goes unnoticed.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum operation { op_write = 1, op_truncate, op_sync, op_link, op_unlink, op_rename, op_acknowledge };

// A note: this head, then `length` bytes: what was written, or names.
struct note {
    uint32_t operation;
    uint32_t length;
    uint64_t node;   // the file's inode, or the folder's
    uint64_t other;  // link: the new entry's inode; rename: the target's folder
    uint64_t number; // write: offset; truncate: length; link: 1 for a folder; rename: length of the first name
};

enum { most_descriptors = 4096 };
static struct {
    uint64_t node;
    char is_watched, is_synced, is_acknowledgment;
} descriptors[most_descriptors];

static pthread_mutex_t lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static int trace = -1;
static char root[PATH_MAX], acknowledgments[PATH_MAX];

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("RECORD_TO");
    if (!path || !getenv("RECORD_ROOT") || !realpath(getenv("RECORD_ROOT"), root)) return;
    snprintf(acknowledgments, sizeof acknowledgments, "%s", getenv("RECORD_ACKNOWLEDGMENTS"));
    trace = REAL(open)(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
}

static void die(const char *what) {
    dprintf(2, "recorder: %s is not understood\n", what);
    abort();
}

static void put(struct note note, const void *first, size_t count, const void *second, size_t more) {
    note.length = count + more;
    struct iovec parts[3] = {{&note, sizeof note}, {(void *)first, count}, {(void *)second, more}};
    if (REAL(writev)(trace, parts, 3) != (ssize_t)(sizeof note + count + more)) die("a trace that cannot be written");
}

static uint64_t node_of(const char *path) {
    struct stat status;
    return lstat(path, &status) == 0 ? status.st_ino : 0;
}

// The folder of a path and the last name in it. Returns 0 when it is not below the root.
static int split(const char *path, char *folder, char *name) {
    char copy[PATH_MAX], resolved[PATH_MAX];
    if (trace < 0) return 0;
    snprintf(copy, sizeof copy, "%s", path);
    char *parent = dirname(copy);
    if (!realpath(parent, resolved)) return 0;
    size_t length = strlen(root);
    if (strncmp(resolved, root, length) != 0 || (resolved[length] != 0 && resolved[length] != '/')) return 0;
    snprintf(folder, PATH_MAX, "%s", resolved);
    snprintf(copy, sizeof copy, "%s", path);
    snprintf(name, NAME_MAX + 1, "%s", basename(copy));
    return 1;
}

static void note_link(const char *folder, const char *name, const char *path, int is_folder) {
    put((struct note){op_link, 0, node_of(folder), node_of(path), is_folder}, name, strlen(name), NULL, 0);
}

static int opened(int descriptor, const char *path, int flags, int existed) {
    char folder[PATH_MAX], name[NAME_MAX + 1];
    int code = errno;
    if (descriptor < 0 || trace < 0) return descriptor;
    if (descriptor >= most_descriptors) die("so high a descriptor");
    memset(&descriptors[descriptor], 0, sizeof descriptors[descriptor]);
    if (strcmp(path, acknowledgments) == 0) {
        descriptors[descriptor].is_acknowledgment = 1;
    } else if (split(path, folder, name) || strcmp(path, root) == 0) {
        struct stat status;
        fstat(descriptor, &status);
        descriptors[descriptor].is_watched = 1;
        descriptors[descriptor].is_synced = (flags & O_DSYNC) != 0;
        descriptors[descriptor].node = status.st_ino;
        if (!existed) note_link(folder, name, path, 0);
        if (existed && flags & O_TRUNC) put((struct note){op_truncate, 0, status.st_ino, 0, 0}, NULL, 0, NULL, 0);
    }
    errno = code;
    return descriptor;
}

#define OPEN(function, ...)                                                                                                               \
    mode_t mode = 0;                                                                                                                      \
    if (flags & (O_CREAT | O_TMPFILE)) {                                                                                                  \
        va_list arguments;                                                                                                                \
        va_start(arguments, flags);                                                                                                       \
        mode = va_arg(arguments, mode_t);                                                                                                 \
        va_end(arguments);                                                                                                                \
    }                                                                                                                                     \
    pthread_mutex_lock(&lock);                                                                                                            \
    int existed = !(flags & O_CREAT) || node_of(path) != 0;                                                                               \
    int descriptor = opened(REAL(function)(__VA_ARGS__, mode), path, flags, existed);                                                     \
    pthread_mutex_unlock(&lock);                                                                                                          \
    return descriptor;

int open(const char *path, int flags, ...) { OPEN(open, path, flags) }
int open64(const char *path, int flags, ...) { OPEN(open64, path, flags) }
int openat(int folder, const char *path, int flags, ...) {
    if (folder != AT_FDCWD && path[0] != '/' && flags & O_CREAT) die("openat");
    OPEN(openat, folder, path, flags)
}
int __open_2(const char *path, int flags) { return open(path, flags); }
int __open64_2(const char *path, int flags) { return open64(path, flags); }

int close(int descriptor) {
    if (descriptor >= 0 && descriptor < most_descriptors) memset(&descriptors[descriptor], 0, sizeof descriptors[descriptor]);
    return REAL(close)(descriptor);
}

static int is_watched(int descriptor) {
    return descriptor >= 0 && descriptor < most_descriptors && descriptors[descriptor].is_watched;
}

static void note_write(int descriptor, const void *bytes, ssize_t count, off_t offset) {
    if (count <= 0) return;
    put((struct note){op_write, 0, descriptors[descriptor].node, 0, offset}, bytes, count, NULL, 0);
}

static void note_sync(int descriptor) { put((struct note){op_sync, 0, descriptors[descriptor].node, 0, 0}, NULL, 0, NULL, 0); }

// Offsets of `write` are where the descriptor stands after it.
static void note_plain(int descriptor, const void *bytes, ssize_t count) {
    if (count > 0 && is_watched(descriptor)) {
        note_write(descriptor, bytes, count, lseek(descriptor, 0, SEEK_CUR) - count);
        if (descriptors[descriptor].is_synced) note_sync(descriptor);
    } else if (count > 0 && descriptor >= 0 && descriptor < most_descriptors && descriptors[descriptor].is_acknowledgment) {
        put((struct note){op_acknowledge, 0, 0, 0, 0}, bytes, count, NULL, 0);
    }
}

ssize_t write(int descriptor, const void *bytes, size_t count) {
    pthread_mutex_lock(&lock);
    ssize_t written = REAL(write)(descriptor, bytes, count);
    note_plain(descriptor, bytes, written);
    pthread_mutex_unlock(&lock);
    return written;
}

static ssize_t note_placed(int descriptor, const void *bytes, ssize_t count, off_t offset) {
    if (is_watched(descriptor)) {
        note_write(descriptor, bytes, count, offset);
        if (count > 0 && descriptors[descriptor].is_synced) note_sync(descriptor);
    }
    pthread_mutex_unlock(&lock);
    return count;
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) {
    pthread_mutex_lock(&lock);
    return note_placed(descriptor, bytes, REAL(pwrite)(descriptor, bytes, count, offset), offset);
}
ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off64_t offset) { return pwrite(descriptor, bytes, count, offset); }

static ssize_t note_parts(int descriptor, const struct iovec *parts, ssize_t count, off_t offset) {
    if (is_watched(descriptor)) {
        for (ssize_t left = count, place = 0; left > 0; place++) {
            ssize_t length = (ssize_t)parts[place].iov_len < left ? (ssize_t)parts[place].iov_len : left;
            note_write(descriptor, parts[place].iov_base, length, offset);
            offset += length;
            left -= length;
        }
        if (count > 0 && descriptors[descriptor].is_synced) note_sync(descriptor);
    }
    pthread_mutex_unlock(&lock);
    return count;
}

ssize_t pwritev(int descriptor, const struct iovec *parts, int count, off_t offset) {
    pthread_mutex_lock(&lock);
    return note_parts(descriptor, parts, REAL(pwritev)(descriptor, parts, count, offset), offset);
}
ssize_t pwritev64(int descriptor, const struct iovec *parts, int count, off64_t offset) {
    return pwritev(descriptor, parts, count, offset);
}
ssize_t writev(int descriptor, const struct iovec *parts, int count) {
    pthread_mutex_lock(&lock);
    ssize_t written = REAL(writev)(descriptor, parts, count);
    off_t offset = is_watched(descriptor) && written > 0 ? lseek(descriptor, 0, SEEK_CUR) - written : 0;
    return note_parts(descriptor, parts, written, offset);
}

int ftruncate(int descriptor, off_t length) {
    pthread_mutex_lock(&lock);
    int code = REAL(ftruncate)(descriptor, length);
    if (code == 0 && is_watched(descriptor)) {
        put((struct note){op_truncate, 0, descriptors[descriptor].node, 0, length}, NULL, 0, NULL, 0);
    }
    pthread_mutex_unlock(&lock);
    return code;
}
int ftruncate64(int descriptor, off64_t length) { return ftruncate(descriptor, length); }

static int synced(int descriptor, int code) {
    if (code == 0 && is_watched(descriptor)) note_sync(descriptor);
    pthread_mutex_unlock(&lock);
    return code;
}
int fsync(int descriptor) {
    pthread_mutex_lock(&lock);
    return synced(descriptor, REAL(fsync)(descriptor));
}
int fdatasync(int descriptor) {
    pthread_mutex_lock(&lock);
    return synced(descriptor, REAL(fdatasync)(descriptor));
}

int mkdir(const char *path, mode_t mode) {
    char folder[PATH_MAX], name[NAME_MAX + 1];
    pthread_mutex_lock(&lock);
    int code = REAL(mkdir)(path, mode), error = errno;
    if (code == 0 && split(path, folder, name)) note_link(folder, name, path, 1);
    pthread_mutex_unlock(&lock);
    errno = error;
    return code;
}

static int removed(const char *path, int code) {
    char folder[PATH_MAX], name[NAME_MAX + 1];
    int error = errno;
    if (code == 0 && split(path, folder, name)) put((struct note){op_unlink, 0, node_of(folder), 0, 0}, name, strlen(name), NULL, 0);
    pthread_mutex_unlock(&lock);
    errno = error;
    return code;
}
int unlink(const char *path) {
    pthread_mutex_lock(&lock);
    return removed(path, REAL(unlink)(path));
}
int rmdir(const char *path) {
    pthread_mutex_lock(&lock);
    return removed(path, REAL(rmdir)(path));
}

int rename(const char *from, const char *to) {
    char folder[PATH_MAX], name[NAME_MAX + 1], target[PATH_MAX], new_name[NAME_MAX + 1];
    pthread_mutex_lock(&lock);
    int code = REAL(rename)(from, to), error = errno;
    if (code == 0 && split(from, folder, name) + split(to, target, new_name) == 2) {
        put((struct note){op_rename, 0, node_of(folder), node_of(target), strlen(name)}, name, strlen(name), new_name, strlen(new_name));
    }
    pthread_mutex_unlock(&lock);
    errno = error;
    return code;
}

int link(const char *from, const char *to) {
    char folder[PATH_MAX], name[NAME_MAX + 1];
    pthread_mutex_lock(&lock);
    int code = REAL(link)(from, to), error = errno;
    if (code == 0 && split(to, folder, name)) note_link(folder, name, to, 0);
    pthread_mutex_unlock(&lock);
    errno = error;
    return code;
}

// What the store does not do on the way that is recorded.
static int is_below_root(const char *path) {
    char folder[PATH_MAX], name[NAME_MAX + 1];
    return split(path, folder, name);
}
int renameat2(int from, const char *path, int to, const char *target, unsigned flags) {
    if (is_below_root(path)) die("renameat2");
    return REAL(renameat2)(from, path, to, target, flags);
}
int truncate(const char *path, off_t length) {
    if (is_below_root(path)) die("truncate");
    return REAL(truncate)(path, length);
}
int fallocate(int descriptor, int mode, off_t offset, off_t length) {
    if (is_watched(descriptor)) die("fallocate");
    return REAL(fallocate)(descriptor, mode, offset, length);
}
int posix_fallocate(int descriptor, off_t offset, off_t length) {
    pthread_mutex_lock(&lock);
    struct stat status;
    fstat(descriptor, &status);
    int code = REAL(posix_fallocate)(descriptor, offset, length);
    // It reserves zeros, and may make the file longer.
    if (code == 0 && is_watched(descriptor) && status.st_size < offset + length)
        put((struct note){op_truncate, 0, descriptors[descriptor].node, 0, offset + length}, NULL, 0, NULL, 0);
    pthread_mutex_unlock(&lock);
    return code;
}
ssize_t copy_file_range(int from, off64_t *start, int to, off64_t *target, size_t length, unsigned flags) {
    if (is_watched(to)) die("copy_file_range");
    return REAL(copy_file_range)(from, start, to, target, length, flags);
}
int msync(void *address, size_t length, int flags) {
    if (trace >= 0) die("msync");
    return REAL(msync)(address, length, flags);
}
