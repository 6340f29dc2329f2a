/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_PLAN_PLAN_H
#define WEIR_PLAN_PLAN_H

#include "base/buf.h"
#include "base/error.h"
#include "catalog/session.h"
#include "plan/node.h"
#include "sql/ast.h"

/*
 * plan: one job, from bound statements to StreamGraph and JobGraph.
 */

/* A vertex of the JobGraph: a chain of operators that one subtask runs. */
struct vertex {
    uint32_t id;
    struct list nodes;      /* struct node, upstream first; never NODE_EXCHANGE or NODE_UNION at the head of a chain with several inputs */
    struct list inputs;     /* struct edge */
    struct list outputs;    /* struct edge */
    uint32_t parallelism;
};

struct edge {
    struct vertex *from, *to;
    const struct node *from_node; /* whose output travels */
    const struct node *to_node;   /* the consuming node in `to` */
    uint32_t to_input;            /* its input number */
    enum distribution distribution;
    uint32_t *keys; uint32_t key_count;
};

struct plan {
    struct arena *arena;
    struct session *session;
    struct list sinks;           /* struct node of kind NODE_SINK: the roots */
    struct list nodes;           /* all nodes, children first */
    struct list vertices;        /* struct vertex, sources first */
    const struct type *result;   /* SELECT: row type of the result; else NULL */
    struct str *result_names;
    bool bounded;                /* every source ends */
    uint32_t parallelism;        /* chosen default */
    struct str parallelism_reason;
    bool order_dependent;        /* the final table may depend on the order of rows, and so on parallelism */
    struct str order_reason;     /* the first operator, sources apart, that it depends on; at == NULL: none */
    struct str sql;              /* text the spans point into */
    struct list notes;           /* struct str: advice and warnings, for EXPLAIN PLAN_ADVICE and weir check */
    uint64_t fingerprint;
    struct list logical;         /* struct rel: each sink's logical tree as bound, for EXPLAIN */
};

/*
 * Plans SELECT, INSERT or a STATEMENT SET. parallelism 0 = decide. available_now/bounded choices do not enter.
 */
enum status plan_statement(struct session *s, struct arena *a, const struct ast_statement *stmt, struct str sql,
                           uint32_t parallelism, struct plan **ret, struct error *e);

/* DDL, SET, USE, ...: changes the session. */
enum status plan_execute_ddl(struct session *s, const struct ast_statement *stmt, struct str sql, struct error *e);
/*
 * CREATE TABLE ... AS, REPLACE TABLE ... AS: makes the table and gives the INSERT that fills it, to be planned next.
 * only_explain: the table is temporary, and plan_forget_as takes it away again.
 */
enum status plan_create_as(struct session *s, const struct ast_statement *stmt, struct str sql, bool only_explain, struct ast_statement **ret_insert, struct error *e);
void plan_forget_as(struct session *s, const struct ast_statement *stmt);
/* DESCRIBE, SHOW: rows of text columns for printing. */
struct text_table { struct str *names; bool *booleans; /* columns of BOOLEAN: cells TRUE, FALSE; others are STRING */ uint32_t column_count; struct list rows; /* struct str[column_count]; at == NULL prints NULL */ };
enum status plan_show(struct session *s, struct arena *a, const struct ast_statement *stmt, struct text_table *ret, struct error *e);

/* EXPLAIN: AST as bound, optimised plan (StreamGraph) with the asked details, JobGraph and ExecutionGraph. */
enum status plan_explain(const struct plan *p, const struct ast_statement *explain, struct buf *out, struct error *e);

/* Which kinds of change and which columns the root produces; a line per node: used by tests. */
void plan_print(struct buf *out, const struct plan *p, bool changelog_mode);

#endif
