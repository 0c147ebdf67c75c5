// LMDB, whose errors end the program.

#pragma once

#include <lmdb.h>

#include "slices.h"

#define CHECK(call)                                                   \
    do {                                                              \
        int code = (call);                                            \
        REQUIRE(code == 0, "%s: %s", #call, mdb_strerror(code));      \
    } while (0)
