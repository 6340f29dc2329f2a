/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wide: products and quotients of 256 bits.
 *
 * Multiplication is schoolbook on 64-bit halves. Division by a divisor of up to 64 bits goes limb by
 * limb through the compiler's 128/64 division; a longer divisor takes one shift and subtraction per
 * bit of the dividend, which only the rare wide decimals pay.
 */
#include "type/wide.h"

#include <assert.h>

struct wide wide_multiply(u128 a, u128 b)
{
    uint64_t a0 = (uint64_t)a, a1 = (uint64_t)(a >> 64), b0 = (uint64_t)b, b1 = (uint64_t)(b >> 64);
    u128 low = (u128)a0 * b0;
    u128 mid = (u128)a1 * b0 + (uint64_t)(low >> 64);
    u128 mid2 = (u128)a0 * b1 + (uint64_t)mid;
    struct wide r;
    r.low = mid2 << 64 | (uint64_t)low;
    r.high = (u128)a1 * b1 + (mid >> 64) + (mid2 >> 64);
    return r;
}

static struct wide divide_by_u64(struct wide a, uint64_t b, u128 *ret_rest)
{
    uint64_t limbs[4] = {(uint64_t)(a.high >> 64), (uint64_t)a.high, (uint64_t)(a.low >> 64), (uint64_t)a.low};
    u128 rest = 0;
    for (int i = 0; i < 4; i++) {
        u128 part = rest << 64 | limbs[i];
        limbs[i] = (uint64_t)(part / b);
        rest = part % b;
    }
    *ret_rest = rest;
    return (struct wide){(u128)limbs[0] << 64 | limbs[1], (u128)limbs[2] << 64 | limbs[3]};
}

struct wide wide_divide(struct wide a, u128 b, u128 *ret_rest)
{
    assert(b != 0);
    if (a.high == 0) {
        *ret_rest = a.low % b;
        return wide_of(a.low / b);
    }
    if (b >> 64 == 0) return divide_by_u64(a, (uint64_t)b, ret_rest);
    u128 rest = a.high % b, low = a.low;
    struct wide q = {a.high / b, 0};
    for (int i = 0; i < 128; i++) {
        bool carry = rest >> 127 != 0;
        rest = rest << 1 | low >> 127;
        low <<= 1;
        q.low <<= 1;
        if (carry || rest >= b) {
            rest -= b;
            q.low |= 1;
        }
    }
    *ret_rest = rest;
    return q;
}
