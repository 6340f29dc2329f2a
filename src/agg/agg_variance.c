/* SPDX-License-Identifier: Apache-2.0 */
/*
 * VAR_POP, VAR_SAMP (VARIANCE), STDDEV_POP and STDDEV_SAMP (STDDEV): Welford's running mean and sum of
 * squared distances in double, as Flink's $WELFORD_M2. The result is cast to the type that AVG would
 * have: integers saturate at 32 and 64 bits, and the small ones keep the low bits of the 32.
 */
#include "agg/agg_impls.h"

#include "type/decimal.h"

#include <math.h>

static const struct state_field fields[] = {
    {"count", STATE_WORD}, {"mean", STATE_WORD}, {"m2", STATE_WORD}};
enum { COUNT, MEAN, M2 };

static double argument(const struct vec *v, uint32_t row) {
    switch (v->type->root) {
    case TYPE_FLOAT: return (double)VEC_VALUE(v, float, row);
    case TYPE_DOUBLE: return VEC_VALUE(v, double, row);
    case TYPE_DECIMAL: return decimal_to_double(decimal_get(v, row), v->type->scale);
    default: return (double)(int64_t)word_get(v, row);
    }
}

/*
 * Below zero values (a retraction that came before its row) Flink only counts; what is retracted and
 * added there leaves no trace in mean and distances.
 */
static void welford_add(uint64_t *acc, double x) {
    acc[COUNT]++;
    if ((int64_t)acc[COUNT] <= 0) return;
    double delta = x - f64_of(acc[MEAN]);
    double mean = f64_of(acc[MEAN]) + delta / (double)(int64_t)acc[COUNT];
    acc[MEAN] = f64_word(mean);
    acc[M2] = f64_word(f64_of(acc[M2]) + delta * (x - mean));
}

static void welford_take(uint64_t *acc, double x) {
    acc[COUNT]--;
    if (acc[COUNT] == 0) acc[MEAN] = acc[M2] = 0;
    if ((int64_t)acc[COUNT] <= 0) return;
    double delta = x - f64_of(acc[MEAN]);
    double mean = f64_of(acc[MEAN]) - delta / (double)(int64_t)acc[COUNT];
    acc[MEAN] = f64_word(mean);
    acc[M2] = f64_word(f64_of(acc[M2]) - delta * (x - mean));
}

static void welford_merge(uint64_t *dst, const uint64_t *src) {
    int64_t n = (int64_t)dst[COUNT], m = (int64_t)src[COUNT];
    if (m > 0 && n == 0) {
        memcpy(dst, src, 3 * sizeof *dst);
    } else if (m > 0) {
        double total = (double)(n + m), delta = f64_of(src[MEAN]) - f64_of(dst[MEAN]);
        dst[MEAN] = f64_word(f64_of(dst[MEAN]) + (double)m / total * delta);
        dst[M2] = f64_word(f64_of(dst[M2]) + f64_of(src[M2]) +
                           (double)n * (double)m / total * delta * delta);
        dst[COUNT] += src[COUNT];
    } else {
        dst[COUNT] += src[COUNT];
    }
    if ((int64_t)dst[COUNT] <= 0) dst[MEAN] = dst[M2] = 0;
}

static enum status variance_fold(const struct agg_call *c, struct state *s, uint64_t *const *accs,
                                 const struct vec *const *args, const struct rows *rows,
                                 const int8_t *signs, struct error *e) {
    (void)c;
    (void)s;
    (void)e;
    for (uint32_t i = 0; i < rows->count; i++) {
        uint32_t row = rows_at(rows, i);
        if (vec_is_null(args[0], row)) continue;
        if (signs == NULL || signs[i] > 0)
            welford_add(accs[i], argument(args[0], row));
        else
            welford_take(accs[i], argument(args[0], row));
    }
    return STATUS_OK;
}

static enum status variance_merge(const struct agg_call *c, struct state *s, uint64_t *dst,
                                  const uint64_t *src, struct error *e) {
    (void)c;
    (void)s;
    (void)e;
    welford_merge(dst, src);
    return STATUS_OK;
}

