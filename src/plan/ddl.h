/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_PLAN_DDL_H
#define WEIR_PLAN_DDL_H

#include "plan/bind.h"

/* ddl: statements that change the catalog. Internal to src/plan. */

/* A binder without a plan: types and expressions live in the session. */
struct binder ddl_binder(struct session *s, struct str sql, struct error *e);
enum status ddl_create_table(struct binder *b, const struct ast_statement *stmt);
enum status ddl_create_view(struct binder *b, const struct ast_statement *stmt);
/* LIKE: takes over what the options ask for from the other table, before the statement's own parts. */
enum status ddl_like(struct binder *b, const struct ast_statement *stmt, struct table *t, struct list *options);

/* Column facts for DESCRIBE and SHOW CREATE. */
void show_create_table(struct arena *a, struct buf *out, const struct table *t);
/* An expression with all its column names in back-ticks, as Flink shows them. */
void show_expression(struct arena *a, struct buf *out, const struct ast_expr *e);
void show_identifier(struct buf *out, struct str name);

#endif
