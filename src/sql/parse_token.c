/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parse_token: the parser's cursor. Each test for a keyword at a token leaves the word in a small
 * list that is forgotten when the cursor moves on; the list is what a misspelt word is compared with
 * (parse_error.c).
 *
 * Nesting is bounded twice: by the depth of the recursion, and by the height of the trees, since
 * `a + a + a ...` makes a tall tree without any recursion here, and those who walk the tree recurse.
 */
#include "sql/parse_internal.h"

#include <assert.h>

enum status parser_init(struct parser *p, struct arena *arena, struct str sql, struct error *error) {
    assert(p != NULL && arena != NULL);
    memset(p, 0, sizeof *p);
    p->arena = arena;
    p->sql = sql;
    p->error = error;
    p->follow = "the end of the statement";
    if (sql.size_bytes > PARSER_TEXT_MAX) {
        return error_set(error, STATUS_LIMIT, "The SQL text is longer than %d bytes", (int)PARSER_TEXT_MAX);
    }
    struct token *tokens = NULL;
    enum status s = lexer_tokens(arena, sql, &tokens, &p->count, &p->lexer_error);
    if (s != STATUS_OK) {
        if (error != NULL) *error = p->lexer_error;
        return s;
    }
    p->tokens = tokens;
    return STATUS_OK;
}

const struct token *parser_ahead(const struct parser *p, uint32_t n) {
    assert(p->count > 0);
    return &p->tokens[n < p->count - p->at ? p->at + n : p->count - 1];
}

void parser_next(struct parser *p) {
    assert(p->at < p->count);
    if (p->at + 1 < p->count) p->at++;
}

static void parser_tried(struct parser *p, enum keyword k) {
    if (p->tried_at != p->at) {
        p->tried_at = p->at;
        p->tried_count = 0;
    }
    if (p->tried_count < PARSER_TRIED_MAX) p->tried[p->tried_count++] = (uint16_t)k;
}

bool parser_is(struct parser *p, enum keyword k) {
    const struct token *t = parser_token(p);
    if (t->kind == TOKEN_WORD && t->keyword == k) return true;
    parser_tried(p, k);
    return false;
}

bool parser_ahead_is(const struct parser *p, uint32_t n, enum keyword k) {
    const struct token *t = parser_ahead(p, n);
    return t->kind == TOKEN_WORD && t->keyword == k;
}

bool parser_is_symbol(const struct parser *p, enum symbol s) {
    return parser_ahead_is_symbol(p, 0, s);
}

bool parser_ahead_is_symbol(const struct parser *p, uint32_t n, enum symbol s) {
    const struct token *t = parser_ahead(p, n);
    return t->kind == TOKEN_SYMBOL && t->symbol == s;
}

bool parser_is_word(const struct parser *p, const char *upper) {
    const struct token *t = parser_token(p);
    return t->kind == TOKEN_WORD && str_equal_ignore_case(t->text, str_of(upper));
}

bool parser_accept(struct parser *p, enum keyword k) {
    if (!parser_is(p, k)) return false;
    parser_next(p);
    return true;
}

bool parser_accept_symbol(struct parser *p, enum symbol s) {
    if (!parser_is_symbol(p, s)) return false;
    parser_next(p);
    return true;
}

enum status parser_expect(struct parser *p, enum keyword k) {
    if (parser_accept(p, k)) return STATUS_OK;
    char text[64];
    struct str word = keyword_text(k);
    size_t n = word.size_bytes < sizeof text - 1 ? word.size_bytes : sizeof text - 1;
    memcpy(text, word.at, n);
    text[n] = '\0';
    return parser_unexpected(p, text);
}

static const char *symbol_text(enum symbol s) {
    switch (s) {
    case SYM_LPAREN: return "'('";
    case SYM_RPAREN: return "')'";
    case SYM_LBRACKET: return "'['";
    case SYM_RBRACKET: return "']'";
    case SYM_COMMA: return "','";
    case SYM_SEMICOLON: return "';'";
    case SYM_DOT: return "'.'";
    case SYM_EQ: return "'='";
    case SYM_LT: return "'<'";
    case SYM_GT: return "'>'";
    default: return "another sign";
    }
}

enum status parser_expect_symbol(struct parser *p, enum symbol s) {
    return parser_accept_symbol(p, s) ? STATUS_OK : parser_unexpected(p, symbol_text(s));
}

uint32_t parser_begin(const struct parser *p) {
    return parser_token(p)->span.begin;
}

struct span parser_span(const struct parser *p, uint32_t begin) {
    uint32_t end = p->at == 0 ? begin : p->tokens[p->at - 1].span.end;
    return (struct span){begin, end < begin ? begin : end};
}

struct str parser_slice(const struct parser *p, struct span span) {
    assert(span.begin <= span.end && span.end <= p->sql.size_bytes);
    return (struct str){p->sql.at + span.begin, span.end - span.begin};
}

void *parser_alloc(struct parser *p, size_t size_bytes) {
    void *at = arena_calloc(p->arena, 1, size_bytes);
    if (at == NULL) (void)error_no_memory(p->error, size_bytes);
    return at;
}

enum status parser_push(struct parser *p, struct list *l, void *item) {
    enum status s = list_push(l, p->arena, item);
    if (s != STATUS_OK) (void)error_no_memory(p->error, sizeof item);
    return s;
}

enum status parser_push_str(struct parser *p, struct list *l, struct str s) {
    struct str *copy = PARSER_NEW(p, struct str);
    if (copy == NULL) return STATUS_NO_MEMORY;
    *copy = s;
    return parser_push(p, l, copy);
}

enum status parser_push_span(struct parser *p, struct list *l, struct span s) {
    struct span *copy = PARSER_NEW(p, struct span);
    if (copy == NULL) return STATUS_NO_MEMORY;
    *copy = s;
    return parser_push(p, l, copy);
}

static enum status too_deep(struct parser *p) {
    return error_at(p->error, STATUS_LIMIT, parser_token(p)->span,
                    "This is nested more than %d levels deep; split the statement, for example with views",
                    (int)PARSER_DEPTH_MAX);
}

enum status parser_enter(struct parser *p, uint32_t *ret_saved) {
    if (p->depth >= PARSER_DEPTH_MAX) return too_deep(p);
    p->depth++;
    *ret_saved = p->height;
    p->height = 0;
    return STATUS_OK;
}

void parser_leave(struct parser *p, uint32_t saved) {
    assert(p->depth > 0);
    p->depth--;
    p->height++;
    if (p->height < saved) p->height = saved;
}

enum status parser_grow(struct parser *p) {
    if (p->height >= PARSER_DEPTH_MAX) return too_deep(p);
    p->height++;
    return STATUS_OK;
}
