/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parse_type: data types as they are written: INT, DECIMAL(10, 2), ROW<a INT, b STRING NOT NULL>,
 * INT ARRAY, TIMESTAMP(3) WITH LOCAL TIME ZONE, INTERVAL DAY(3) TO SECOND(6). Which words take
 * arguments is one table. A name that the table does not have is kept as a name (a user's type); the
 * binder knows it or not.
 */
#include "sql/foreign.h"
#include "sql/parse_internal.h"

#include <assert.h>

struct type_row {
    enum keyword word;
    uint8_t arguments_max;
    bool varying;   /* may be followed by VARYING */
    bool time_zone; /* may be followed by WITH/WITHOUT TIME ZONE */
};

static const struct type_row type_rows[] = {
    {KW_BOOLEAN, 0, false, false},  {KW_TINYINT, 0, false, false},  {KW_SMALLINT, 0, false, false},
    {KW_INT, 0, false, false},      {KW_INTEGER, 0, false, false},  {KW_BIGINT, 0, false, false},
    {KW_FLOAT, 0, false, false},    {KW_REAL, 0, false, false},     {KW_DOUBLE, 0, false, false},
    {KW_DECIMAL, 2, false, false},  {KW_DEC, 2, false, false},      {KW_NUMERIC, 2, false, false},
    {KW_CHAR, 1, true, false},      {KW_CHARACTER, 1, true, false}, {KW_VARCHAR, 1, false, false},
    {KW_STRING, 0, false, false},   {KW_BINARY, 1, true, false},    {KW_VARBINARY, 1, false, false},
    {KW_BYTES, 0, false, false},    {KW_DATE, 0, false, false},     {KW_TIME, 1, false, true},
    {KW_TIMESTAMP, 1, false, true}, {KW_TIMESTAMP_LTZ, 1, false, false},
};

static const struct type_row *type_row_find(enum keyword k) {
    for (size_t i = 0; i < sizeof type_rows / sizeof *type_rows; i++) {
        if (type_rows[i].word == k) return &type_rows[i];
    }
    return NULL;
}

static enum status type_new(struct parser *p, enum ast_type_kind kind, struct ast_type **ret_type) {
    struct ast_type *t = PARSER_NEW(p, struct ast_type);
    if (t == NULL) return STATUS_NO_MEMORY;
    t->kind = kind;
    t->nullable = true;
    t->arguments[0] = t->arguments[1] = -1;
    *ret_type = t;
    return STATUS_OK;
}

/* Goes on over the nullability here; false in *ret_found when there is none. */
static void parse_nullability(struct parser *p, struct ast_type *t) {
    if (parser_is(p, KW_NOT) && parser_ahead_is(p, 1, KW_NULL)) {
        parser_next(p);
        parser_next(p);
        t->nullable = false;
        t->nullable_explicit = true;
    } else if (parser_accept(p, KW_NULL)) {
        t->nullable_explicit = true;
    }
}

static enum status parse_arguments(struct parser *p, struct ast_type *t, uint32_t max) {
    if (max == 0 || !parser_accept_symbol(p, SYM_LPAREN)) return STATUS_OK;
    do {
        if (t->argument_count == max) return parser_unexpected(p, "')'");
        TRY(parse_uint(p, &t->arguments[t->argument_count]));
        t->argument_count++;
    } while (parser_accept_symbol(p, SYM_COMMA));
    return parser_expect_symbol(p, SYM_RPAREN);
}

/* WITH LOCAL TIME ZONE, WITHOUT TIME ZONE behind TIME and TIMESTAMP. */
static enum status parse_time_zone(struct parser *p, struct ast_type *t) {
    bool timestamp = str_equal(t->name, STR("TIMESTAMP"));
    if (parser_is(p, KW_WITHOUT) && parser_ahead_is(p, 1, KW_TIME)) {
        parser_next(p);
        t->name = timestamp ? STR("TIMESTAMP WITHOUT TIME ZONE") : STR("TIME WITHOUT TIME ZONE");
    } else if (parser_is(p, KW_WITH) && parser_ahead_is(p, 1, KW_LOCAL)) {
        parser_next(p);
        parser_next(p);
        if (!timestamp) return parser_unsupported(p, parser_span(p, t->span.begin), "TIME WITH LOCAL TIME ZONE");
        t->name = STR("TIMESTAMP WITH LOCAL TIME ZONE");
    } else if (parser_is(p, KW_WITH) && parser_ahead_is(p, 1, KW_TIME)) {
        return parser_unsupported(p, parser_span(p, t->span.begin), "A type WITH TIME ZONE");
    } else {
        return STATUS_OK;
    }
    TRY(parser_expect(p, KW_TIME));
    return parser_expect(p, KW_ZONE);
}

static enum status parse_simple(struct parser *p, const struct type_row *row, struct ast_type *t) {
    t->name = keyword_text(row->word);
    parser_next(p);
    if (row->word == KW_DOUBLE && parser_accept(p, KW_PRECISION)) t->name = STR("DOUBLE PRECISION");
    if (row->varying && parser_accept(p, KW_VARYING)) {
        t->name = row->word == KW_CHAR     ? STR("CHAR VARYING")
                  : row->word == KW_BINARY ? STR("BINARY VARYING")
                                           : STR("CHARACTER VARYING");
    }
    TRY(parse_arguments(p, t, row->arguments_max));
    return row->time_zone ? parse_time_zone(p, t) : STATUS_OK;
}

static enum status parse_field(struct parser *p, struct list *fields) {
    uint32_t begin = parser_begin(p);
    struct ast_field *f = PARSER_NEW(p, struct ast_field);
    if (f == NULL) return STATUS_NO_MEMORY;
    TRY(parse_identifier(p, "a field's name", &f->name, NULL));
    TRY(parse_type_spec(p, true, &f->type));
    if (parser_token(p)->kind == TOKEN_STRING) TRY(parse_string(p, "a comment", &f->comment));
    f->span = parser_span(p, begin);
    return parser_push(p, fields, f);
}

static enum status parse_row(struct parser *p, struct ast_type *t) {
    t->kind = AST_TYPE_ROW;
    t->name = STR("ROW");
    parser_next(p);
    enum symbol close = SYM_GT;
    if (parser_is_symbol(p, SYM_NE)) { /* the empty row's brackets read as "not equal" */
        parser_next(p);
        return STATUS_OK;
    }
    if (parser_accept_symbol(p, SYM_LPAREN)) close = SYM_RPAREN;
    else if (!parser_accept_symbol(p, SYM_LT)) return parser_unexpected(p, "'<' or '('");
    if (parser_accept_symbol(p, close)) return STATUS_OK;
    do {
        TRY(parse_field(p, &t->fields));
    } while (parser_accept_symbol(p, SYM_COMMA));
    if (!parser_is_symbol(p, close)) return parser_unexpected(p, close == SYM_GT ? "',' or '>'" : "',' or ')'");
    parser_next(p);
    return STATUS_OK;
}

static enum status parse_child(struct parser *p, struct ast_type *t) {
    struct ast_type *child;
    TRY(parse_type_spec(p, true, &child));
    return parser_push(p, &t->children, child);
}

/* ARRAY<e>, MULTISET<e>, MAP<k, v>. */
static enum status parse_generic(struct parser *p, enum ast_type_kind kind, struct ast_type *t) {
    t->kind = kind;
    t->name = keyword_text((enum keyword)parser_token(p)->keyword);
    parser_next(p);
    TRY(parser_expect_symbol(p, SYM_LT));
    TRY(parse_child(p, t));
    if (kind == AST_TYPE_MAP) {
        TRY(parser_expect_symbol(p, SYM_COMMA));
        TRY(parse_child(p, t));
    }
    return parser_expect_symbol(p, SYM_GT);
}

static enum status parse_interval_type(struct parser *p, struct ast_type *t) {
    struct interval_spec spec;
    t->kind = AST_TYPE_INTERVAL;
    parser_next(p);
    TRY(parse_interval_spec(p, &spec));
    t->argument_count = spec.scale >= 0 ? 2 : spec.precision >= 0 ? 1 : 0;
    t->arguments[0] = spec.precision;
    t->arguments[1] = spec.scale;
    t->name = spec.unit;
    if (spec.unit_to.at == NULL) return STATUS_OK;
    t->name = arena_format(p->arena, "%.*s TO %.*s", STR_ARG(spec.unit), STR_ARG(spec.unit_to));
    return t->name.at == NULL ? error_no_memory(p->error, 64) : STATUS_OK;
}

static enum status parse_named(struct parser *p, struct ast_type *t) {
    struct ast_name *name;
    uint32_t begin = parser_begin(p);
    TRY(parse_name(p, "a data type", false, &name));
    t->name = parser_slice(p, parser_span(p, begin)); /* back-ticks and all: `INT` is not INT */
    if (!parser_is_symbol(p, SYM_LPAREN)) return STATUS_OK;
    (void)error_at(p->error, STATUS_SYNTAX, name->span, "There is no type '%.*s' that takes arguments", STR_ARG(t->name));
    if (foreign_type(t->name) != NULL && p->error != NULL) (void)error_hint(p->error, "%s", foreign_type(t->name));
    return STATUS_SYNTAX;
}

static enum status parse_base(struct parser *p, struct ast_type *t) {
    const struct token *token = parser_token(p);
    enum keyword k = token->kind == TOKEN_WORD ? (enum keyword)token->keyword : NO_KEYWORD;
    const struct type_row *row = k == NO_KEYWORD ? NULL : type_row_find(k);
    t->span = token->span;
    if (row != NULL) return parse_simple(p, row, t);
    switch ((int)k) {
    case KW_ROW: return parse_row(p, t);
    case KW_ARRAY: return parse_generic(p, AST_TYPE_ARRAY, t);
    case KW_MULTISET: return parse_generic(p, AST_TYPE_MULTISET, t);
    case KW_MAP: return parse_generic(p, AST_TYPE_MAP, t);
    case KW_INTERVAL: return parse_interval_type(p, t);
    case KW_VARIANT: return parser_unsupported(p, token->span, "The type VARIANT");
    case KW_BITMAP: return parser_unsupported(p, token->span, "The type BITMAP");
    case KW_RAW: return parser_unsupported(p, token->span, "The type RAW");
    case KW_STRUCTURED: return parser_unsupported(p, token->span, "The type STRUCTURED");
    default: break;
    }
    if (!parser_is_name(p, 0)) return parser_unexpected(p, "a data type");
    return parse_named(p, t);
}

/* Is [NOT NULL] ARRAY or MULTISET here, which makes a collection of the type before? */
static bool is_collection_suffix(struct parser *p) {
    uint32_t n = 0;
    if (parser_ahead_is(p, 0, KW_NULL)) n = 1;
    else if (parser_ahead_is(p, 0, KW_NOT) && parser_ahead_is(p, 1, KW_NULL)) n = 2;
    return parser_ahead_is(p, n, KW_ARRAY) || parser_ahead_is(p, n, KW_MULTISET);
}

static enum status parse_suffix(struct parser *p, struct ast_type **type) {
    struct ast_type *outer, *element = *type;
    parse_nullability(p, element);
    bool array = parser_is(p, KW_ARRAY);
    TRY(parser_grow(p));
    TRY(type_new(p, array ? AST_TYPE_ARRAY : AST_TYPE_MULTISET, &outer));
    outer->name = array ? STR("ARRAY") : STR("MULTISET");
    parser_next(p);
    outer->span = parser_span(p, element->span.begin);
    TRY(parser_push(p, &outer->children, element));
    *type = outer;
    return STATUS_OK;
}

enum status parse_type_spec(struct parser *p, bool nullability, struct ast_type **ret_type) {
    struct ast_type *t;
    uint32_t saved;
    TRY(parser_enter(p, &saved));
    TRY(type_new(p, AST_TYPE_SIMPLE, &t));
    TRY(parse_base(p, t));
    t->span = parser_span(p, t->span.begin);
    while (is_collection_suffix(p)) TRY(parse_suffix(p, &t));
    if (nullability) parse_nullability(p, t);
    t->span = parser_span(p, t->span.begin);
    parser_leave(p, saved);
    *ret_type = t;
    return STATUS_OK;
}
