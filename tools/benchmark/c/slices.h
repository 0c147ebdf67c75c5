// How the driver talks to a contender: it writes a number, the contender does that many events and writes the seconds they took.
// What prepares the events is not timed.

#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static inline double seconds_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/// Ends the contender, so that the driver shows why.
#define REQUIRE(condition, ...)                       \
    do {                                              \
        if (!(condition)) {                           \
            fprintf(stderr, "%s: ", __FILE__);        \
            fprintf(stderr, __VA_ARGS__);             \
            fputc('\n', stderr);                      \
            exit(1);                                  \
        }                                             \
    } while (0)

static inline int serve_slices(double (*slice)(long count)) {
    char line[64];
    printf("ready\n");
    fflush(stdout);
    while (fgets(line, sizeof line, stdin)) {
        printf("%.9f\n", slice(atol(line)));
        fflush(stdout);
    }
    return 0;
}
