/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_PLAN_BIND_H
#define WEIR_PLAN_BIND_H

#include "catalog/session.h"
#include "plan/rel.h"
#include "sql/ast.h"

/*
 * bind: from syntax to the logical tree: resolves names, types and nullability as Flink reports
 * them. Internal to src/plan.
 */

enum { BIND_DEPTH_MAX = 256 };

/* A query that WITH names, and the names visible to it. */
struct cte {
    struct str name;
    const struct ast_with *with;
    uint32_t visible; /* how many earlier entries its query sees */
};

struct binder {
    struct rel_context rel;
    struct session *session;
    struct str sql;
    struct list ctes; /* struct cte */
    bool names_once;  /* two columns of the top query with one name are an error, as in a view */
    uint32_t depth;
};

/* One relation of FROM: its names and its share of the row. */
struct scope_item {
    struct str alias;
    struct str catalog, database; /* at NULL: an alias or sub-query */
    uint32_t first, count;
};

struct scope {
    struct list items; /* struct scope_item */
    const struct type *row;
};

/* Column numbers above these stand for results that are not made yet. */
enum { BIND_SET_COLUMN = (1 << 20) - 1, BIND_AGG_BASE = 1 << 20, BIND_OVER_BASE = 1 << 21 };

struct agg_item {
    const struct agg_func *func;
    struct expr *args[4];
    uint32_t arg_count;
    struct expr *filter;
    bool distinct;
    bool companion;
    const struct type *type;
    struct span span;
};

struct over_item {
    struct list partition; /* struct expr */
    struct list order;     /* struct order_item */
    struct span span;
};

struct order_item {
    struct expr *expr;
    bool descending, nulls_last;
    struct span span;
};

/* Where an expression stands and what it may use. */
struct expr_scope {
    struct binder *binder;
    const struct scope *scope;
    const struct scope *inside; /* inside of aggregates, where grouping sets have not made keys NULL; NULL: the same */
    const char *clause;       /* "WHERE clause", for messages */
    struct list *aggregates;  /* struct agg_item; NULL: not allowed here */
    bool grouped;             /* there is a GROUP BY key */
    struct list *overs;       /* struct over_item; NULL: not allowed here */
    const struct list *windows; /* struct ast_window of the WINDOW clause */
    const struct list *items;   /* struct ast_select_item of the SELECT, to tell of its aliases; NULL: none */
    const struct grouping *grouping; /* GROUPING() may be used; NULL: not */
    uint32_t depth;
};

enum status bind_expr(struct expr_scope *s, const struct ast_expr *e, struct expr **ret);
/* BOOLEAN, or the error "<clause> must be a condition". */
enum status bind_condition(struct expr_scope *s, const struct ast_expr *e, struct expr **ret);
/* A constant, non-null, non-negative integer: LIMIT and friends. */
enum status bind_count(struct binder *b, const struct ast_expr *e, const char *what, int64_t *ret);

/* Pieces of bind_expr. */
enum status bind_literal(struct expr_scope *s, const struct ast_expr *e, bool negative, struct expr **ret);
enum status bind_interval(struct expr_scope *s, const struct ast_expr *e, struct expr **ret);
enum status bind_column(struct expr_scope *s, const struct ast_expr *e, struct expr **ret);
enum status bind_special(struct expr_scope *s, const struct ast_expr *e, struct expr **ret);
/* JSON_VALUE, JSON_QUERY, JSON_EXISTS, JSON_OBJECT, JSON_ARRAY and the JSON aggregates. */
enum status bind_json_call(struct expr_scope *s, const struct ast_expr *e, struct expr **ret);
/* Arguments of a JSON aggregate, the value last: it becomes JSON, its NULL what the clause says. */
enum status bind_json_collected(struct expr_scope *s, const struct ast_expr *e, struct expr **args, uint32_t count);
enum status bind_call(struct expr_scope *s, const struct ast_expr *e, struct expr **ret);
enum status bind_aggregate(struct expr_scope *s, const struct ast_expr *e, const struct agg_func *f, struct expr **ret);
enum status bind_over(struct expr_scope *s, const struct ast_expr *e, struct expr **ret);
/* A call of one of the binder's own operators; arguments lose their time attributes. */
enum status bind_named(struct expr_scope *s, const char *name, struct span span, struct expr **args, uint32_t count, struct expr **ret);
enum status bind_cast(struct expr_scope *s, struct expr *e, const struct type *t, bool try_cast, struct span span, struct expr **ret);
/* Casts all to their common type; message names `what`. */
/* Refuses a bare NULL, which has no type, among the arguments. */
enum status bind_no_null(struct expr_scope *s, struct expr **args, uint32_t count);
enum status bind_common(struct expr_scope *s, const char *what, struct span span, struct expr **exprs, uint32_t count, const struct type **ret);
struct expr *bind_text(struct binder *b, struct str text);
/* The expression without a time attribute (PROCTIME materialised). */
struct expr *bind_plain(struct binder *b, struct expr *e);

