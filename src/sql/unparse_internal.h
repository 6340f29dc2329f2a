/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_SQL_UNPARSE_INTERNAL_H
#define WEIR_SQL_UNPARSE_INTERNAL_H

#include "sql/unparse.h"

/* What the unparser's files share. */

struct writer {
    struct buf *to;
    bool full; /* names in back-ticks, clauses on lines of their own */
};

void put_statement(struct writer *out, const struct ast_statement *s);
void put_query(struct writer *out, const struct ast_query *q);
void put_expr(struct writer *out, const struct ast_expr *e);
void put_type(struct writer *out, const struct ast_type *t);

/* In back-ticks when the name needs them. */
void put_identifier(struct writer *out, struct str name);
void put_name(struct writer *out, const struct ast_name *n);
/* 'text', quotes doubled. */
void put_string(struct writer *out, struct str s);
/* a, b: list of struct str as names. */
void put_identifiers(struct writer *out, const struct list *names);
/* 'k' = 'v', ... of struct ast_option. */
void put_options(struct writer *out, const struct list *options);
void put_hints(struct writer *out, const struct list *hints);
void put_exprs(struct writer *out, const struct list *exprs);
void put_orders(struct writer *out, const struct list *orders);
/* ( ... ) of OVER and WINDOW. */
void put_window(struct writer *out, const struct ast_window *w);
/* Of statements: " (columns, watermark, key)", " PARTITION (k = 'v')", " COMMENT 'x'"; nothing when there is none. */
void put_elements(struct writer *out, const struct ast_statement *s);
void put_partitions(struct writer *out, const struct list *partitions);
void put_comment(struct writer *out, struct str comment);
/* " BY HASH(a) INTO n BUCKETS" */
void put_distribution(struct writer *out, const struct ast_distribution *d);
void put_alter(struct writer *out, const struct ast_statement *s);
void put_interval_unit(struct writer *out, struct str unit, struct str unit_to, int32_t precision, int32_t scale);

#endif
