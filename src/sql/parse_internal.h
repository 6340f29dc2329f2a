/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_SQL_PARSE_INTERNAL_H
#define WEIR_SQL_PARSE_INTERNAL_H

#include "sql/keyword.h"
#include "sql/lexer.h"
#include "sql/parser.h"

/*
 * What the files of the parser share: a cursor over the tokens, the words tried at the current
 * token (for "did you mean"), and the bound on nesting. There is no backtracking: an error ends the
 * parse.
 */

enum { PARSER_TRIED_MAX = 48 };

struct parser {
    struct arena *arena;
    struct str sql;
    const struct token *tokens; /* ends with TOKEN_END or TOKEN_BAD */
    uint32_t count;
    uint32_t at;
    uint32_t depth;  /* open recursions */
    uint32_t height; /* of the tallest tree built since the innermost parser_enter */
    uint32_t alias_at; /* the token after the last name taken as an alias without AS */
    const char *follow; /* what may stand behind the last complete part, for messages */
    uint16_t tried[PARSER_TRIED_MAX];
    uint32_t tried_count, tried_at;
    struct error *error;
    struct error lexer_error; /* of the TOKEN_BAD that ends the tokens, shown when it is reached */
};

/* ---- tokens: parse_token.c ---- */

enum status parser_init(struct parser *p, struct arena *arena, struct str sql, struct error *error);
/* The token n places ahead; the last token again behind the end. */
const struct token *parser_ahead(const struct parser *p, uint32_t n);
static inline const struct token *parser_token(const struct parser *p) {
    return &p->tokens[p->at];
}
void parser_next(struct parser *p);
/* Is the current token this keyword? Remembers the word as tried. */
bool parser_is(struct parser *p, enum keyword k);
bool parser_ahead_is(const struct parser *p, uint32_t n, enum keyword k);
bool parser_is_symbol(const struct parser *p, enum symbol s);
bool parser_ahead_is_symbol(const struct parser *p, uint32_t n, enum symbol s);
bool parser_accept(struct parser *p, enum keyword k);
bool parser_accept_symbol(struct parser *p, enum symbol s);
enum status parser_expect(struct parser *p, enum keyword k);
enum status parser_expect_symbol(struct parser *p, enum symbol s);
/* Accepts a word that is no keyword, such as QUIT. */
bool parser_is_word(const struct parser *p, const char *upper);

/* ---- errors: parse_error.c ---- */

/* The error of a token that fits nowhere; expected completes "Expected ...". */
enum status parser_unexpected(struct parser *p, const char *expected);
/* The same for a reserved word where a name or an expression must stand. */
enum status parser_reserved(struct parser *p, const char *expected);
/* "Flink SQL has no <what>", and what it has instead. */
enum status parser_instead(struct parser *p, struct span span, const char *what, const char *hint);
/* The error of a construct that the grammar knows and Weir does not run. */
enum status parser_unsupported(struct parser *p, struct span span, const char *what);

uint32_t parser_begin(const struct parser *p);
struct span parser_span(const struct parser *p, uint32_t begin);
struct str parser_slice(const struct parser *p, struct span span);

void *parser_alloc(struct parser *p, size_t size_bytes);
#define PARSER_NEW(p, type) ((type *)parser_alloc((p), sizeof(type)))
enum status parser_push(struct parser *p, struct list *l, void *item);
enum status parser_push_str(struct parser *p, struct list *l, struct str s);
enum status parser_push_span(struct parser *p, struct list *l, struct span s);

/* Every recursion stands between these; parser_grow counts one more level on what was just built. */
enum status parser_enter(struct parser *p, uint32_t *ret_saved);
void parser_leave(struct parser *p, uint32_t saved);
enum status parser_grow(struct parser *p);

/* ---- names and small parts: parse_name.c ---- */

bool parser_is_name(const struct parser *p, uint32_t n);
enum status parse_identifier(struct parser *p, const char *what, struct str *ret_text,
                             struct span *ret_span);
enum status parse_name(struct parser *p, const char *what, bool star, struct ast_name **ret_name);
/* ( a, b, ... ); spans may be NULL. */
enum status parse_identifier_list(struct parser *p, const char *what, struct list *names,
                                  struct list *spans);
/* A string literal with its continuation lines. */
enum status parse_string(struct parser *p, const char *what, struct str *ret_text);
enum status parse_uint(struct parser *p, int32_t *ret_value);
/* ( 'k' = 'v', ... ) */
enum status parse_options(struct parser *p, struct list *options);
enum status parse_if_exists(struct parser *p, bool *ret_flag);
enum status parse_if_not_exists(struct parser *p, bool *ret_flag);
/* The hints after slash star plus. */
enum status parse_hints(struct parser *p, struct list *hints);

