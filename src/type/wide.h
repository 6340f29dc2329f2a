/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_TYPE_WIDE_H
#define WEIR_TYPE_WIDE_H

#include "type/int128.h"

/* wide: unsigned 256-bit integers, as far as decimals need them. Overflow is the caller's to exclude. */
struct wide {
    u128 high, low;
};

static inline struct wide wide_of(u128 v) { return (struct wide){0, v}; }

static inline int wide_compare(struct wide a, struct wide b)
{
    if (a.high != b.high) return a.high < b.high ? -1 : 1;
    return a.low < b.low ? -1 : a.low > b.low;
}

static inline struct wide wide_add(struct wide a, struct wide b)
{
    u128 low = a.low + b.low;
    return (struct wide){a.high + b.high + (low < a.low), low};
}

/* a >= b. */
static inline struct wide wide_subtract(struct wide a, struct wide b)
{
    return (struct wide){a.high - b.high - (a.low < b.low), a.low - b.low};
}

struct wide wide_multiply(u128 a, u128 b);
/* b != 0. */
struct wide wide_divide(struct wide a, u128 b, u128 *ret_rest);

#endif
