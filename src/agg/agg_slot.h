/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_AGG_AGG_SLOT_H
#define WEIR_AGG_AGG_SLOT_H

#include "agg/agg.h"
#include "base/buf.h"
#include "type/int128.h"
#include "vec/row.h"

#include <string.h>

/*
 * agg_slot: what the accumulators share: values kept in state words, loops over rows, the scratch of
 * one call. Internal to src/agg.
 */

struct agg_scratch {
    const struct row_layout *layout;     /* of argument 0 */
    const struct row_layout *key_layout; /* of all arguments: distinct sets */
    struct buf bytes, more;
    struct buf key;                      /* of a distinct set's entry being read */
    struct vec *decoded[4]; /* one row: arguments read back from a distinct set */
    struct arena *heap;     /* of decoded[]'s strings */
    struct str separator;   /* LISTAGG */
};

enum status agg_scratch_new(struct arena *a, struct types *t, const struct agg_call *c,
                            struct agg_scratch **ret, struct error *e);
void agg_scratch_free(struct agg_scratch *s);

/* How one value of a type lies in an accumulator: a word, two, or a blob. */
enum state_field_kind slot_kind(const struct type *t);
uint32_t slot_words(const struct type *t);
/* Stores a non-null value; a blob in the slot is replaced. */
enum status slot_store(const struct agg_call *c, struct state *s, uint64_t *slot,
                       const struct vec *v, uint32_t row, struct error *e);
/* dst = src, both slots of the call's argument type. */
enum status slot_copy(const struct agg_call *c, struct state *s, uint64_t *dst, const uint64_t *src,
                      struct error *e);
enum status slot_load(const struct agg_call *c, struct state *s, const uint64_t *slot,
                      struct vec *out, uint32_t row, struct error *e);
/* Order of a stored value and one in a vec, or of two stored ones; scalars only. */
int slot_compare(const struct agg_call *c, struct state *s, const uint64_t *slot,
                 const struct vec *v, uint32_t row);
int slot_compare_slots(const struct agg_call *c, struct state *s, const uint64_t *a,
                       const uint64_t *b);

/* A fixed value of up to 8 bytes as a word and back; integers sign-extended, floats as bits. */
uint64_t word_get(const struct vec *v, uint32_t row);
void word_put(struct vec *v, uint32_t row, uint64_t word);

/* Argument 0 as row bytes, in scratch->bytes. */
enum status row_bytes(const struct agg_call *c, const struct vec *v, uint32_t row, struct str *ret,
                      struct error *e);

/*
 * Packets: what does not fit in words, as bytes for a partial row: pieces with their lengths.
 * packet_send writes the packet as the value of a row; packet_take gives the next piece.
 */
void packet_put(struct buf *b, struct str piece);
struct str packet_take(struct str *bytes);
enum status packet_send(const struct buf *b, struct vec *out, uint32_t row, struct error *e);
/* partial_write of an accumulator that is an ordered map: its keys and values as pieces. */
enum status packet_write_sorted(const struct agg_call *c, struct state *s, uint64_t *const *accs,
                                uint32_t count, struct vec *const *out, uint32_t row,
                                struct error *e);
void packet_put_sorted(struct buf *b, const struct state *s, state_ref root);
const struct type *packet_type(const struct agg_call *c, struct types *t, uint32_t i);
uint32_t partial_one(const struct agg_call *c); /* partial_count of one column */

static inline i128 wide_get(const uint64_t *w) {
    i128 v;
    memcpy(&v, w, sizeof v);
    return v;
}
static inline void wide_put(uint64_t *w, i128 v) { memcpy(w, &v, sizeof v); }

static inline double f64_of(uint64_t w) {
    double d;
    memcpy(&d, &w, sizeof d);
    return d;
}
static inline uint64_t f64_word(double d) {
    uint64_t w;
    memcpy(&w, &d, sizeof w);
    return w;
}
static inline float f32_of(uint64_t w) {
    uint32_t bits = (uint32_t)w;
    float f;
    memcpy(&f, &bits, sizeof f);
    return f;
}
static inline uint64_t f32_word(float f) {
    uint32_t bits;
    memcpy(&bits, &f, sizeof bits);
    return bits;
}

/* An unscaled DECIMAL of either width. */
static inline i128 decimal_get(const struct vec *v, uint32_t row) {
    return v->type->phys == PHYS_I128 ? VEC_VALUE(v, i128, row) : (i128)VEC_VALUE(v, int64_t, row);
}
static inline void decimal_put(struct vec *v, uint32_t row, i128 d) {
    if (v->type->phys == PHYS_I128)
        VEC_DATA(v, i128)[row] = d;
    else
        VEC_DATA(v, int64_t)[row] = (int64_t)d;
}

/*
 * Loops over the rows whose argument is not null: `acc` is the accumulator, `x` the value, `sign` +1
 * or -1. The common case, a flat column without nulls that only adds, has a loop of its own.
 */
#define FOLD_ROWS(ctype, accs, v, rows, signs, statement)                     \
    do {                                                                      \
        const ctype *fold_data_ = vec_base(v)->data;                          \
        if ((v)->form == VEC_FLAT && (v)->valid == NULL && (signs) == NULL) { \
            const int64_t sign = 1;                                           \
            (void)sign;                                                       \
            for (uint32_t fold_i_ = 0; fold_i_ < (rows)->count; fold_i_++) {  \
                uint64_t *acc = (accs)[fold_i_];                              \
                ctype x = fold_data_[rows_at((rows), fold_i_)];               \
                statement                                                     \
            }                                                                 \
        } else {                                                              \
            for (uint32_t fold_i_ = 0; fold_i_ < (rows)->count; fold_i_++) {  \
                uint32_t fold_row_ = rows_at((rows), fold_i_);                \
                if (vec_is_null((v), fold_row_)) continue;                    \
                const int64_t sign = (signs) == NULL ? 1 : (signs)[fold_i_];  \
                (void)sign;                                                   \
                uint64_t *acc = (accs)[fold_i_];                              \
                ctype x = fold_data_[vec_row((v), fold_row_)];                \
                statement                                                     \
            }                                                                 \
        }                                                                     \
    } while (0)

#define IMPL_FIELDS(fields_) .fields = fields_, .field_count = sizeof(fields_) / sizeof(fields_[0])

#endif
