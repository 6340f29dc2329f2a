/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parse_expr: operators by precedence climbing, at Calcite's levels (higher binds tighter):
 *
 *   22 OR   24 AND   26 NOT   28 IS [NOT] NULL, TRUE, JSON ...
 *   30 = <> < <= > >=, IS [NOT] DISTINCT FROM   32 BETWEEN, IN, LIKE, SIMILAR TO
 *   40 + -   60 * / % ||   80 unary + -   100 x[i], x.f
 *
 * All are left associative but LIKE, whose pattern may be another LIKE. parse_binary(level) reads
 * operators of that level and above. Note that || stands beside * and that IS NULL is weaker than =.
 */
#include "sql/parse_internal.h"

#include <assert.h>

enum {
    LEVEL_OR = 22, LEVEL_AND = 24, LEVEL_NOT = 26, LEVEL_IS = 28, LEVEL_COMPARE = 30, LEVEL_RANGE = 32,
    LEVEL_ADD = 40, LEVEL_MULTIPLY = 60, LEVEL_SIGN = 80,
};

struct binary_row {
    enum symbol symbol;
    enum keyword word;
    enum ast_op op;
    int level;
};

static const struct binary_row binary_rows[] = {
    {SYM_NONE, KW_OR, AST_OP_OR, LEVEL_OR},
    {SYM_NONE, KW_AND, AST_OP_AND, LEVEL_AND},
    {SYM_EQ, NO_KEYWORD, AST_OP_EQ, LEVEL_COMPARE},
    {SYM_NE, NO_KEYWORD, AST_OP_NE, LEVEL_COMPARE},
    {SYM_LT, NO_KEYWORD, AST_OP_LT, LEVEL_COMPARE},
    {SYM_LE, NO_KEYWORD, AST_OP_LE, LEVEL_COMPARE},
    {SYM_GT, NO_KEYWORD, AST_OP_GT, LEVEL_COMPARE},
    {SYM_GE, NO_KEYWORD, AST_OP_GE, LEVEL_COMPARE},
    {SYM_PLUS, NO_KEYWORD, AST_OP_ADD, LEVEL_ADD},
    {SYM_MINUS, NO_KEYWORD, AST_OP_SUB, LEVEL_ADD},
    {SYM_STAR, NO_KEYWORD, AST_OP_MUL, LEVEL_MULTIPLY},
    {SYM_SLASH, NO_KEYWORD, AST_OP_DIV, LEVEL_MULTIPLY},
    {SYM_PERCENT, NO_KEYWORD, AST_OP_MOD, LEVEL_MULTIPLY},
    {SYM_CONCAT, NO_KEYWORD, AST_OP_CONCAT, LEVEL_MULTIPLY},
};

enum status expr_new(struct parser *p, enum ast_expr_kind kind, struct ast_expr **ret_expr) {
    struct ast_expr *e = PARSER_NEW(p, struct ast_expr);
    if (e == NULL) return STATUS_NO_MEMORY;
    e->kind = kind;
    e->precision = e->scale = -1;
    e->op_span = e->span = parser_token(p)->span;
    *ret_expr = e;
    return STATUS_OK;
}

void expr_close(struct parser *p, struct ast_expr *e, uint32_t begin) {
    e->span = parser_span(p, begin);
}

/* A node whose first argument is what was read so far; the operator is the current token. */
static enum status expr_over(struct parser *p, enum ast_expr_kind kind, struct ast_expr *left,
                             struct ast_expr **ret_expr) {
    TRY(parser_grow(p));
    TRY(expr_new(p, kind, ret_expr));
    return parser_push(p, &(*ret_expr)->arguments, left);
}

static enum status push_operand(struct parser *p, struct ast_expr *e, int level) {
    struct ast_expr *operand;
    TRY(parse_binary(p, level, &operand));
    return parser_push(p, &e->arguments, operand);
}

