/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MIN, MAX, FIRST_VALUE, LAST_VALUE and SINGLE_VALUE over input that only adds: one value and whether
 * there is one. NULL arguments are passed over. Word-sized values of MIN and MAX have tight loops.
 */
#include "agg/agg_impls.h"

static const struct state_field word_fields[] = {{"count", STATE_WORD}, {"value", STATE_WORD}};
static const struct state_field wide_fields[] = {{"count", STATE_WORD}, {"value", STATE_WIDE}};
static const struct state_field blob_fields[] = {{"count", STATE_WORD}, {"value", STATE_BLOB}};
enum { HAS, VALUE };

typedef bool (*replaces_fn)(const struct agg_call *c, struct state *s, const uint64_t *slot,
                            const struct vec *v, uint32_t row);

static bool min_replaces(const struct agg_call *c, struct state *s, const uint64_t *slot,
                         const struct vec *v, uint32_t row) {
    return slot_compare(c, s, slot, v, row) > 0;
}

static bool max_replaces(const struct agg_call *c, struct state *s, const uint64_t *slot,
                         const struct vec *v, uint32_t row) {
    return slot_compare(c, s, slot, v, row) < 0;
}

static enum status any_fold(const struct agg_call *c, struct state *s, uint64_t *const *accs,
                            const struct vec *v, const struct rows *rows, replaces_fn replaces,
                            struct error *e) {
    for (uint32_t i = 0; i < rows->count; i++) {
        uint32_t row = rows_at(rows, i);
        if (vec_is_null(v, row)) continue;
        uint64_t *acc = accs[i];
        if (acc[HAS] != 0 && !replaces(c, s, &acc[VALUE], v, row)) continue;
        TRY(slot_store(c, s, &acc[VALUE], v, row, e));
        acc[HAS] = 1;
    }
    return STATUS_OK;
}

/* ---- MIN and MAX ---- */

#define EXTREME_LOOP(ctype, get, put, op)                         \
    FOLD_ROWS(ctype, accs, args[0], rows, (const int8_t *)NULL, { \
        if (acc[HAS] == 0 || x op get(acc[VALUE])) {              \
            acc[VALUE] = put(x);                                  \
            acc[HAS] = 1;                                         \
        }                                                         \
    })
#define AS_I64(w)   ((int64_t)(w))
#define FROM_I64(x) ((uint64_t)(int64_t)(x))

