/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_SQL_UNPARSE_INTERNAL_H
#define WEIR_SQL_UNPARSE_INTERNAL_H

#include "sql/unparse.h"

/* What the unparser's files share. */

/* In back-ticks when the name needs them. */
void unparse_identifier(struct buf *out, struct str name);
void unparse_name(struct buf *out, const struct ast_name *n);
/* 'text', quotes doubled. */
void unparse_string(struct buf *out, struct str s);
/* a, b: list of struct str as names. */
void unparse_identifiers(struct buf *out, const struct list *names);
/* 'k' = 'v', ... of struct ast_option. */
void unparse_options(struct buf *out, const struct list *options);
void unparse_hints(struct buf *out, const struct list *hints);
void unparse_exprs(struct buf *out, const struct list *exprs);
void unparse_orders(struct buf *out, const struct list *orders);
/* ( ... ) of OVER and WINDOW. */
void unparse_window(struct buf *out, const struct ast_window *w);
/* Of statements: " (columns, watermark, key)", " PARTITION (k = 'v')", " COMMENT 'x'"; nothing when there is none. */
void unparse_elements(struct buf *out, const struct ast_statement *s);
void unparse_partitions(struct buf *out, const struct list *partitions);
void unparse_comment(struct buf *out, struct str comment);
/* " BY HASH(a) INTO n BUCKETS" */
void unparse_distribution(struct buf *out, const struct ast_distribution *d);
void unparse_alter(struct buf *out, const struct ast_statement *s);
void unparse_interval_unit(struct buf *out, struct str unit, struct str unit_to, int32_t precision, int32_t scale);

#endif