enum status bind_type(struct binder *b, const struct ast_type *t, const struct type **ret);

/* Queries. top: ORDER BY without LIMIT counts. */
enum status bind_query(struct binder *b, const struct ast_query *q, bool top, struct rel **ret);
enum status bind_select(struct binder *b, const struct ast_query *q, bool top, struct rel **ret);
enum status bind_values(struct binder *b, const struct ast_query *q, struct rel **ret);
enum status bind_one_row(struct binder *b, struct span span, struct rel **ret);
enum status bind_set(struct binder *b, const struct ast_query *q, struct rel **ret);
enum status bind_from(struct binder *b, const struct ast_from *f, struct scope *scope, struct rel **ret);
enum status bind_window_tvf(struct binder *b, const struct ast_expr *call, struct rel **ret);
enum status bind_table_name(struct binder *b, const struct ast_name *name, const struct list *hints, struct str *ret_alias,
                            struct scope_item *ret_item, struct rel **ret);
/* The options of a table with those of OPTIONS hints over them. */
enum status bind_hint_options(struct binder *b, const struct table *t, const struct list *hints, struct list *ret);
/* The same for an option of t, which may also come from a hint of this statement. */
void bind_option_place(struct binder *b, const struct table *t, struct span use);
enum status bind_scan(struct binder *b, const struct table *t, const struct list *hints, struct span span, struct rel **ret);
enum status bind_format_check(struct binder *b, const struct table *t, const struct table_options *o, struct span span);
/* ORDER BY on top of a bound query whose output columns are known by name. */
enum status bind_sort(struct binder *b, const struct ast_query *q, bool top, struct rel *input, struct rel **ret);
enum status bind_limit(struct binder *b, const struct ast_query *q, struct rel_sort *ret);
enum status bind_order(struct expr_scope *s, const struct list *orders, struct list *ret);
/* Unique output names, duplicates numbered as Calcite does. */
enum status bind_unique_names(struct binder *b, struct str *names, uint32_t count);
/* The physical and metadata columns of a table as a scope, for computed columns and watermarks. */
enum status bind_distinct(struct binder *b, struct rel *input, struct rel **ret);

/* GROUP BY (bind_group.c). */
struct grouping {
    struct list keys;    /* struct expr over the input, without duplicates */
    bool **sets;         /* sets[i][k]: grouping set i keeps key k; NULL: one set of all keys */
    uint32_t set_count;
    int64_t ttl_ms;      /* STATE_TTL hint; -1: none */
};
enum status bind_grouping(struct expr_scope *s, const struct ast_query *q, struct grouping *ret);
/* Project + (expand) + aggregate. remapped expressions refer to its output. */
enum status bind_aggregate_rel(struct binder *b, struct rel *input, const struct grouping *g, const struct list *aggs, struct rel **ret);
/* Rewrites a bound item to the aggregate's output; an ungrouped column is the error. */
enum status bind_ungrouped(struct binder *b, const struct grouping *g, const struct scope *scope, struct expr *e, struct expr **ret);
/* GROUPING, GROUPING_ID, GROUP_ID. */
int64_t bind_set_id(const struct grouping *g, uint32_t set);
enum status bind_grouping_call(struct expr_scope *s, const struct ast_expr *e, struct expr **ret);
/* Adds the OVER columns; exprs are rewritten in place. */
enum status bind_over_rel(struct binder *b, struct rel *input, const struct list *overs, struct expr **exprs, uint32_t count, struct rel **ret);

/*
 * The error's span is in the text that defined t ("table" or "view"): shows that place and the one where t
 * is used. The two texts may be one script, then the error stands at the definition, or a later
 * statement of a session, then at the use.
 */
void bind_elsewhere(struct binder *b, const struct table *t, const char *what, struct span use);
/* The error of a call that failed: one that says nothing itself ran out of memory. */
struct error *bind_error(struct binder *b);
enum status bind_unsupported(struct binder *b, struct span span, const char *what);
enum status bind_deeper(struct binder *b, struct span span);

#endif
