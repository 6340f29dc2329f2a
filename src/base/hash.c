/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hash: the byte hash, by xxHash's inline form (no library to load at start).
 */
#include "base/hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

uint64_t hash_bytes(const void *bytes, size_t size_bytes, uint64_t seed) {
    return XXH3_64bits_withSeed(bytes, size_bytes, seed);
}
