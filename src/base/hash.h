/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_BASE_HASH_H
#define WEIR_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

/*
 * Hashes. hash_bytes is XXH3 (64 bit); hash_u64 a strong integer mix. Neither is stored in
 * savepoints, so either may change.
 */
uint64_t hash_bytes(const void *bytes, size_t size_bytes, uint64_t seed);

static inline uint64_t hash_u64(uint64_t x) {
    x ^= x >> 32;
    x *= UINT64_C(0xd6e8feb86659fd93);
    x ^= x >> 32;
    x *= UINT64_C(0xd6e8feb86659fd93);
    x ^= x >> 32;
    return x;
}

static inline uint64_t hash_combine(uint64_t seed, uint64_t h) {
    return hash_u64(seed ^ (h + UINT64_C(0x9e3779b97f4a7c15) + (seed << 6) + (seed >> 2)));
}

#endif