static const struct binary_row *binary_find(struct parser *p) {
    const struct token *t = parser_token(p);
    for (size_t i = 0; i < sizeof binary_rows / sizeof *binary_rows; i++) {
        const struct binary_row *r = &binary_rows[i];
        if (t->kind == TOKEN_SYMBOL && r->symbol != SYM_NONE && t->symbol == r->symbol) return r;
        if (r->word != NO_KEYWORD && parser_is(p, r->word)) return r;
    }
    return NULL;
}

/* = ANY (query), = SOME (1, 2): the comparison is read, SOME, ANY or ALL stands here. */
static enum status parse_quantified(struct parser *p, enum ast_op op, struct span op_span, struct ast_expr **left) {
    struct ast_expr *e;
    TRY(expr_over(p, AST_QUANTIFIED, *left, &e));
    e->op = op;
    e->op_span = op_span;
    e->text = parser_is(p, KW_ALL) ? STR("ALL") : STR("SOME");
    parser_next(p);
    TRY(parser_expect_symbol(p, SYM_LPAREN));
    if (parser_is_query_start(p)) TRY(parse_query(p, &e->query));
    else TRY(parse_expr_list(p, &e->arguments));
    struct ast_expr *only = e->arguments.count == 2 ? e->arguments.at[1] : NULL;
    if (only != NULL && only->kind == AST_SUBQUERY) { /* ANY ((SELECT ...) UNION ...) */
        e->query = only->query;
        if (parser_is_query_rest(p)) TRY(parse_query_rest(p, only->query, &e->query));
        e->arguments.count = 1;
    }
    TRY(parser_expect_symbol(p, SYM_RPAREN));
    expr_close(p, e, (*left)->span.begin);
    *left = e;
    return STATUS_OK;
}

static bool is_quantifier(struct parser *p) {
    bool word = parser_is(p, KW_ALL) || parser_is(p, KW_SOME) || parser_is(p, KW_ANY);
    return word && parser_ahead_is_symbol(p, 1, SYM_LPAREN);
}

static enum status chain_node(struct parser *p, enum ast_op op, struct ast_expr *left, struct ast_expr *right, struct span op_span, struct ast_expr **ret) {
    TRY(expr_new(p, AST_BINARY, ret));
    (*ret)->op = op;
    (*ret)->op_span = op_span;
    (*ret)->span = (struct span){left->span.begin, right->span.end};
    TRY(parser_push(p, &(*ret)->arguments, left));
    return parser_push(p, &(*ret)->arguments, right);
}

/* The tree of operands [from, to): as high as the logarithm of their number. */
static enum status chain_balanced(struct parser *p, enum ast_op op, const struct list *operands, const struct list *spans, uint32_t from, uint32_t to, struct ast_expr **ret) {
    struct ast_expr *left, *right;
    assert(from < to && to <= operands->count);
    if (to - from == 1) {
        *ret = operands->at[from];
        return STATUS_OK;
    }
    uint32_t middle = from + (to - from + 1) / 2;
    TRY(chain_balanced(p, op, operands, spans, from, middle, &left));
    TRY(chain_balanced(p, op, operands, spans, middle, to, &right));
    TRY(chain_node(p, op, left, right, *(const struct span *)spans->at[middle - 1], ret));
    (*ret)->chained = true;
    return STATUS_OK;
}

/*
 * a AND b AND c ..., a OR b OR c ...: a loop, whatever the length. Short chains lean to the left, as those of other
 * operators; long ones are balanced, so that nobody who walks the tree goes deep. The grouping means nothing: both are
 * associative in three-valued logic, and operands stay in their order.
 */
static enum status parse_chain(struct parser *p, const struct binary_row *row, struct ast_expr **left) {
    enum { PLAIN_MAX = 16 };
    struct list operands = {0}, spans = {0};
    TRY(parser_push(p, &operands, *left));
    while (parser_is(p, row->word)) {
        struct ast_expr *operand;
        TRY(parser_push_span(p, &spans, parser_token(p)->span));
        parser_next(p);
        TRY(parse_binary(p, row->level + 1, &operand));
        TRY(parser_push(p, &operands, operand));
    }
    uint32_t n = operands.count, levels = n - 1;
    for (levels = n <= PLAIN_MAX ? n - 1 : 1; n > PLAIN_MAX && (UINT32_C(1) << levels) < n;) levels++;
    for (uint32_t i = 0; i < levels; i++) TRY(parser_grow(p));
    if (n > PLAIN_MAX) return chain_balanced(p, row->op, &operands, &spans, 0, n, left);
    for (uint32_t i = 1; i < n; i++) TRY(chain_node(p, row->op, *left, operands.at[i], *(const struct span *)spans.at[i - 1], left));
    return STATUS_OK;
}

