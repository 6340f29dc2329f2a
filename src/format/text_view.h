/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_FORMAT_TEXT_VIEW_H
#define WEIR_FORMAT_TEXT_VIEW_H

#include "vec/vec.h"

#ifdef __SSE4_1__
#include <smmintrin.h>
#endif

/*
 * text_view: string views without branches on their size. The 16 bytes from `at` on must be
 * readable; a long text must live as long as the view.
 */
static inline void text_view_store(struct strv *v, const char *at, uint32_t size) {
    if (size > STRV_INLINE_MAX) {
        v->size_bytes = size;
        memcpy(v->far.prefix, at, 4);
        v->far.at = at;
        return;
    }
#ifdef __SSE4_1__
    static const uint8_t ones[32] __attribute__((aligned(32))) = {255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255};
    __m128i mask = _mm_loadu_si128((const __m128i *)(ones + 16 - size));
    __m128i x = _mm_and_si128(_mm_loadu_si128((const __m128i *)at), mask);
    x = _mm_insert_epi32(_mm_slli_si128(x, 4), (int)size, 0);
    _mm_storeu_si128((__m128i *)v, x);
#else
    memset(v, 0, sizeof *v);
    v->size_bytes = size;
    memcpy(v->inlined, at, size);
#endif
}

#endif
