/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_BASE_BITS_H
#define WEIR_BASE_BITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Bitmaps of 64-bit words, bit i of word i / 64. */

#define BITS_WORDS(bits) (((bits) + 63) / 64)

static inline bool bits_get(const uint64_t *w, size_t i) { return (w[i >> 6] >> (i & 63)) & 1; }

static inline void bits_set(uint64_t *w, size_t i) { w[i >> 6] |= UINT64_C(1) << (i & 63); }

static inline void bits_clear(uint64_t *w, size_t i) { w[i >> 6] &= ~(UINT64_C(1) << (i & 63)); }

static inline void bits_put(uint64_t *w, size_t i, bool on) {
    w[i >> 6] = (w[i >> 6] & ~(UINT64_C(1) << (i & 63))) | ((uint64_t)on << (i & 63));
}

static inline void bits_fill(uint64_t *w, size_t bits, bool on) {
    memset(w, on ? 0xff : 0, BITS_WORDS(bits) * 8);
}

#endif