/* Java's narrowing from double. */
static int64_t to_integer(double d, double low, double high, int64_t min, int64_t max) {
    if (isnan(d)) return 0;
    if (d <= low) return min;
    return d >= high ? max : (int64_t)d;
}

static enum status put_double(struct vec *out, uint32_t row, double d) {
    vec_set_valid(out, row);
    switch (out->type->root) {
    case TYPE_FLOAT: VEC_DATA(out, float)[row] = (float)d; break;
    case TYPE_DOUBLE: VEC_DATA(out, double)[row] = d; break;
    case TYPE_BIGINT:
        VEC_DATA(out, int64_t)[row] = to_integer(d, -0x1p63, 0x1p63, INT64_MIN, INT64_MAX);
        break;
    case TYPE_DECIMAL: {
        i128 v = 0;
        if (decimal_from_double(d, out->type->precision, out->type->scale, &v))
            decimal_put(out, row, v);
        else
            vec_set_null(out, row);
        break;
    }
    default:
        word_put(out, row, (uint64_t)to_integer(d, -0x1p31, 0x1p31, INT32_MIN, INT32_MAX));
        break;
    }
    return STATUS_OK;
}

/* Flink writes its default of -1 where a NOT NULL number has no value. */
static enum status put_none(struct vec *out, uint32_t row) {
    if (out->type->nullable || out->type->root == TYPE_DECIMAL) {
        vec_set_null(out, row);
        return STATUS_OK;
    }
    return put_double(out, row, -1);
}

static enum status variance_result(const struct agg_call *c, struct state *s, const uint64_t *acc,
                                   struct vec *out, uint32_t row, struct error *e) {
    (void)s;
    (void)e;
    struct str name = c->func->name;
    bool sample = !(name.size_bytes > 4 && memcmp(name.at + name.size_bytes - 4, "_POP", 4) == 0);
    int64_t divisor = (int64_t)acc[COUNT] - (sample ? 1 : 0);
    if (divisor <= 0 || f64_of(acc[M2]) < 0) return put_none(out, row);
    double variance = f64_of(acc[M2]) / (double)divisor;
    return put_double(out, row, name.at[0] == 'S' ? pow(variance, 0.5) : variance);
}

static uint32_t variance_partial_count(const struct agg_call *c) {
    (void)c;
    return 3;
}

static const char *variance_partial_name(const struct agg_call *c, uint32_t i) {
    (void)c;
    return fields[i].name;
}

static const struct type *variance_partial_type(const struct agg_call *c, struct types *t,
                                                uint32_t i) {
    (void)c;
    return type_simple(t, i == COUNT ? TYPE_BIGINT : TYPE_DOUBLE, false);
}

static enum status variance_partial_write(const struct agg_call *c, struct state *s,
                                          uint64_t *const *accs, uint32_t count,
                                          struct vec *const *out, uint32_t row, struct error *e) {
    (void)c;
    (void)s;
    (void)e;
    for (uint32_t k = 0; k < 3; k++)
        for (uint32_t i = 0; i < count; i++) VEC_DATA(out[k], uint64_t)[row + i] = accs[i][k];
    return STATUS_OK;
}

static enum status variance_partial_fold(const struct agg_call *c, struct state *s,
                                         uint64_t *const *accs, const struct vec *const *in,
                                         const struct rows *rows, struct error *e) {
    (void)c;
    (void)s;
    (void)e;
    for (uint32_t i = 0; i < rows->count; i++) {
        uint32_t row = rows_at(rows, i);
        const uint64_t src[3] = {VEC_VALUE(in[0], uint64_t, row), VEC_VALUE(in[1], uint64_t, row),
                                 VEC_VALUE(in[2], uint64_t, row)};
        welford_merge(accs[i], src);
    }
    return STATUS_OK;
}

const struct agg_impl agg_variance = {
    IMPL_FIELDS(fields),
    .fold = variance_fold,
    .merge = variance_merge,
    .hidden = {COUNT, M2},
    .hidden_count = 2,
    .result = variance_result,
    .partial_count = variance_partial_count,
    .partial_name = variance_partial_name,
    .partial_type = variance_partial_type,
    .partial_write = variance_partial_write,
    .partial_fold = variance_partial_fold,
};
