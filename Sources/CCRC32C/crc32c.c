#include "crc32c.h"

#include <string.h>

#if defined(__x86_64__)
#include <nmmintrin.h>
#elif defined(__ARM_FEATURE_CRC32)
#include <arm_acle.h>
#endif

/// One bit at a time: only for processors without the instruction.
static uint32_t in_software(uint32_t crc, const uint8_t *next, size_t length) {
    while (length--) {
        crc ^= *next++;
        for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (0x82F63B78u & -(crc & 1u));
    }
    return crc;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) static uint32_t in_hardware(uint32_t crc, const uint8_t *next, size_t length) {
    uint64_t wide = crc;
    for (; length >= 8; next += 8, length -= 8) {
        uint64_t word;
        memcpy(&word, next, 8);
        wide = _mm_crc32_u64(wide, word);
    }
    for (; length; next++, length--) wide = _mm_crc32_u8((uint32_t)wide, *next);
    return (uint32_t)wide;
}
#elif defined(__ARM_FEATURE_CRC32)
static uint32_t in_hardware(uint32_t crc, const uint8_t *next, size_t length) {
    for (; length >= 8; next += 8, length -= 8) {
        uint64_t word;
        memcpy(&word, next, 8);
        crc = __crc32cd(crc, word);
    }
    for (; length; next++, length--) crc = __crc32cb(crc, *next);
    return crc;
}
#endif

uint32_t spool_crc32c(uint32_t seed, const void *bytes, size_t length) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("sse4.2")) return ~in_hardware(~seed, bytes, length);
#elif defined(__ARM_FEATURE_CRC32)
    return ~in_hardware(~seed, bytes, length);
#endif
    return ~in_software(~seed, bytes, length);
}