#define EXTREME_FOLD(name, op)                                                                \
    static enum status name##_word_fold(const struct agg_call *c, struct state *s,            \
                                        uint64_t *const *accs, const struct vec *const *args, \
                                        const struct rows *rows, const int8_t *signs,         \
                                        struct error *e) {                                    \
        (void)signs;                                                                          \
        switch (args[0]->type->phys) {                                                        \
        case PHYS_I32: EXTREME_LOOP(int32_t, AS_I64, FROM_I64, op); break;                    \
        case PHYS_I64: EXTREME_LOOP(int64_t, AS_I64, FROM_I64, op); break;                    \
        case PHYS_F64: EXTREME_LOOP(double, f64_of, f64_word, op); break;                     \
        default: return any_fold(c, s, accs, args[0], rows, name##_replaces, e);              \
        }                                                                                     \
        return STATUS_OK;                                                                     \
    }                                                                                         \
    static enum status name##_fold(const struct agg_call *c, struct state *s,                 \
                                   uint64_t *const *accs, const struct vec *const *args,      \
                                   const struct rows *rows, const int8_t *signs,              \
                                   struct error *e) {                                         \
        (void)signs;                                                                          \
        return any_fold(c, s, accs, args[0], rows, name##_replaces, e);                       \
    }

EXTREME_FOLD(min, <)
EXTREME_FOLD(max, >)

static enum status take(const struct agg_call *c, struct state *s, uint64_t *dst,
                        const uint64_t *src, struct error *e) {
    TRY(slot_copy(c, s, &dst[VALUE], &src[VALUE], e));
    dst[HAS] = src[HAS];
    return STATUS_OK;
}

static enum status min_merge(const struct agg_call *c, struct state *s, uint64_t *dst,
                             const uint64_t *src, struct error *e) {
    if (src[HAS] == 0 || (dst[HAS] != 0 && slot_compare_slots(c, s, &dst[VALUE], &src[VALUE]) <= 0))
        return STATUS_OK;
    return take(c, s, dst, src, e);
}

static enum status max_merge(const struct agg_call *c, struct state *s, uint64_t *dst,
                             const uint64_t *src, struct error *e) {
    if (src[HAS] == 0 || (dst[HAS] != 0 && slot_compare_slots(c, s, &dst[VALUE], &src[VALUE]) >= 0))
        return STATUS_OK;
    return take(c, s, dst, src, e);
}

static enum status value_result(const struct agg_call *c, struct state *s, const uint64_t *acc,
                                struct vec *out, uint32_t row, struct error *e) {
    if (acc[HAS] != 0) return slot_load(c, s, &acc[VALUE], out, row, e);
    vec_set_null(out, row);
    return STATUS_OK;
}

/* ---- FIRST_VALUE and LAST_VALUE: merged in the order of the calls ---- */

static bool first_replaces(const struct agg_call *c, struct state *s, const uint64_t *slot,
                           const struct vec *v, uint32_t row) {
    (void)c;
    (void)s;
    (void)slot;
    (void)v;
    (void)row;
    return false;
}

static bool last_replaces(const struct agg_call *c, struct state *s, const uint64_t *slot,
                          const struct vec *v, uint32_t row) {
    return !first_replaces(c, s, slot, v, row);
}

static enum status first_fold(const struct agg_call *c, struct state *s, uint64_t *const *accs,
                              const struct vec *const *args, const struct rows *rows,
                              const int8_t *signs, struct error *e) {
    (void)signs;
    return any_fold(c, s, accs, args[0], rows, first_replaces, e);
}

static enum status last_fold(const struct agg_call *c, struct state *s, uint64_t *const *accs,
                             const struct vec *const *args, const struct rows *rows,
                             const int8_t *signs, struct error *e) {
    (void)signs;
    return any_fold(c, s, accs, args[0], rows, last_replaces, e);
}

static enum status first_merge(const struct agg_call *c, struct state *s, uint64_t *dst,
                               const uint64_t *src, struct error *e) {
    return dst[HAS] != 0 || src[HAS] == 0 ? STATUS_OK : take(c, s, dst, src, e);
}

static enum status last_merge(const struct agg_call *c, struct state *s, uint64_t *dst,
                              const uint64_t *src, struct error *e) {
    return src[HAS] == 0 ? STATUS_OK : take(c, s, dst, src, e);
}

/* ---- SINGLE_VALUE: of a scalar sub-query; NULL counts as a value ---- */

enum { SINGLE_NULL = 1 }; /* in HAS: 2 * rows, +1 when the value is NULL */

static enum status single_fold(const struct agg_call *c, struct state *s, uint64_t *const *accs,
                               const struct vec *const *args, const struct rows *rows,
                               const int8_t *signs, struct error *e) {
    for (uint32_t i = 0; i < rows->count; i++) {
        uint32_t row = rows_at(rows, i);
        uint64_t *acc = accs[i];
        if (signs != NULL && signs[i] < 0) {
            acc[HAS] = 0;
            continue;
        }
        if (acc[HAS] != 0)
            return error_set(e, STATUS_EVALUATION,
                             "SingleValueAggFunction received more than one element.");
        bool null = vec_is_null(args[0], row);
        if (!null) TRY(slot_store(c, s, &acc[VALUE], args[0], row, e));
        acc[HAS] = 2 | (null ? SINGLE_NULL : 0);
    }
    return STATUS_OK;
}

static enum status single_result(const struct agg_call *c, struct state *s, const uint64_t *acc,
                                 struct vec *out, uint32_t row, struct error *e) {
    if (acc[HAS] != 0 && (acc[HAS] & SINGLE_NULL) == 0)
        return slot_load(c, s, &acc[VALUE], out, row, e);
    vec_set_null(out, row);
    return STATUS_OK;
}

/* ---- partial rows of MIN and MAX: the value, NULL for none ---- */

static const char *extreme_partial_name(const struct agg_call *c, uint32_t i) {
    (void)i;
    return c->func->name.at[1] == 'I' ? "min" : "max";
}

static const struct type *value_partial_type(const struct agg_call *c, struct types *t,
                                             uint32_t i) {
    (void)i;
    return type_nullable(t, c->arg_types[0], true);
}

static enum status value_partial_write(const struct agg_call *c, struct state *s,
                                       uint64_t *const *accs, uint32_t count,
                                       struct vec *const *out, uint32_t row, struct error *e) {
    for (uint32_t i = 0; i < count; i++) TRY(value_result(c, s, accs[i], out[0], row + i, e));
    return STATUS_OK;
}

static enum status value_partial_fold(const struct agg_call *c, struct state *s,
                                      uint64_t *const *accs, const struct vec *const *in,
                                      const struct rows *rows, struct error *e) {
    return c->impl->fold(c, s, accs, in, rows, NULL, e);
}

#define VALUE_IMPL(name, kind, fold_)                                        \
    const struct agg_impl agg_##name##_##kind = {IMPL_FIELDS(kind##_fields), \
                                                 .fold = fold_,              \
                                                 .merge = name##_merge,      \
                                                 .result = value_result}
#define EXTREME_IMPL(name, kind, fold_)                                                  \
    const struct agg_impl agg_##name##_##kind = {IMPL_FIELDS(kind##_fields),             \
                                                 .fold = fold_,                          \
                                                 .merge = name##_merge,                  \
                                                 .result = value_result,                 \
                                                 .partial_count = partial_one,           \
                                                 .partial_name = extreme_partial_name,   \
                                                 .partial_type = value_partial_type,     \
                                                 .partial_write = value_partial_write,   \
                                                 .partial_fold = value_partial_fold}
EXTREME_IMPL(min, word, min_word_fold);
EXTREME_IMPL(min, wide, min_fold);
EXTREME_IMPL(min, blob, min_fold);
EXTREME_IMPL(max, word, max_word_fold);
EXTREME_IMPL(max, wide, max_fold);
EXTREME_IMPL(max, blob, max_fold);
VALUE_IMPL(first, word, first_fold);
VALUE_IMPL(first, wide, first_fold);
VALUE_IMPL(first, blob, first_fold);
VALUE_IMPL(last, word, last_fold);
VALUE_IMPL(last, wide, last_fold);
VALUE_IMPL(last, blob, last_fold);

#define SINGLE_IMPL(kind)                                                                       \
    const struct agg_impl agg_single_##kind = {IMPL_FIELDS(kind##_fields), .fold = single_fold, \
                                               .result = single_result}
SINGLE_IMPL(word);
SINGLE_IMPL(wide);
SINGLE_IMPL(blob);
