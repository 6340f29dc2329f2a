/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_AGG_AGG_SET_H
#define WEIR_AGG_AGG_SET_H

#include "agg/agg_slot.h"

/* The inside of agg_set, shared by its files. Internal to src/agg. */

/* One distinct set: an ordered map, row of arguments -> a count per call that uses it. */
struct distinct_set {
    uint32_t word;   /* of its root in the value */
    uint32_t count;  /* calls */
    uint32_t *calls; /* their indexes, by place in the set's entries */
    bool retract;
};

/* Rows chosen for one call: by its filter, by a distinct set. */
struct picked {
    uint64_t **accs;
    uint32_t *sel;
    int8_t *signs;
    uint32_t count;
};

struct agg_set {
    struct agg_call *calls; /* own copies */
    uint32_t count;
    bool count_rows;
    struct state_field *fields;
    uint32_t field_count;
    uint32_t words;
    uint32_t *offsets; /* first word of each call's accumulator */
    struct distinct_set *sets;
    uint32_t set_count;
    struct picked *picked;  /* one per call that needs one */
    bool delta;            /* see struct agg_call */
    bool has_refs;
    bool can_merge, can_subtract;
};

bool agg_set_passes(const struct agg_call *c, struct vec *const *columns, uint32_t row);
/* Arguments of a call as its implementation sees them. */
void agg_set_args(const struct agg_call *c, struct vec *const *columns,
                  const struct vec *ret_args[4]);

enum status distinct_fold(struct agg_set *g, const struct distinct_set *d, struct state *s,
                          uint64_t *const *values, struct vec *const *columns,
                          const struct rows *rows, const int8_t *signs, struct error *e);
enum status distinct_merge(struct agg_set *g, const struct distinct_set *d, struct state *s,
                           uint64_t *dst, const uint64_t *src, struct error *e);
/* The set under *src into the one under *root; what appears or leaves there is folded into `to`. */
enum status distinct_absorb(struct agg_set *g, const struct distinct_set *d, struct state *s,
                            state_ref *root, state_ref src, struct agg_set *to, uint64_t *dst,
                            struct error *e);
/* A set as bytes, and such bytes added to a set; `to` NULL: nothing is folded. */
enum status distinct_write(struct agg_set *g, const struct distinct_set *d, struct state *s,
                           state_ref root, struct vec *out, uint32_t row, struct error *e);
enum status distinct_read(struct agg_set *g, const struct distinct_set *d, struct state *s,
                          uint64_t *value, struct str bytes, struct agg_set *to, struct error *e);

/* Calls over a distinct set: not MIN and MAX, which are the same with and without DISTINCT. */
bool agg_needs_distinct(const struct agg_call *c);

#endif
