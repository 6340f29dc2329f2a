/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_AGG_AGG_H
#define WEIR_AGG_AGG_H

#include "base/arena.h"
#include "base/error.h"
#include "func/func.h"
#include "state/state.h"
#include "type/type.h"
#include "vec/vec.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * agg: aggregate functions. One table row per function, as for scalar functions; bind chooses result
 * type and implementation. An accumulator is a fixed run of state words (state_field list), so it
 * lives in a state map's value as it is; what does not fit there (strings, multisets for retracting
 * MIN/MAX, distinct sets) is a BLOB, SORTED or LIST field.
 */

struct agg_impl;

/* One aggregate call of a query, bound; in the plan. */
struct agg_call {
    const struct agg_func *func;
    const struct agg_impl *impl;
    const struct type *type; /* result type as Flink reports it */
    uint32_t arg_count;
    uint32_t args
        [4]; /* input column indexes (the planner projects expressions below); constants have none */
    const struct type *arg_types[4];
    int32_t filter; /* BOOLEAN input column, -1: none */
    bool distinct;
    bool companion; /* a COUNT that nobody reads: it makes a change of the call before it show, as in Flink's plan */
    bool retract;                   /* the input may retract: needs the retracting implementation */
    bool delta; /* kept for one bundle only and sent on as a partial row: what retracts earlier rows is
                   remembered, and distinct values are counted but not folded */
    struct str name;                /* of the output column */
    const struct vec *constants[4]; /* literal arguments (LISTAGG separator), NULL otherwise */
    struct agg_scratch *
        scratch; /* private to src/agg: layouts and buffers, made by agg_set_new for its own copy */
};

/* An implementation: plain functions over accumulator words. */
struct agg_impl {
    const struct state_field *fields; /* the accumulator's schema; words = sum */
    uint32_t field_count;
    /* Sets a zeroed accumulator to its beginning; NULL: zero is fine. */
    void (*init)(const struct agg_call *c, uint64_t *acc);
    /*
     * Folds rows in order: row rows[i] into accs[i] (already announced for writing), adding (+1) or
     * retracting (-1) as signs say (NULL: all add). Null arguments are the implementation's business
     * (most skip them). Filter and distinct have been applied by the caller.
     */
    enum status (*fold)(const struct agg_call *c, struct state *s, uint64_t *const *accs,
                        const struct vec *const *args, const struct rows *rows, const int8_t *signs,
                        struct error *e);
    /* dst += src: two-phase aggregation and window slices; both in the same state. NULL: cannot merge. */
    enum status (*merge)(const struct agg_call *c, struct state *s, uint64_t *dst,
                         const uint64_t *src, struct error *e);
    /* dst -= src where the aggregate can subtract (running totals of HOP slices); else NULL. */
    enum status (*subtract)(const struct agg_call *c, struct state *s, uint64_t *dst,
                            const uint64_t *src, struct error *e);
    /* Words of the accumulator by which Flink sees a change that the result may not show. */
    uint8_t hidden[2];
    uint8_t hidden_count;
    /* out[row] = the result, out FLAT of c->type. */
    enum status (*result)(const struct agg_call *c, struct state *s, const uint64_t *acc,
                          struct vec *out, uint32_t row, struct error *e);
    /*
     * The accumulator as columns, for local -> global exchange: how many, their names and types, and
     * whole columns of them: accs[i] to row `row` + i of out, the columns of row rows[i] into
     * accs[i]. NULL partial_count: no two-phase form.
     */
    uint32_t (*partial_count)(const struct agg_call *c);
    const char *(*partial_name)(const struct agg_call *c, uint32_t i);
    const struct type *(*partial_type)(const struct agg_call *c, struct types *t, uint32_t i);
    enum status (*partial_write)(const struct agg_call *c, struct state *s, uint64_t *const *accs,
                                 uint32_t count, struct vec *const *out, uint32_t row,
                                 struct error *e);
    enum status (*partial_fold)(const struct agg_call *c, struct state *s, uint64_t *const *accs,
                                const struct vec *const *in, const struct rows *rows,
                                struct error *e);
};

struct agg_bind {
    const struct agg_func *func;
    struct arena *arena;
    struct types *types;
    const struct eval_context *session;
    struct error *error;
    struct span span;
    struct expr **args; /* may be replaced by casts */
    uint32_t arg_count;
    bool distinct;
    bool
        retract; /* may be unknown (false) at bind; agg_choose picks again after changelog inference */
    bool
        grouped; /* there is a GROUP BY key and no FILTER: SUM etc. of NOT NULL input are NOT NULL */
    const struct type *type; /* result */
};

struct agg_func {
    struct str name;
    uint32_t arg_min, arg_max;
    enum status (*bind)(struct agg_bind *b);
    /* The implementation for these argument types; retract as inferred. NULL and an error when there is none. */
    enum status (*choose)(const struct agg_call *c, const struct agg_impl **ret, struct error *e);
    const char *signature;
    const char *doc;
    const char *example;
};