static enum status parse_operator(struct parser *p, const struct binary_row *row, struct ast_expr **left) {
    if (row->word != NO_KEYWORD) return parse_chain(p, row, left);
    struct span op_span = parser_token(p)->span;
    parser_next(p);
    if (row->level == LEVEL_COMPARE && is_quantifier(p)) return parse_quantified(p, row->op, op_span, left);
    struct ast_expr *e;
    TRY(expr_over(p, AST_BINARY, *left, &e));
    e->op = row->op;
    e->op_span = op_span;
    TRY(push_operand(p, e, row->level + 1));
    expr_close(p, e, (*left)->span.begin);
    *left = e;
    return STATUS_OK;
}

/* NULL, TRUE, FALSE, UNKNOWN, JSON [VALUE | OBJECT | ARRAY | SCALAR]. */
static enum status parse_is_what(struct parser *p, struct str *ret_text) {
    if (parser_accept(p, KW_NULL)) *ret_text = STR("NULL");
    else if (parser_accept(p, KW_TRUE)) *ret_text = STR("TRUE");
    else if (parser_accept(p, KW_FALSE)) *ret_text = STR("FALSE");
    else if (parser_accept(p, KW_UNKNOWN)) *ret_text = STR("UNKNOWN");
    else if (parser_accept(p, KW_JSON)) {
        *ret_text = STR("JSON");
        if (parser_accept(p, KW_VALUE)) *ret_text = STR("JSON VALUE");
        else if (parser_accept(p, KW_OBJECT)) *ret_text = STR("JSON OBJECT");
        else if (parser_accept(p, KW_ARRAY)) *ret_text = STR("JSON ARRAY");
        else if (parser_accept(p, KW_SCALAR)) *ret_text = STR("JSON SCALAR");
    } else if (parser_is(p, KW_A) || parser_is(p, KW_EMPTY)) {
        return parser_unsupported(p, parser_token(p)->span, "A condition on a MULTISET (IS A SET, IS EMPTY)");
    } else {
        return parser_unexpected(p, "NULL, TRUE, FALSE, UNKNOWN, DISTINCT FROM or JSON");
    }
    return STATUS_OK;
}

static bool is_distinct_ahead(const struct parser *p) {
    return parser_ahead_is(p, 1, KW_DISTINCT) || (parser_ahead_is(p, 1, KW_NOT) && parser_ahead_is(p, 2, KW_DISTINCT));
}

static enum status parse_is(struct parser *p, struct ast_expr **left) {
    bool distinct = is_distinct_ahead(p);
    struct ast_expr *e;
    TRY(expr_over(p, distinct ? AST_IS_DISTINCT : AST_IS, *left, &e));
    parser_next(p);
    e->negated = parser_accept(p, KW_NOT);
    if (distinct) {
        parser_next(p);
        TRY(parser_expect(p, KW_FROM));
        TRY(push_operand(p, e, LEVEL_COMPARE + 1));
    } else {
        TRY(parse_is_what(p, &e->text));
    }
    expr_close(p, e, (*left)->span.begin);
    *left = e;
    return STATUS_OK;
}

static enum status parse_between(struct parser *p, struct ast_expr *e) {
    e->kind = AST_BETWEEN;
    if (parser_accept(p, KW_SYMMETRIC)) e->symmetric = true;
    else (void)parser_accept(p, KW_ASYMMETRIC);
    TRY(push_operand(p, e, LEVEL_AND + 1));
    TRY(parser_expect(p, KW_AND));
    return push_operand(p, e, LEVEL_RANGE + 1);
}

