/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SUM, $SUM0 and AVG: a sum and the number of values in it.
 *
 * As in Flink, SUM has the type of its argument and wraps around (DECIMAL(p, s) becomes
 * DECIMAL(38, s)); a DECIMAL sum that overflows becomes NULL, and SUM starts again with the next
 * value while AVG stays NULL. AVG of integers divides a 64-bit sum and truncates; FLOAT averages sum
 * in double, FLOAT sums in float. Without values SUM and AVG are NULL and $SUM0 is 0.
 */
#include "agg/agg_impls.h"

#include "type/decimal.h"

static const struct state_field word_fields[] = {{"sum", STATE_WORD}, {"count", STATE_WORD}};
static const struct state_field wide_fields[] = {
    {"sum", STATE_WIDE}, {"count", STATE_WORD}, {"overflow", STATE_WORD}};
enum { SUM, COUNT, WIDE_COUNT = 2, WIDE_OVERFLOW = 3 };

static bool is_sum0(const struct agg_call *c) { return c->func->name.at[0] == '$'; }

/* ---- integers: exact modulo 2^64, cut to the type in the result ---- */

static enum status integer_fold(const struct agg_call *c, struct state *s, uint64_t *const *accs,
                                const struct vec *const *args, const struct rows *rows,
                                const int8_t *signs, struct error *e) {
    (void)c;
    (void)s;
    (void)e;
#define INTEGER_STEP                               \
    {                                              \
        acc[SUM] += (uint64_t)((int64_t)x * sign); \
        acc[COUNT] += (uint64_t)sign;              \
    }
    switch (args[0]->type->phys) {
    case PHYS_I8: FOLD_ROWS(int8_t, accs, args[0], rows, signs, INTEGER_STEP); break;
    case PHYS_I16: FOLD_ROWS(int16_t, accs, args[0], rows, signs, INTEGER_STEP); break;
    case PHYS_I32: FOLD_ROWS(int32_t, accs, args[0], rows, signs, INTEGER_STEP); break;
    default:
        FOLD_ROWS(uint64_t, accs, args[0], rows, signs, {
            acc[SUM] += x * (uint64_t)sign;
            acc[COUNT] += (uint64_t)sign;
        });
    }
    return STATUS_OK;
}

static enum status integer_merge(const struct agg_call *c, struct state *s, uint64_t *dst,
                                 const uint64_t *src, struct error *e) {
    (void)c;
    (void)s;
    (void)e;
    dst[SUM] += src[SUM];
    dst[COUNT] += src[COUNT];
    return STATUS_OK;
}

static enum status integer_subtract(const struct agg_call *c, struct state *s, uint64_t *dst,
                                    const uint64_t *src, struct error *e) {
    (void)c;
    (void)s;
    (void)e;
    dst[SUM] -= src[SUM];
    dst[COUNT] -= src[COUNT];
    return STATUS_OK;
}

/* NULL for no values, but for $SUM0. */
static bool put_empty(const struct agg_call *c, uint64_t count, struct vec *out, uint32_t row) {
    if (count == 0 && !is_sum0(c)) {
        vec_set_null(out, row);
        return true;
    }
    vec_set_valid(out, row);
    return false;
}

static enum status word_result(const struct agg_call *c, struct state *s, const uint64_t *acc,
                               struct vec *out, uint32_t row, struct error *e) {
    (void)s;
    (void)e;
    if (!put_empty(c, acc[COUNT], out, row)) word_put(out, row, acc[SUM]);
    return STATUS_OK;
}

static enum status integer_avg_result(const struct agg_call *c, struct state *s,
                                      const uint64_t *acc, struct vec *out, uint32_t row,
                                      struct error *e) {
    (void)s;
    (void)e;
    if (put_empty(c, acc[COUNT], out, row)) return STATUS_OK;
    int64_t sum = (int64_t)acc[SUM], count = (int64_t)acc[COUNT];
    word_put(out, row, count == -1 ? 0 - acc[SUM] : (uint64_t)(sum / count));
    return STATUS_OK;
}

/* ---- FLOAT and DOUBLE, in input order ---- */

