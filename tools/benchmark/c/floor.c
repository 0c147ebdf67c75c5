// The machine's own floor: floor FILE BATCH writes the records of each batch to a preallocated file with pwrite and fdatasync.

#include <fcntl.h>
#include <unistd.h>

#include "events.h"
#include "slices.h"

static int file;
static long batch;
static uint64_t next;
static off_t offset;
static const off_t size = 64 << 20;

static double slice(long count) {
    static uint8_t bytes[1000 * LARGEST_LINE];
    Event event;
    double seconds = 0;
    while (count > 0) {
        size_t length = 0;
        for (long place = 0; place < batch; place++, next++) {
            event_make(&event, MIX, next);
            length += event_record(&event, next + 1, bytes + length);
        }
        if (offset + (off_t)length > size) offset = 0;
        double start = seconds_now();
        REQUIRE(pwrite(file, bytes, length, offset) == (ssize_t)length, "could not write");
        REQUIRE(fdatasync(file) == 0, "could not sync");
        seconds += seconds_now() - start;
        offset += (off_t)length;
        count -= batch;
    }
    return seconds;
}

int main(int count, char **arguments) {
    REQUIRE(count == 3, "usage: floor FILE BATCH");
    file = open(arguments[1], O_RDWR | O_CREAT | O_TRUNC, 0600);
    batch = atol(arguments[2]);
    REQUIRE(file >= 0 && batch >= 1 && batch <= 1000, "could not open %s", arguments[1]);
    // Written once, so that later writes change no extents either: the least that a durable write can cost here.
    static char zeros[1 << 20];
    for (off_t at = 0; at < size; at += sizeof zeros) REQUIRE(pwrite(file, zeros, sizeof zeros, at) > 0, "could not preallocate");
    REQUIRE(fsync(file) == 0, "could not sync");
    return serve_slices(slice);
}