static enum status parse_in(struct parser *p, struct ast_expr *e) {
    TRY(parser_expect_symbol(p, SYM_LPAREN));
    if (parser_is_query_start(p)) {
        e->kind = AST_IN_QUERY;
        TRY(parse_query(p, &e->query));
    } else {
        e->kind = AST_IN_LIST;
        TRY(parse_expr_list(p, &e->arguments));
        struct ast_expr *only = e->arguments.at[1];
        if (e->arguments.count == 2 && only->kind == AST_SUBQUERY && parser_is_query_rest(p)) { /* IN ((SELECT ...) UNION ...) */
            TRY(parse_query_rest(p, only->query, &only->query));
        }
        if (e->arguments.count == 2 && only->kind == AST_SUBQUERY) { /* IN ((SELECT ...)) */
            e->kind = AST_IN_QUERY;
            e->query = only->query;
            e->arguments.count = 1;
        }
    }
    if (!parser_is_symbol(p, SYM_RPAREN)) return parser_unexpected(p, "',' or ')'");
    parser_next(p);
    return STATUS_OK;
}

static enum status parse_like(struct parser *p, struct ast_expr *e, const char *text) {
    e->kind = AST_LIKE;
    e->text = str_of(text);
    TRY(push_operand(p, e, LEVEL_RANGE));
    if (parser_accept(p, KW_ESCAPE)) TRY(push_operand(p, e, LEVEL_RANGE + 1));
    return STATUS_OK;
}

/* [NOT] BETWEEN, IN, LIKE, SIMILAR TO. */
static enum status parse_range(struct parser *p, struct ast_expr **left) {
    struct ast_expr *e;
    TRY(expr_over(p, AST_BETWEEN, *left, &e));
    e->negated = parser_accept(p, KW_NOT);
    if (parser_accept(p, KW_BETWEEN)) {
        TRY(parse_between(p, e));
    } else if (parser_accept(p, KW_IN)) {
        TRY(parse_in(p, e));
    } else if (parser_accept(p, KW_LIKE)) {
        TRY(parse_like(p, e, "LIKE"));
    } else {
        parser_next(p);
        TRY(parser_expect(p, KW_TO));
        TRY(parse_like(p, e, "SIMILAR TO"));
    }
    expr_close(p, e, (*left)->span.begin);
    *left = e;
    return STATUS_OK;
}

static bool is_range(struct parser *p) {
    uint32_t n = parser_is(p, KW_NOT) ? 1 : 0;
    if (n == 0) return parser_is(p, KW_BETWEEN) || parser_is(p, KW_IN) || parser_is(p, KW_LIKE) || parser_is(p, KW_SIMILAR);
    return parser_ahead_is(p, n, KW_BETWEEN) || parser_ahead_is(p, n, KW_IN) || parser_ahead_is(p, n, KW_LIKE) ||
           parser_ahead_is(p, n, KW_SIMILAR);
}

/* What Calcite's grammar has between two operands and Flink has no function for. */
static enum status refuse_operator(struct parser *p) {
    static const struct {
        enum keyword word;
        const char *what;
    } refused[] = {
        {KW_MEMBER, "MEMBER OF"},
        {KW_SUBMULTISET, "SUBMULTISET OF"}, {KW_CONTAINS, "The operator CONTAINS"}, {KW_PRECEDES, "PRECEDES"},
        {KW_SUCCEEDS, "SUCCEEDS"}, {KW_EQUALS, "The operator EQUALS"}, {KW_COLLATE, "COLLATE"},
        {KW_FORMAT, NULL}};
    const struct token *t = parser_token(p);
    if (t->kind == TOKEN_SYMBOL && t->symbol == SYM_BANG_EQ) {
        return parser_instead(p, t->span, "operator '!='", "Not equal is '<>'");
    }
    if (t->kind != TOKEN_WORD) return STATUS_OK;
    if (t->keyword == KW_ILIKE) return parser_instead(p, t->span, "operator ILIKE", "Write UPPER(text) LIKE 'PATTERN'");
    if (t->keyword == KW_RLIKE) return parser_instead(p, t->span, "operator RLIKE", "Write REGEXP(text, pattern)");
    for (size_t i = 0; refused[i].what != NULL; i++) {
        if (t->keyword == refused[i].word) return parser_unsupported(p, t->span, refused[i].what);
    }
    if (t->keyword == KW_MULTISET && (parser_ahead_is(p, 1, KW_UNION) || parser_ahead_is(p, 1, KW_INTERSECT) ||
                                      parser_ahead_is(p, 1, KW_EXCEPT))) {
        return parser_unsupported(p, t->span, "A set operation on MULTISETs");
    }
    return STATUS_OK;
}

