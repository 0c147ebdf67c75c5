// generate ndjson|records mix|snapshots FROM COUNT: events on standard output, as lines or as records after their 4-byte lengths.

#include <stdbool.h>

#include "events.h"
#include "slices.h"

int main(int count, char **arguments) {
    REQUIRE(count == 5, "usage: generate ndjson|records mix|snapshots FROM COUNT");
    bool lines = strcmp(arguments[1], "ndjson") == 0;
    EventMix mix = strcmp(arguments[2], "mix") == 0 ? MIX : SNAPSHOTS;
    uint64_t from = strtoull(arguments[3], NULL, 10), end = from + strtoull(arguments[4], NULL, 10);
    static char buffer[1 << 20];
    setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
    Event event;
    char bytes[LARGEST_LINE];
    for (uint64_t number = from; number < end; number++) {
        event_make(&event, mix, number);
        uint32_t length = (uint32_t)(lines ? event_line(&event, bytes) : event_record(&event, number + 1, (uint8_t *)bytes));
        if (!lines) fwrite_unlocked(&length, 4, 1, stdout);
        if (fwrite_unlocked(bytes, 1, length, stdout) != length) return 1;
    }
    return fflush(stdout) == 0 ? 0 : 1;
}
