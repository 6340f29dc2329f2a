/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_SQL_PARSER_H
#define WEIR_SQL_PARSER_H

#include "base/arena.h"
#include "base/error.h"
#include "sql/ast.h"

/*
 * parser: Flink SQL text to AST. A hand-written lexer and a recursive-descent parser with
 * precedence climbing. Depth and size are bounded (STATUS_LIMIT). Errors carry the span, say what
 * was found and what was expected, and suggest the near keyword. What Flink's grammar has but Weir
 * does not run is parsed far enough to be named (AST_OTHER, or STATUS_UNSUPPORTED with the name).
 */

enum { PARSER_DEPTH_MAX = 512, PARSER_TEXT_MAX = 16 << 20 };

/*
 * Parses a whole script (statements separated by ';'; the last ';' is optional). Fills statements
 * with struct ast_statement in order. Nothing but the text is looked at; sql must outlive the AST.
 */
enum status parse_script(struct arena *arena, struct str sql, struct list *ret_statements,
                         struct error *error);

/* The same for a single expression (computed columns kept as text, tests). */
enum status parse_expression(struct arena *arena, struct str sql, struct ast_expr **ret_expr,
                             struct error *error);

/* A type, e.g. "ROW<a INT NOT NULL>". */
enum status parse_type(struct arena *arena, struct str sql, struct ast_type **ret_type,
                       struct error *error);

/*
 * The length of the first complete statement of text that may still be growing (a shell, a pipe):
 * the offset behind its ';', or 0 when no statement is complete yet. Knows quotes, comments and
 * statement sets (BEGIN ... END).
 */
size_t parse_statement_end(struct str sql);

/* Is the word (any case) reserved in Flink SQL, so that it needs back-ticks as a name? */
bool keyword_is_reserved(struct str word);

#endif