static enum status float_fold(const struct agg_call *c, struct state *s, uint64_t *const *accs,
                              const struct vec *const *args, const struct rows *rows,
                              const int8_t *signs, struct error *e) {
    (void)c;
    (void)s;
    (void)e;
    FOLD_ROWS(float, accs, args[0], rows, signs, {
        acc[SUM] = f32_word(f32_of(acc[SUM]) + (sign > 0 ? x : -x));
        acc[COUNT] += (uint64_t)sign;
    });
    return STATUS_OK;
}

static enum status double_fold(const struct agg_call *c, struct state *s, uint64_t *const *accs,
                               const struct vec *const *args, const struct rows *rows,
                               const int8_t *signs, struct error *e) {
    (void)c;
    (void)s;
    (void)e;
#define DOUBLE_STEP                                                                  \
    {                                                                                \
        acc[SUM] = f64_word(f64_of(acc[SUM]) + (sign > 0 ? (double)x : -(double)x)); \
        acc[COUNT] += (uint64_t)sign;                                                \
    }
    if (args[0]->type->phys == PHYS_F32)
        FOLD_ROWS(float, accs, args[0], rows, signs, DOUBLE_STEP);
    else
        FOLD_ROWS(double, accs, args[0], rows, signs, DOUBLE_STEP);
    return STATUS_OK;
}

static enum status float_merge(const struct agg_call *c, struct state *s, uint64_t *dst,
                               const uint64_t *src, struct error *e) {
    (void)c;
    (void)s;
    (void)e;
    dst[SUM] = f32_word(f32_of(dst[SUM]) + f32_of(src[SUM]));
    dst[COUNT] += src[COUNT];
    return STATUS_OK;
}

static enum status double_merge(const struct agg_call *c, struct state *s, uint64_t *dst,
                                const uint64_t *src, struct error *e) {
    (void)c;
    (void)s;
    (void)e;
    dst[SUM] = f64_word(f64_of(dst[SUM]) + f64_of(src[SUM]));
    dst[COUNT] += src[COUNT];
    return STATUS_OK;
}

static enum status double_avg_result(const struct agg_call *c, struct state *s, const uint64_t *acc,
                                     struct vec *out, uint32_t row, struct error *e) {
    (void)s;
    (void)e;
    if (put_empty(c, acc[COUNT], out, row)) return STATUS_OK;
    double average = f64_of(acc[SUM]) / (double)(int64_t)acc[COUNT];
    word_put(out, row, out->type->phys == PHYS_F32 ? f32_word((float)average) : f64_word(average));
    return STATUS_OK;
}

/* ---- DECIMAL ---- */

/* sum += x; on overflow the sum is NULL, and SUM begins again with the next value. */
static void decimal_add_to(const struct agg_call *c, uint64_t *acc, i128 x, int64_t count) {
    acc[WIDE_COUNT] += (uint64_t)count;
    bool restarts = c->impl != &agg_avg_decimal;
    if (acc[WIDE_OVERFLOW] != 0) {
        if (!restarts) return;
        acc[WIDE_OVERFLOW] = 0;
        wide_put(acc, x);
        return;
    }
    i128 sum = wide_get(acc);
    if (__builtin_add_overflow(sum, x, &sum) || !decimal_fits(sum, TYPE_DECIMAL_PRECISION_MAX)) {
        acc[WIDE_OVERFLOW] = 1;
        sum = 0;
    }
    wide_put(acc, sum);
}

static enum status decimal_fold(const struct agg_call *c, struct state *s, uint64_t *const *accs,
                                const struct vec *const *args, const struct rows *rows,
                                const int8_t *signs, struct error *e) {
    (void)s;
    (void)e;
    const i128 safe = (i128)1 << 120; /* below 10^37: adding 18 digits cannot overflow */
#define SMALL_STEP                                                  \
    {                                                               \
        i128 sum = wide_get(acc);                                   \
        if (acc[WIDE_OVERFLOW] == 0 && sum < safe && sum > -safe) { \
            wide_put(acc, sum + (i128)x * sign);                    \
            acc[WIDE_COUNT] += (uint64_t)sign;                      \
        } else {                                                    \
            decimal_add_to(c, acc, (i128)x *sign, sign);            \
        }                                                           \
    }
    if (args[0]->type->phys == PHYS_I64)
        FOLD_ROWS(int64_t, accs, args[0], rows, signs, SMALL_STEP);
    else
        FOLD_ROWS(i128, accs, args[0], rows, signs, { decimal_add_to(c, acc, x * sign, sign); });
    return STATUS_OK;
}