static enum status parse_sign(struct parser *p, enum ast_op op, int level, struct ast_expr **ret_expr) {
    uint32_t begin = parser_begin(p);
    struct ast_expr *e;
    TRY(expr_new(p, AST_UNARY, &e));
    e->op = op;
    parser_next(p);
    TRY(push_operand(p, e, level));
    expr_close(p, e, begin);
    *ret_expr = e;
    return STATUS_OK;
}

static enum status parse_prefix(struct parser *p, struct ast_expr **ret_expr) {
    if (parser_is(p, KW_NOT)) return parse_sign(p, AST_OP_NOT, LEVEL_NOT + 1, ret_expr);
    if (parser_is_symbol(p, SYM_MINUS)) return parse_sign(p, AST_OP_MINUS, LEVEL_SIGN, ret_expr);
    if (parser_is_symbol(p, SYM_PLUS)) return parse_sign(p, AST_OP_PLUS, LEVEL_SIGN, ret_expr);
    return parse_postfix(p, ret_expr);
}

/* (a, b) OVERLAPS (c, d). */
static enum status parse_overlaps(struct parser *p, struct ast_expr **left) {
    struct ast_expr *e, *right;
    struct span op_span = parser_token(p)->span;
    parser_next(p);
    TRY(parse_postfix(p, &right));
    struct ast_expr *sides[2] = {*left, right};
    TRY(parser_grow(p));
    TRY(expr_new(p, AST_OVERLAPS, &e));
    e->op_span = op_span;
    for (int i = 0; i < 2; i++) {
        if (sides[i]->kind != AST_ROW || sides[i]->arguments.count != 2) {
            return error_at(p->error, STATUS_SYNTAX, sides[i]->span, "OVERLAPS needs (begin, end) on both sides");
        }
        for (int j = 0; j < 2; j++) TRY(parser_push(p, &e->arguments, sides[i]->arguments.at[j]));
    }
    expr_close(p, e, (*left)->span.begin);
    *left = e;
    return STATUS_OK;
}

/* One operator that binds at least at the level, over *left; *ret_done when there is none. */
static enum status parse_next_operator(struct parser *p, int level, struct ast_expr **left, bool *ret_done) {
    *ret_done = false;
    if (level <= LEVEL_COMPARE && parser_is(p, KW_OVERLAPS)) return parse_overlaps(p, left);
    if (level <= LEVEL_RANGE && is_range(p)) return parse_range(p, left);
    if (parser_is(p, KW_IS) && level <= (is_distinct_ahead(p) ? LEVEL_COMPARE : LEVEL_IS)) return parse_is(p, left);
    const struct binary_row *row = binary_find(p);
    if (row != NULL && row->level >= level) return parse_operator(p, row, left);
    *ret_done = true;
    return refuse_operator(p);
}

enum status parse_binary(struct parser *p, int level, struct ast_expr **ret_expr) {
    struct ast_expr *left;
    uint32_t saved;
    bool done = false;
    TRY(parser_enter(p, &saved));
    TRY(parse_prefix(p, &left));
    while (!done) TRY(parse_next_operator(p, level, &left, &done));
    parser_leave(p, saved);
    *ret_expr = left;
    return STATUS_OK;
}

enum status parse_expr(struct parser *p, struct ast_expr **ret_expr) {
    return parse_binary(p, 0, ret_expr);
}

enum status parse_expr_list(struct parser *p, struct list *exprs) {
    do {
        struct ast_expr *e;
        TRY(parse_expr(p, &e));
        TRY(parser_push(p, exprs, e));
    } while (parser_accept_symbol(p, SYM_COMMA));
    return STATUS_OK;
}
