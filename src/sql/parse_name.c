/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parse_name: names, strings, numbers, option lists and hints: the small parts that every statement
 * is made of. A reserved word where a name must stand gets an error of its own that shows the
 * back-ticks it needs.
 */
#include "sql/parse_internal.h"

#include <assert.h>

enum { NAME_PARTS_MAX = 32 };

bool parser_is_name(const struct parser *p, uint32_t n) {
    const struct token *t = parser_ahead(p, n);
    if (t->kind == TOKEN_QUOTED_NAME) return true;
    return t->kind == TOKEN_WORD && keyword_class((enum keyword)t->keyword) == KEYWORD_FREE;
}

enum status parse_identifier(struct parser *p, const char *what, struct str *ret_text,
                             struct span *ret_span) {
    const struct token *t = parser_token(p);
    if (t->kind == TOKEN_WORD && !parser_is_name(p, 0)) return parser_reserved(p, what);
    if (!parser_is_name(p, 0)) return parser_unexpected(p, what);
    if (t->text.size_bytes == 0) {
        return error_at(p->error, STATUS_SYNTAX, t->span, "The name in these back-ticks is empty");
    }
    *ret_text = t->text;
    if (ret_span != NULL) *ret_span = t->span;
    parser_next(p);
    return STATUS_OK;
}

/* The number of parts of the name here, to allocate once. */
static uint32_t name_length(const struct parser *p, bool star) {
    uint32_t n = 1;
    while (n < NAME_PARTS_MAX && parser_ahead_is_symbol(p, 2 * n - 1, SYM_DOT) &&
           !(star && parser_ahead_is_symbol(p, 2 * n, SYM_STAR))) {
        n++;
    }
    return n;
}

enum status parse_name(struct parser *p, const char *what, bool star, struct ast_name **ret_name) {
    uint32_t begin = parser_begin(p), count = name_length(p, star);
    struct ast_name *name = PARSER_NEW(p, struct ast_name);
    if (name == NULL) return STATUS_NO_MEMORY;
    name->parts = parser_alloc(p, count * sizeof *name->parts);
    name->part_spans = parser_alloc(p, count * sizeof *name->part_spans);
    if (name->parts == NULL || name->part_spans == NULL) return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0) TRY(parser_expect_symbol(p, SYM_DOT));
        TRY(parse_identifier(p, i == 0 ? what : "a name", &name->parts[i], &name->part_spans[i]));
    }
    name->count = count;
    if (star && parser_is_symbol(p, SYM_DOT) && parser_ahead_is_symbol(p, 1, SYM_STAR)) {
        name->star = true;
        parser_next(p);
        parser_next(p);
    }
    name->span = parser_span(p, begin);
    *ret_name = name;
    return STATUS_OK;
}

enum status parse_identifier_list(struct parser *p, const char *what, struct list *names,
                                  struct list *spans) {
    TRY(parser_expect_symbol(p, SYM_LPAREN));
    do {
        struct str text;
        struct span span;
        TRY(parse_identifier(p, what, &text, &span));
        TRY(parser_push_str(p, names, text));
        if (spans != NULL) TRY(parser_push_span(p, spans, span));
    } while (parser_accept_symbol(p, SYM_COMMA));
    if (!parser_is_symbol(p, SYM_RPAREN)) return parser_unexpected(p, "',' or ')'");
    parser_next(p);
    return STATUS_OK;
}

static bool is_continuation(const struct parser *p) {
    const struct token *t = parser_token(p);
    return t->kind == TOKEN_STRING && t->form == FORM_PLAIN && !parser_ahead_is_symbol(p, 1, SYM_EQ);
}

static enum status join_strings(struct parser *p, struct str a, struct str b, struct str *ret_text) {
    char *at = arena_bytes(p->arena, a.size_bytes + b.size_bytes + 1);
    if (at == NULL) return error_no_memory(p->error, a.size_bytes + b.size_bytes);
    if (a.size_bytes > 0) memcpy(at, a.at, a.size_bytes);
    if (b.size_bytes > 0) memcpy(at + a.size_bytes, b.at, b.size_bytes);
    *ret_text = (struct str){at, a.size_bytes + b.size_bytes};
    return STATUS_OK;
}

enum status parse_string(struct parser *p, const char *what, struct str *ret_text) {
    const struct token *t = parser_token(p);
    if (t->kind != TOKEN_STRING) return parser_unexpected(p, what);
    struct str text = t->text;
    parser_next(p);
    while (is_continuation(p)) {
        t = parser_token(p);
        if (!t->newline_before) {
            return error_at(p->error, STATUS_SYNTAX, t->span,
                            "Two strings in a row; only a string on the next line continues one");
        }
        TRY(join_strings(p, text, t->text, &text));
        parser_next(p);
    }
    *ret_text = text;
    return STATUS_OK;
}

enum status parse_uint(struct parser *p, int32_t *ret_value) {
    const struct token *t = parser_token(p);
    if (t->kind != TOKEN_INTEGER) return parser_unexpected(p, "a whole number");
    int64_t v = 0;
    for (size_t i = 0; i < t->text.size_bytes && v <= INT32_MAX; i++) v = v * 10 + (t->text.at[i] - '0');
    if (v > INT32_MAX) {
        return error_at(p->error, STATUS_SYNTAX, t->span, "This number is larger than 2147483647");
    }
    parser_next(p);
    *ret_value = (int32_t)v;
    return STATUS_OK;
}