static enum status decimal_merge(const struct agg_call *c, struct state *s, uint64_t *dst,
                                 const uint64_t *src, struct error *e) {
    (void)s;
    (void)e;
    int64_t count = (int64_t)src[WIDE_COUNT];
    if (src[WIDE_OVERFLOW] == 0) {
        if (count != 0 || wide_get(src) != 0) decimal_add_to(c, dst, wide_get(src), count);
        return STATUS_OK;
    }
    dst[WIDE_COUNT] += (uint64_t)count;
    dst[WIDE_OVERFLOW] = 1;
    return STATUS_OK;
}

static enum status decimal_unmerge(const struct agg_call *c, struct state *s, uint64_t *dst,
                                   const uint64_t *src, struct error *e) {
    (void)s;
    (void)e;
    if (src[WIDE_COUNT] != 0 || wide_get(src) != 0) decimal_add_to(c, dst, -wide_get(src), -(int64_t)src[WIDE_COUNT]);
    return STATUS_OK;
}

static enum status decimal_result(const struct agg_call *c, struct state *s, const uint64_t *acc,
                                  struct vec *out, uint32_t row, struct error *e) {
    (void)s;
    (void)e;
    if (put_empty(c, acc[WIDE_COUNT], out, row)) return STATUS_OK;
    if (acc[WIDE_OVERFLOW] != 0)
        vec_set_null(out, row);
    else
        decimal_put(out, row, wide_get(acc));
    return STATUS_OK;
}

static enum status decimal_avg_result(const struct agg_call *c, struct state *s,
                                      const uint64_t *acc, struct vec *out, uint32_t row,
                                      struct error *e) {
    (void)s;
    (void)e;
    if (put_empty(c, acc[WIDE_COUNT], out, row)) return STATUS_OK;
    i128 average = 0;
    bool fits =
        acc[WIDE_OVERFLOW] == 0 &&
        decimal_divide(wide_get(acc), c->arg_types[0]->scale, (i128)(int64_t)acc[WIDE_COUNT], 0,
                       out->type->precision, out->type->scale, &average);
    if (fits)
        decimal_put(out, row, average);
    else
        vec_set_null(out, row);
    return STATUS_OK;
}

/*
 * ---- partial rows, Flink's accumulators: SUM without retractions and $SUM0 send the sum alone (NULL:
 * no value, or overflowed), SUM with retractions and AVG the count behind it ----
 */

static bool is_avg(const struct agg_call *c) {
    return c->impl == &agg_avg_integer || c->impl == &agg_avg_double || c->impl == &agg_avg_decimal;
}

static uint32_t sum_partial_count(const struct agg_call *c) {
    return is_avg(c) || (c->retract && !is_sum0(c)) ? 2 : 1;
}

static const char *sum_partial_name(const struct agg_call *c, uint32_t i) {
    (void)c;
    return i == 0 ? "sum" : "count";
}

static const struct type *sum_partial_type(const struct agg_call *c, struct types *t, uint32_t i) {
    if (i == 1) return type_simple(t, TYPE_BIGINT, false);
    const struct type *arg = c->arg_types[0];
    if (arg->root == TYPE_DECIMAL)
        return type_decimal(t, TYPE_DECIMAL_PRECISION_MAX, arg->scale, true);
    if (c->impl == &agg_sum_float) return type_simple(t, TYPE_FLOAT, true);
    bool real = arg->root == TYPE_FLOAT || arg->root == TYPE_DOUBLE;
    return type_simple(t, real ? TYPE_DOUBLE : TYPE_BIGINT, true);
}

static enum status word_partial_write(const struct agg_call *c, struct state *s,
                                      uint64_t *const *accs, uint32_t count,
                                      struct vec *const *out, uint32_t row, struct error *e) {
    (void)s;
    (void)e;
    bool two = sum_partial_count(c) == 2, sum0 = is_sum0(c);
    for (uint32_t i = 0; i < count; i++) {
        word_put(out[0], row + i, accs[i][SUM]);
        if (two)
            VEC_DATA(out[1], uint64_t)[row + i] = accs[i][COUNT];
        else if (accs[i][COUNT] == 0 && !sum0)
            vec_set_null(out[0], row + i);
    }
    return STATUS_OK;
}

