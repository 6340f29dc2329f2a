/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_PLAN_REL_H
#define WEIR_PLAN_REL_H

#include "agg/agg.h"
#include "base/list.h"
#include "catalog/connector.h"
#include "catalog/table.h"
#include "func/expr.h"
#include "plan/node.h"
#include "type/type.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * rel: the logical tree between binder and physical plan: what the query means, in a dozen kinds.
 * A rel is immutable once made; rules build new ones and share what did not change. Column
 * references are indexes into the row of the (concatenated) inputs.
 */

enum rel_kind {
    REL_SCAN,
    REL_VALUES,
    REL_WATERMARK,
    REL_PROJECT,
    REL_FILTER,
    REL_AGGREGATE,  /* row: keys, aggregates */
    REL_EXPAND,     /* GROUPING SETS: each row once per set, unused keys NULL, the set's id last */
    REL_TVF,        /* row: input, window_start, window_end, window_time */
    REL_OVER,       /* ROW_NUMBER() OVER: row: input, the number; gone after rule_rank */
    REL_RANK,
    REL_UNION,      /* ALL */
    REL_SORT,       /* ORDER BY, OFFSET, LIMIT */
    REL_WINDOW_AGG, /* row: keys, aggregates, window properties */
    REL_KIND_COUNT,
};

struct rel_scan {
    const struct table *table;
    const struct table_options *options;
    uint32_t *columns;     /* table column of each output column; the output row has as many */
    uint32_t **paths;      /* fields below it that make the output; path_counts 0: the whole column */
    uint32_t *path_counts;
    uint32_t changelog;
    struct expr *partition; /* over the table's partition columns, in their order: what may be left out; NULL: nothing */
    struct expr *filter;    /* the condition above, over the output columns; the rows are filtered there; NULL: none */
    int64_t limit_rows;     /* no reader needs to give more; 0: all */
};

struct rel_aggregate {
    uint32_t *keys;
    uint32_t key_count;
    struct agg_call *aggs;
    uint32_t agg_count;
    int64_t ttl_ms; /* STATE_TTL hint; -1: the session's */
    enum agg_part part;
};

struct rel_rank {
    uint32_t *partition;
    uint32_t partition_count;
    struct sort_column *order;
    uint32_t order_count;
    int64_t from, to;
    int32_t to_column; /* -1: constant range */
    bool with_rank;
};

struct rel_sort {
    struct sort_column *order;
    uint32_t order_count;
    int64_t offset, limit; /* limit -1: none */
};

struct rel_window_agg {
    struct rel_aggregate aggregate;
    struct window window;
    bool attached;
    int32_t attached_start, attached_end;
    uint8_t properties[3]; /* window_property values */
    uint32_t property_count;
};

struct rel {
    enum rel_kind kind;
    struct list inputs; /* struct rel */
    const struct type *row;
    struct span span;
    union {
        struct rel_scan scan;
        struct { struct vec **columns; uint32_t row_count; } values;
        struct { struct expr *expr; uint32_t rowtime; } watermark;
        struct { struct expr **exprs; } project; /* as many as the row has columns */
        struct { struct expr *condition; } filter;
        struct rel_aggregate aggregate;
        struct { struct expr ***rows; uint32_t row_count; } expand;
        struct { struct window window; } tvf;
        struct rel_rank rank; /* REL_RANK; REL_OVER uses partition and order alone */
        struct rel_sort sort;
        struct rel_window_agg window_agg;
    } as;
};

static inline struct rel *rel_input(const struct rel *r) { return r->inputs.count == 0 ? NULL : r->inputs.at[0]; }
static inline uint32_t rel_width(const struct rel *r) { return r->row->child_count; }
static inline const struct type *rel_type(const struct rel *r, uint32_t column) { return r->row->children[column].type; }
static inline struct str rel_name(const struct rel *r, uint32_t column) { return r->row->children[column].name; }

/* Where rels are made: a plan under construction. */
struct rel_context {
    struct arena *arena;
    struct types *types;
    struct eval_context *eval;
    struct error *error;
    uint32_t split_buckets; /* of split distinct aggregates; 0: not split */
};

