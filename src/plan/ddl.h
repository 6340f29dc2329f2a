/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_PLAN_DDL_H
#define WEIR_PLAN_DDL_H

#include "plan/bind.h"

/* ddl: statements that change the catalog. Internal to src/plan. */

/* A binder without a plan: types and expressions live in the session. */
struct binder ddl_binder(struct session *s, struct str sql, struct error *e);
/* Tells the catalog what it needs from this session: the environment, the store, how a file becomes a table. */
void ddl_attach(struct session *s);

/* ---- ddl_draft.c: a table that is being put together ---- */

struct draft {
    struct binder *b;
    const struct ast_statement *stmt;
    struct table *t;         /* columns, partitions, options: as they come */
    uint32_t capacity;       /* of t->columns */
    struct list key;         /* struct str */
    struct span key_span;
    struct str watermark_column; /* at == NULL: none */
    const struct ast_expr *watermark;
    struct span watermark_span;
};

/* from may be NULL: empty. Room for the statement's columns and `more`. */
enum status draft_new(struct binder *b, const struct ast_statement *stmt, const struct table *from, uint32_t more, struct draft *ret);
int32_t draft_find(const struct draft *d, struct str name);
/* Makes *ret of the syntax: its type is bound, unless computed. */
enum status draft_column(struct draft *d, const struct ast_column *a, struct column *ret);
void draft_insert(struct draft *d, uint32_t at, struct column c);
void draft_remove(struct draft *d, uint32_t at);
/* Takes over the statement's watermark, if it has one. */
enum status draft_watermark(struct draft *d);
enum status draft_key(struct draft *d);
/* Binds computed columns and the watermark, resolves key, partitions and distribution. */
enum status draft_finish(struct draft *d);
enum status draft_no_column(struct draft *d, struct str name, const char *what, struct span span);
/* old with given, which replace those of the same key. */
enum status ddl_merge_options(struct binder *b, const struct list *old, const struct list *given, struct list *ret);
/* The same with the options of the draft. */
enum status draft_options(struct draft *d, const struct list *given);

/* ---- statements ---- */

enum status ddl_create_table(struct binder *b, const struct ast_statement *stmt);
/* The table of CREATE TABLE, in no catalog yet; the same of CREATE VIEW. */
enum status ddl_table_of(struct binder *b, const struct ast_statement *stmt, struct draft *ret);
enum status ddl_view_table(struct binder *b, const struct ast_statement *stmt, struct table **ret);
enum status ddl_alter_view(struct binder *b, const struct ast_statement *stmt);
/* CREATE TABLE ... AS and REPLACE TABLE ... AS: makes the table (temporary if asked) and the INSERT that fills it. */
enum status ddl_create_as(struct binder *b, const struct ast_statement *stmt, bool temporary, struct ast_statement **ret_insert);
enum status ddl_create_view(struct binder *b, const struct ast_statement *stmt);
/* The view's text with every name in full, as Flink keeps it, and its syntax. */
enum status ddl_expand_view(struct binder *b, const struct ast_query *q, struct str *ret_text, const struct ast_query **ret_query);
/* LIKE: takes over what the options ask for from the other table, before the statement's own parts. */
enum status ddl_like(struct binder *b, const struct ast_statement *stmt, struct draft *d);
enum status ddl_alter(struct binder *b, const struct ast_statement *stmt);
enum status ddl_alter_table(struct binder *b, const struct ast_statement *stmt);
enum status ddl_module(struct binder *b, const struct ast_statement *stmt);
/* Puts a table into the catalog, with its definition where the catalog keeps files. */
enum status ddl_define(struct binder *b, struct table *t);
/* A refusal that says why. */
enum status ddl_refuse(struct binder *b, const struct ast_statement *stmt);

/* Column facts for DESCRIBE and SHOW CREATE. */
void show_create_table(struct arena *a, struct buf *out, const struct table *t);
/* What a file of a catalog holds: the table's own name, its partitions behind it. */
void show_definition(struct arena *a, struct buf *out, const struct table *t);
void show_distribution(struct buf *out, const struct ast_distribution *d);
void show_identifier(struct buf *out, struct str name);
/* 'k' = 'v' lines by key, in parentheses, each behind two blanks. */
void show_options(struct arena *a, struct buf *out, const struct list *options);
/* Options in the order of their keys; NULL when there is no memory. */
const struct ast_option **show_sorted_options(struct arena *a, const struct list *options);
void show_quoted(struct buf *out, struct str text);

#endif
