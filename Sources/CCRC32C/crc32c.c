#include "crc32c.h"

#include <string.h>

#if defined(__x86_64__)
#include <nmmintrin.h>
#include <wmmintrin.h>
#if __has_include(<sys/platform/x86.h>)
#include <sys/platform/x86.h>
#endif
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
static int has_instructions;

/// As the C library found out when the process began: to ask the processor itself, as the compiler's check does, takes 0.1 ms in a virtual
/// machine, and a short command has two or three of them.
__attribute__((constructor)) static void look_for_instructions(void) {
#ifdef CPU_FEATURE_ACTIVE
    has_instructions = CPU_FEATURE_ACTIVE(SSE4_2) && CPU_FEATURE_ACTIVE(PCLMULQDQ);
#else
    has_instructions = __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("pclmul");
#endif
}

static inline uint64_t word_at(const uint8_t *bytes) {
    uint64_t word;
    memcpy(&word, bytes, 8);
    return word;
}

/// The sum of what came before and of three pieces of `piece` bytes, taken side by side: the instruction takes three cycles and one can begin
/// in each. `far` and `near` move a sum past two pieces and past one: x^(8n - 33) modulo the polynomial, bits reflected, for n bytes.
__attribute__((target("sse4.2,pclmul"), always_inline)) static inline uint64_t of_three(
    uint64_t crc, const uint8_t *next, size_t piece, uint32_t far, uint32_t near) {
    uint64_t second = 0, third = 0;
    for (size_t place = 0; place < piece - 8; place += 8) {
        crc = _mm_crc32_u64(crc, word_at(next + place));
        second = _mm_crc32_u64(second, word_at(next + piece + place));
        third = _mm_crc32_u64(third, word_at(next + 2 * piece + place));
    }
    crc = _mm_crc32_u64(crc, word_at(next + piece - 8));
    second = _mm_crc32_u64(second, word_at(next + 2 * piece - 8));
    __m128i moved = _mm_xor_si128(
        _mm_clmulepi64_si128(_mm_cvtsi64_si128((int64_t)crc), _mm_cvtsi32_si128((int32_t)far), 0),
        _mm_clmulepi64_si128(_mm_cvtsi64_si128((int64_t)second), _mm_cvtsi32_si128((int32_t)near), 0));
    return _mm_crc32_u64(third, word_at(next + 3 * piece - 8) ^ (uint64_t)_mm_cvtsi128_si64(moved));
}

__attribute__((target("sse4.2,pclmul"))) static uint32_t in_hardware(uint32_t crc, const uint8_t *next, size_t length) {
    uint64_t wide = crc;
    for (; length >= 3 * 128; next += 3 * 128, length -= 3 * 128) wide = of_three(wide, next, 128, 0xB9E02B86, 0x0D3B6092);
    for (; length >= 3 * 32; next += 3 * 32, length -= 3 * 32) wide = of_three(wide, next, 32, 0x9E4ADDF8, 0xBA4FC28E);
    for (; length >= 8; next += 8, length -= 8) wide = _mm_crc32_u64(wide, word_at(next));
    if (length >= 4) {
        uint32_t word;
        memcpy(&word, next, 4);
        wide = _mm_crc32_u32((uint32_t)wide, word);
        next += 4, length -= 4;
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
    if (has_instructions) return ~in_hardware(~seed, bytes, length);
#elif defined(__ARM_FEATURE_CRC32)
    return ~in_hardware(~seed, bytes, length);
#endif
    return ~in_software(~seed, bytes, length);
}