/* NULL when out of memory, as all makers here. */
struct rel *rel_new(const struct rel_context *c, enum rel_kind kind, const struct type *row, struct span span);
struct rel *rel_over_input(const struct rel_context *c, enum rel_kind kind, struct rel *input, const struct type *row);
/* A row type of the given names and types. */
const struct type *rel_row(const struct rel_context *c, const struct str *names, const struct type *const *types, uint32_t count);
/* The input's row with more columns behind. */
const struct type *rel_row_append(const struct rel_context *c, const struct type *row, const struct str *names,
                                  const struct type *const *types, uint32_t count);
struct rel *rel_project(const struct rel_context *c, struct rel *input, struct expr **exprs, const struct str *names, uint32_t count);
struct rel *rel_filter(const struct rel_context *c, struct rel *input, struct expr *condition);
/* Keys and aggregates name input columns; names are taken from the input and the calls. */
struct rel *rel_aggregate(const struct rel_context *c, struct rel *input, const struct rel_aggregate *a);
/* An input reference to a column of r. */
struct expr *rel_column(const struct rel_context *c, const struct rel *r, uint32_t column);
/* Places r and all below it, with its expressions, at `use`: for what was bound from another text than the statement's. */
void rel_respan(struct rel *r, struct span use);
/* A shallow copy to change. */
struct rel *rel_copy(const struct rel_context *c, const struct rel *r);

/* A window property that a column of r carries: which TVF or window aggregate made it. */
enum { WINDOW_COLUMN_NONE = -1, WINDOW_COLUMN_START, WINDOW_COLUMN_END, WINDOW_COLUMN_TIME };
struct window_column {
    int property; /* WINDOW_COLUMN_* */
    const struct rel *source; /* REL_TVF or REL_WINDOW_AGG */
    const struct window *window;
};
struct window_column rel_window_column(const struct rel *r, uint32_t column);

/* An expression copied with replacements: replace returns NULL to go on below. NULL: out of memory. */
typedef struct expr *(*expr_replace_fn)(void *context, const struct expr *e);
struct expr *expr_transform(struct arena *a, const struct expr *e, expr_replace_fn replace, void *context);
/* The same value with another type that differs in nullability or time attribute alone. */
struct expr *expr_retype(struct arena *a, const struct expr *e, const struct type *t);
/* Splits a conjunction into out (struct expr). */
enum status expr_conjuncts(struct arena *a, struct expr *e, struct list *out);
/* Joins with AND; NULL for an empty list. */
struct expr *expr_and(const struct rel_context *c, const struct list *conjuncts);

/* Rules: each takes a tree and returns the rewritten one. */
enum status rule_merge(const struct rel_context *c, struct rel *r, struct rel **ret);
enum status rule_rank(const struct rel_context *c, struct rel *r, struct rel **ret);
enum status rule_unique(const struct rel_context *c, struct rel *r, struct rel **ret);
enum status rule_split_distinct(const struct rel_context *c, struct rel *r, struct rel **ret);
enum status rule_window(const struct rel_context *c, struct rel *r, struct rel **ret);
enum status rule_nested(const struct rel_context *c, struct rel *r, struct rel **ret);
enum status rule_prune(const struct rel_context *c, struct rel *r, struct rel **ret);
enum status rule_empty(const struct rel_context *c, struct rel *r, struct rel **ret);
enum status rule_fold(const struct rel_context *c, struct rel *r, struct rel **ret);
/* Conditions on partition columns into scans: before columns are pruned. LIMIT into scans: last. */
enum status rule_partitions(const struct rel_context *c, struct rel *r, struct rel **ret);
enum status rule_source(const struct rel_context *c, struct rel *r, struct rel **ret);
/* Applies f to every input, copying r when one changes. */
enum status rel_map_inputs(const struct rel_context *c, struct rel *r,
                           enum status (*f)(const struct rel_context *c, struct rel *r, struct rel **ret), struct rel **ret);

void rel_print(struct buf *out, const struct rel *r, uint32_t depth);

#endif