/* ---- types: parse_type.c ---- */

enum status parse_type_spec(struct parser *p, bool nullability, struct ast_type **ret_type);
/* YEAR [(p)] [TO MONTH] ...; units singular, in upper case. -1 for an absent precision. */
struct interval_spec {
    struct str unit, unit_to;
    int32_t precision, scale;
};
bool parser_is_interval_unit(const struct parser *p);
enum status parse_interval_spec(struct parser *p, struct interval_spec *ret_spec);

/* ---- expressions: parse_expr.c, parse_primary.c, parse_special.c, parse_call.c, parse_json.c ---- */

enum status parse_expr(struct parser *p, struct ast_expr **ret_expr);
/* Binds tighter than the given level; see parse_expr.c. */
enum status parse_binary(struct parser *p, int level, struct ast_expr **ret_expr);
enum status parse_postfix(struct parser *p, struct ast_expr **ret_expr);
enum status parse_primary(struct parser *p, struct ast_expr **ret_expr);
/* Functions with a grammar of their own; *ret_expr stays NULL when the token begins none. */
enum status parse_special(struct parser *p, struct ast_expr **ret_expr);
enum status parse_json_call(struct parser *p, struct ast_expr **ret_expr);
/* The name is read; '(' stands here. */
enum status parse_call(struct parser *p, struct ast_name *name, struct ast_expr **ret_expr);
/* WITHIN GROUP, FILTER, IGNORE NULLS, OVER behind a call. */
enum status parse_call_tail(struct parser *p, struct ast_expr *call);
enum status parse_expr_list(struct parser *p, struct list *exprs);
enum status expr_new(struct parser *p, enum ast_expr_kind kind, struct ast_expr **ret_expr);
/* Ends e at the last token. */
void expr_close(struct parser *p, struct ast_expr *e, uint32_t begin);
/* Does a reserved word begin an expression here, such as CASE? */
bool parser_is_query_start(struct parser *p);

/* ---- queries: parse_query.c, parse_select.c, parse_from.c ---- */

enum status parse_query(struct parser *p, struct ast_query **ret_query);
/* Goes on behind a query that was read in parentheses: set operations, ORDER BY, LIMIT. */
enum status parse_query_rest(struct parser *p, struct ast_query *first, struct ast_query **ret_query);
bool parser_is_query_rest(struct parser *p);
enum status parse_select(struct parser *p, struct ast_query **ret_query);
enum status parse_values(struct parser *p, struct ast_query **ret_query);
enum status parse_from(struct parser *p, struct ast_from **ret_from);
enum status parse_order_list(struct parser *p, struct list *order);
/* ( [name] [PARTITION BY] [ORDER BY] [frame] ) */
enum status parse_window(struct parser *p, struct ast_window **ret_window);
enum status query_new(struct parser *p, enum ast_query_kind kind, struct ast_query **ret_query);
/* SELECT * FROM (q) AS ... */
enum status query_wrap(struct parser *p, struct ast_query *q, struct ast_query **ret_query);

/* ---- statements: parse_statement.c, parse_create.c, parse_utility.c ---- */

enum status parse_statement(struct parser *p, struct ast_statement **ret_statement);
enum status parse_insert(struct parser *p, struct ast_statement *s);
enum status parse_create(struct parser *p, struct ast_statement *s);
/* CREATE stands before; TABLE is the current token. */
enum status parse_create_table(struct parser *p, struct ast_statement *s);
/* Parts of CREATE TABLE that ALTER TABLE has too: a column, watermark or key with FIRST or AFTER; DISTRIBUTION ... */
enum status parse_schema_element(struct parser *p, struct ast_statement *s);
enum status parse_distribution(struct parser *p, struct ast_statement *s);
enum status parse_comment(struct parser *p, struct str *ret_comment);
enum status parse_as_query(struct parser *p, struct ast_statement *s);
/* ALTER ...: parse_alter.c. Behind DROP or ALTER, which stands here: [TEMPORARY [SYSTEM]] object [IF EXISTS] name. */
enum status parse_alter(struct parser *p, struct ast_statement *s);
enum status parse_changed(struct parser *p, struct ast_statement *s);
/* PARTITION (k = v, ...): PARTITION stands here. */
enum status parse_partitions(struct parser *p, struct list *partitions);
bool parser_at_end(const struct parser *p);
/* Statements that look at the session; *ret_done false when the token begins none. */
enum status parse_utility(struct parser *p, struct ast_statement *s, bool *ret_done);
/* A statement that is named and not run: skips to its end. */
enum status parse_other(struct parser *p, struct ast_statement *s, const char *name);

#endif
