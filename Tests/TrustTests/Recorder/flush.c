// Fails, or ends the process at, each flush of a log's data file: between a commit and its acknowledgment.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int fdatasync(int descriptor) {
    static int (*real)(int);
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    char link[64], path[PATH_MAX + 1] = "";
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    const char *kind = getenv("FLUSH");
    if (!kind || readlink(link, path, PATH_MAX) < 0 || !strstr(path, "/log/data.mdb")) return real(descriptor);
    if (strcmp(kind, "die") == 0) _exit(9);
    errno = EIO;
    return -1;
}