static enum status parse_option(struct parser *p, struct list *options) {
    uint32_t begin = parser_begin(p);
    struct ast_option *o = PARSER_NEW(p, struct ast_option);
    if (o == NULL) return STATUS_NO_MEMORY;
    TRY(parse_string(p, "an option's key in quotes", &o->key));
    o->key_span = parser_span(p, begin);
    TRY(parser_expect_symbol(p, SYM_EQ));
    uint32_t value_begin = parser_begin(p);
    TRY(parse_string(p, "an option's value in quotes", &o->value));
    o->value_span = parser_span(p, value_begin);
    o->span = parser_span(p, begin);
    return parser_push(p, options, o);
}

enum status parse_options(struct parser *p, struct list *options) {
    TRY(parser_expect_symbol(p, SYM_LPAREN));
    if (parser_accept_symbol(p, SYM_RPAREN)) return STATUS_OK;
    do {
        TRY(parse_option(p, options));
    } while (parser_accept_symbol(p, SYM_COMMA));
    if (!parser_is_symbol(p, SYM_RPAREN)) return parser_unexpected(p, "',' or ')'");
    parser_next(p);
    return STATUS_OK;
}

enum status parse_if_exists(struct parser *p, bool *ret_flag) {
    *ret_flag = parser_is(p, KW_IF) && parser_ahead_is(p, 1, KW_EXISTS);
    if (*ret_flag) {
        parser_next(p);
        parser_next(p);
    }
    return STATUS_OK;
}

enum status parse_if_not_exists(struct parser *p, bool *ret_flag) {
    *ret_flag = false;
    if (!parser_is(p, KW_IF) || !parser_ahead_is(p, 1, KW_NOT)) return STATUS_OK;
    parser_next(p);
    parser_next(p);
    *ret_flag = true;
    return parser_expect(p, KW_EXISTS);
}

/* One entry of a hint's list: 'k' = 'v', k = 'v', or a name, number or string. */
static enum status parse_hint_entry(struct parser *p, struct ast_hint *h) {
    const struct token *t = parser_token(p);
    bool word = t->kind == TOKEN_WORD || t->kind == TOKEN_QUOTED_NAME;
    if (!word && t->kind != TOKEN_STRING && t->kind != TOKEN_INTEGER && t->kind != TOKEN_DECIMAL) {
        return parser_unexpected(p, "a hint's option");
    }
    uint32_t begin = parser_begin(p);
    struct str first = t->text, value = {NULL, 0};
    parser_next(p);
    while (word && parser_is_symbol(p, SYM_DOT) && parser_ahead(p, 1)->kind != TOKEN_SYMBOL) {
        parser_next(p);
        parser_next(p);
        first = parser_slice(p, parser_span(p, begin));
    }
    TRY(parser_push_span(p, &h->key_spans, parser_span(p, begin)));
    if (!parser_accept_symbol(p, SYM_EQ)) {
        TRY(parser_push_str(p, &h->keys, value));
        return parser_push_str(p, &h->values, first);
    }
    TRY(parse_string(p, "the hint option's value in quotes", &value));
    TRY(parser_push_str(p, &h->keys, first));
    return parser_push_str(p, &h->values, value);
}

static enum status upper_text(struct parser *p, struct str s, struct str *ret_text) {
    char *at = arena_bytes(p->arena, s.size_bytes + 1);
    if (at == NULL) return error_no_memory(p->error, s.size_bytes);
    for (size_t i = 0; i < s.size_bytes; i++) {
        char c = s.at[i];
        at[i] = (char)(c >= 'a' && c <= 'z' ? c - ('a' - 'A') : c);
    }
    *ret_text = (struct str){at, s.size_bytes};
    return STATUS_OK;
}

static enum status parse_hint(struct parser *p, struct list *hints) {
    uint32_t begin = parser_begin(p);
    struct ast_hint *h = PARSER_NEW(p, struct ast_hint);
    struct str name;
    if (h == NULL) return STATUS_NO_MEMORY;
    TRY(parse_identifier(p, "a hint's name", &name, NULL));
    TRY(upper_text(p, name, &h->name));
    if (parser_accept_symbol(p, SYM_LPAREN) && !parser_accept_symbol(p, SYM_RPAREN)) {
        do {
            TRY(parse_hint_entry(p, h));
        } while (parser_accept_symbol(p, SYM_COMMA));
        if (!parser_is_symbol(p, SYM_RPAREN)) return parser_unexpected(p, "',' or ')'");
        parser_next(p);
    }
    h->span = parser_span(p, begin);
    return parser_push(p, hints, h);
}

enum status parse_hints(struct parser *p, struct list *hints) {
    while (parser_token(p)->kind == TOKEN_HINT_BEGIN) {
        parser_next(p);
        do {
            TRY(parse_hint(p, hints));
        } while (parser_accept_symbol(p, SYM_COMMA));
        if (parser_token(p)->kind != TOKEN_HINT_END) return parser_unexpected(p, "',' or the hint's end '*/'");
        parser_next(p);
    }
    return STATUS_OK;
}