static enum status word_partial_fold(const struct agg_call *c, struct state *s,
                                     uint64_t *const *accs, const struct vec *const *in,
                                     const struct rows *rows, struct error *e) {
    bool two = sum_partial_count(c) == 2;
    for (uint32_t i = 0; i < rows->count; i++) {
        uint32_t row = rows_at(rows, i);
        if (vec_is_null(in[0], row)) continue;
        const uint64_t src[2] = {word_get(in[0], row), two ? VEC_VALUE(in[1], uint64_t, row) : 1};
        TRY(c->impl->merge(c, s, accs[i], src, e));
    }
    return STATUS_OK;
}

static enum status wide_partial_write(const struct agg_call *c, struct state *s,
                                      uint64_t *const *accs, uint32_t count,
                                      struct vec *const *out, uint32_t row, struct error *e) {
    (void)s;
    (void)e;
    bool two = sum_partial_count(c) == 2, sum0 = is_sum0(c);
    for (uint32_t i = 0; i < count; i++) {
        decimal_put(out[0], row + i, wide_get(accs[i]));
        bool none = !two && !sum0 && accs[i][WIDE_COUNT] == 0;
        if (none || accs[i][WIDE_OVERFLOW] != 0) vec_set_null(out[0], row + i);
        if (two) VEC_DATA(out[1], uint64_t)[row + i] = accs[i][WIDE_COUNT];
    }
    return STATUS_OK;
}

static enum status wide_partial_fold(const struct agg_call *c, struct state *s,
                                     uint64_t *const *accs, const struct vec *const *in,
                                     const struct rows *rows, struct error *e) {
    bool two = sum_partial_count(c) == 2, skip = !two && !is_sum0(c);
    for (uint32_t i = 0; i < rows->count; i++) {
        uint32_t row = rows_at(rows, i);
        bool null = vec_is_null(in[0], row);
        if (null && skip) continue;
        uint64_t src[4] = {0, 0, two ? VEC_VALUE(in[1], uint64_t, row) : 1, null};
        if (!null) wide_put(src, decimal_get(in[0], row));
        TRY(decimal_merge(c, s, accs[i], src, e));
    }
    return STATUS_OK;
}

#define SUM_PARTIAL(kind)                                                                        \
    .partial_count = sum_partial_count, .partial_name = sum_partial_name,                        \
    .partial_type = sum_partial_type, .partial_write = kind##_partial_write,                     \
    .partial_fold = kind##_partial_fold

const struct agg_impl agg_sum_integer = {IMPL_FIELDS(word_fields), .fold = integer_fold,
                                         .merge = integer_merge,   .subtract = integer_subtract,
                                         .result = word_result,    SUM_PARTIAL(word)};
const struct agg_impl agg_sum_float = {IMPL_FIELDS(word_fields), .fold = float_fold,
                                       .merge = float_merge, .result = word_result,
                                       SUM_PARTIAL(word)};
const struct agg_impl agg_sum_double = {IMPL_FIELDS(word_fields), .fold = double_fold,
                                        .merge = double_merge, .result = word_result,
                                        SUM_PARTIAL(word)};
const struct agg_impl agg_sum_decimal = {IMPL_FIELDS(wide_fields), .fold = decimal_fold,
                                         .merge = decimal_merge,   .subtract = decimal_unmerge,
                                         .result = decimal_result, SUM_PARTIAL(wide)};
const struct agg_impl agg_avg_integer = {IMPL_FIELDS(word_fields),     .fold = integer_fold,
                                         .merge = integer_merge,       .subtract = integer_subtract,
                                         .result = integer_avg_result, SUM_PARTIAL(word)};
const struct agg_impl agg_avg_double = {IMPL_FIELDS(word_fields), .fold = double_fold,
                                        .merge = double_merge, .result = double_avg_result,
                                        SUM_PARTIAL(word)};
const struct agg_impl agg_avg_decimal = {IMPL_FIELDS(wide_fields),     .fold = decimal_fold,
                                         .merge = decimal_merge,       .subtract = decimal_unmerge,
                                         .result = decimal_avg_result, SUM_PARTIAL(wide)};
