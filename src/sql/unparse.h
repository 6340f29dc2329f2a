/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_SQL_UNPARSE_H
#define WEIR_SQL_UNPARSE_H

#include "base/buf.h"
#include "sql/ast.h"

/* unparse: AST back to canonical SQL text that parses to the same AST; for SHOW CREATE, EXPLAIN and tests. */
void unparse_statement(struct buf *out, const struct ast_statement *s);
void unparse_query(struct buf *out, const struct ast_query *q);
void unparse_expr(struct buf *out, const struct ast_expr *e);
void unparse_type(struct buf *out, const struct ast_type *t);
/* As Flink shows them: every name in back-ticks, a line per clause, defaults written out. The text means the same. */
void unparse_query_full(struct buf *out, const struct ast_query *q);
void unparse_expr_full(struct buf *out, const struct ast_expr *e);

#endif
