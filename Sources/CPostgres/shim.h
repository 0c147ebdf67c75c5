#include <gnu/libc-version.h>
#include <postgresql/libpq-fe.h>