const struct agg_func *agg_find(struct str name);
const struct agg_func *const *agg_table(uint32_t *ret_count);

/*
 * A set of aggregate calls over one input, laid out in one value: what group and window operators
 * hold. Field order: [count of input rows, kept when retracting or asked for][distinct sets][accumulators].
 */
struct agg_set;

enum status agg_set_new(struct arena *a, struct types *t, const struct agg_call *calls,
                        uint32_t count, bool count_rows, struct agg_set **ret, struct error *e);
/* The fields of the value, to open a state map with. */
const struct state_field *agg_set_fields(const struct agg_set *g, uint32_t *ret_count);
uint32_t agg_set_words(const struct agg_set *g);
void agg_set_init(const struct agg_set *g, uint64_t *value);
/*
 * Folds rows[i] of the columns into values[i], with filters, distinct sets and signs applied; adds the
 * sign to the row count. The caller announced the writes of the values' words.
 */
enum status agg_set_fold(struct agg_set *g, struct state *s, uint64_t *const *values,
                         struct vec *const *columns, const struct rows *rows, const int8_t *signs,
                         struct error *e);
enum status agg_set_merge(struct agg_set *g, struct state *s, uint64_t *dst, const uint64_t *src,
                          struct error *e);
/* Can every accumulator merge / subtract? */
bool agg_set_can_merge(const struct agg_set *g);
bool agg_set_can_subtract(const struct agg_set *g);
enum status agg_set_subtract(struct agg_set *g, struct state *s, uint64_t *dst, const uint64_t *src,
                             struct error *e);
/* Results into out[0..count). */
enum status agg_set_result(struct agg_set *g, struct state *s, const uint64_t *value,
                           struct vec *const *out, uint32_t row, struct error *e);
/* Frees the buffers; the rest goes with the arena. */
void agg_set_free(struct agg_set *g);
/* Rows counted so far (count_rows). */
int64_t agg_set_rows(const struct agg_set *g, const uint64_t *value);
/* Frees blobs, sorted maps and lists of a value that is no longer needed and zeroes it. */
void agg_set_release(struct agg_set *g, struct state *s, uint64_t *value);
/*
 * Words that no result shows but that Flink compares when it asks whether a group has changed: it keeps
 * variances as a count and a sum of squares, and takes them together above the aggregate.
 */
uint32_t agg_set_hidden_words(const struct agg_set *g);
void agg_set_hidden(const struct agg_set *g, const uint64_t *value, uint64_t *ret_words);
/* Does a value refer to blobs, sorted maps or lists in the state? */
bool agg_set_has_refs(const struct agg_set *g);

/*
 * Partial rows, the form in which accumulators go from a local to a global aggregate: the columns of
 * the calls in order (a distinct call has none), the row count where it is kept, and a column per
 * distinct set.
 */
struct agg_partial {
    const struct type *type;
    struct str name;
};
/* Has every call a partial form? */
bool agg_can_split(const struct agg_call *calls, uint32_t count);
enum status agg_partials(struct arena *a, struct types *t, const struct agg_call *calls,
                         uint32_t count, bool count_rows, struct agg_partial **ret,
                         uint32_t *ret_count, struct error *e);
/* The distinct set of each call, numbered in order of appearance; -1 none. Returns how many sets. */
uint32_t agg_distinct_sets(const struct agg_call *calls, uint32_t count, int32_t *ret_set_of);
/* values[i] to row `row` + i of out, which has a column per partial. */
enum status agg_set_partial_write(struct agg_set *g, struct state *s, uint64_t *const *values,
                                  uint32_t count, struct vec *const *out, uint32_t row,
                                  struct error *e);
/*
 * Partial row rows[i] into values[i]. whole: the values hold everything so far, so that distinct
 * values that are new there are folded; else they are one bundle's and are merged later.
 */
enum status agg_set_partial_fold(struct agg_set *g, struct state *s, uint64_t *const *values,
                                 struct vec *const *in, const struct rows *rows, bool whole,
                                 struct error *e);

/*
 * Incremental aggregation: merges one bundle's value of g into `to`, a set of the same calls without
 * DISTINCT; distinct values count there only when they are new to (or leave) the sets under `roots`,
 * one word per distinct set, which lie in the state.
 */
uint32_t agg_set_distinct_count(const struct agg_set *g);
/* Has a value any distinct values? */
bool agg_set_has_distinct(const struct agg_set *g, const uint64_t *value);
enum status agg_set_absorb(struct agg_set *g, struct state *s, uint64_t *roots, const uint64_t *src,
                           struct agg_set *to, uint64_t *dst, struct error *e);

#endif
