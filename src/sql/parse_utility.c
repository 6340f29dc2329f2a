/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parse_utility: statements about the session and the catalog: DROP, SHOW, DESCRIBE, USE, modules,
 * jobs, SET, RESET, and the ones that are only named. SET takes Flink's form, SET 'k' = 'v', and the SQL
 * client's SET k = v, whose value is the rest of the line as it stands, up to the semicolon.
 */
#include "sql/parse_internal.h"

#include <assert.h>

bool parser_at_end(const struct parser *p) {
    return parser_token(p)->kind == TOKEN_END || parser_is_symbol(p, SYM_SEMICOLON);
}

/* ---- DROP, ALTER ---- */

/* One object word; the two-word ones and SYSTEM functions included. */
static enum status parse_object_kind(struct parser *p, struct str *ret_object) {
    static const enum keyword objects[] = {KW_TABLE, KW_VIEW, KW_DATABASE, KW_CATALOG, KW_FUNCTION, KW_MODEL, KW_CONNECTION};
    if (parser_accept(p, KW_MATERIALIZED)) {
        *ret_object = STR("MATERIALIZED TABLE");
        return parser_expect(p, KW_TABLE);
    }
    for (size_t i = 0; i < sizeof objects / sizeof *objects; i++) {
        if (!parser_accept(p, objects[i])) continue;
        *ret_object = keyword_text(objects[i]);
        return STATUS_OK;
    }
    return parser_unexpected(p, "TABLE, VIEW, DATABASE, CATALOG, FUNCTION, MODEL, CONNECTION or MATERIALIZED TABLE");
}

enum status parse_changed(struct parser *p, struct ast_statement *s) {
    parser_next(p);
    s->temporary = parser_accept(p, KW_TEMPORARY);
    s->system = s->temporary && parser_accept(p, KW_SYSTEM);
    TRY(parse_object_kind(p, &s->object));
    TRY(parse_if_exists(p, &s->if_exists));
    return parse_name(p, "a name", false, &s->name);
}

static enum status parse_drop(struct parser *p, struct ast_statement *s) {
    s->kind = AST_DROP;
    TRY(parse_changed(p, s));
    if (!str_equal(s->object, STR("DATABASE"))) return STATUS_OK;
    s->cascade = parser_accept(p, KW_CASCADE);
    if (!s->cascade) (void)parser_accept(p, KW_RESTRICT);
    return STATUS_OK;
}

/* The rest of the statement as it stands. */
static enum status take_rest(struct parser *p, struct str *ret_text) {
    uint32_t begin = parser_begin(p);
    while (!parser_at_end(p)) {
        if (parser_token(p)->kind == TOKEN_BAD) return parser_unexpected(p, "the end of the statement");
        parser_next(p);
    }
    *ret_text = parser_slice(p, parser_span(p, begin));
    return STATUS_OK;
}

/* ---- SHOW ---- */

enum show_tail { SHOW_ALONE = 0, SHOW_FROM = 1, SHOW_LIKE = 2, SHOW_NAME = 4 };

struct show_row {
    enum keyword words[4]; /* ends with NO_KEYWORD */
    const char *text;
    int tail;
};

static const struct show_row show_rows[] = {
    {{KW_CATALOGS}, "CATALOGS", SHOW_LIKE},
    {{KW_CURRENT, KW_CATALOG}, "CURRENT CATALOG", SHOW_ALONE},
    {{KW_CURRENT, KW_DATABASE}, "CURRENT DATABASE", SHOW_ALONE},
    {{KW_DATABASES}, "DATABASES", SHOW_FROM | SHOW_LIKE},
    {{KW_TABLES}, "TABLES", SHOW_FROM | SHOW_LIKE},
    {{KW_VIEWS}, "VIEWS", SHOW_FROM | SHOW_LIKE},
    {{KW_MATERIALIZED, KW_TABLES}, "MATERIALIZED TABLES", SHOW_FROM | SHOW_LIKE},
    {{KW_COLUMNS}, "COLUMNS", SHOW_FROM | SHOW_LIKE},
    {{KW_FUNCTIONS}, "FUNCTIONS", SHOW_FROM | SHOW_LIKE},
    {{KW_USER, KW_FUNCTIONS}, "USER FUNCTIONS", SHOW_FROM | SHOW_LIKE},
    {{KW_PROCEDURES}, "PROCEDURES", SHOW_FROM | SHOW_LIKE},
    {{KW_MODELS}, "MODELS", SHOW_FROM | SHOW_LIKE},
    {{KW_CONNECTIONS}, "CONNECTIONS", SHOW_FROM | SHOW_LIKE},
    {{KW_MODULES}, "MODULES", SHOW_ALONE},
    {{KW_FULL, KW_MODULES}, "FULL MODULES", SHOW_ALONE},
    {{KW_JARS}, "JARS", SHOW_ALONE},
    {{KW_JOBS}, "JOBS", SHOW_ALONE},
    {{KW_PARTITIONS}, "PARTITIONS", SHOW_NAME},
    {{KW_CREATE, KW_TABLE}, "CREATE TABLE", SHOW_NAME},
    {{KW_CREATE, KW_VIEW}, "CREATE VIEW", SHOW_NAME},
    {{KW_CREATE, KW_CATALOG}, "CREATE CATALOG", SHOW_NAME},
    {{KW_CREATE, KW_MODEL}, "CREATE MODEL", SHOW_NAME},
    {{KW_CREATE, KW_CONNECTION}, "CREATE CONNECTION", SHOW_NAME},
    {{KW_CREATE, KW_MATERIALIZED, KW_TABLE}, "CREATE MATERIALIZED TABLE", SHOW_NAME},
};

/* The number of words of the row that stand here, 0 when not all do. */
static uint32_t show_match(struct parser *p, const struct show_row *row) {
    uint32_t n = 0;
    if (!parser_is(p, row->words[0])) return 0;
    while (row->words[n] != NO_KEYWORD && parser_ahead_is(p, n, row->words[n])) n++;
    return row->words[n] == NO_KEYWORD ? n : 0;
}

static enum status parse_show_like(struct parser *p, struct ast_statement *s) {
    s->like_negated = parser_accept(p, KW_NOT);
    s->like_ilike = parser_accept(p, KW_ILIKE);
    if (!s->like_ilike && !parser_accept(p, KW_LIKE)) {
        return s->like_negated ? parser_unexpected(p, "LIKE or ILIKE") : STATUS_OK;
    }
    return parse_string(p, "a pattern in quotes", &s->value);
}

static enum status parse_show_tail(struct parser *p, struct ast_statement *s, int tail) {
    if (tail & SHOW_NAME) {
        TRY(parse_name(p, "a name", false, &s->name));
        if (str_equal(s->text, STR("PARTITIONS")) && parser_is(p, KW_PARTITION)) TRY(parse_partitions(p, &s->partitions));
    }
    if ((tail & SHOW_FROM) && (parser_accept(p, KW_FROM) || parser_accept(p, KW_IN))) {
        TRY(parse_name(p, "a name", false, &s->name));
        s->from = parser_slice(p, s->name->span);
    }
    return (tail & SHOW_LIKE) ? parse_show_like(p, s) : STATUS_OK;
}

static enum status parse_show(struct parser *p, struct ast_statement *s) {
    s->kind = AST_SHOW;
    parser_next(p);
    for (size_t i = 0; i < sizeof show_rows / sizeof *show_rows; i++) {
        uint32_t n = show_match(p, &show_rows[i]);
        if (n == 0) continue;
        s->text = str_of(show_rows[i].text);
        for (uint32_t k = 0; k < n; k++) parser_next(p);
        return parse_show_tail(p, s, show_rows[i].tail);
    }
    return parser_unexpected(p, "TABLES, VIEWS, COLUMNS, FUNCTIONS, DATABASES, CATALOGS, CREATE TABLE or another list");
}

/* ---- DESCRIBE, USE ---- */

/* Functions may go by reserved words, which need no back-ticks here, unlike in Flink. */
static enum status parse_function_name(struct parser *p, struct ast_name **ret_name) {
    const struct token *t = parser_token(p);
    if (t->kind != TOKEN_WORD || parser_ahead_is_symbol(p, 1, SYM_DOT)) return parse_name(p, "a function", false, ret_name);
    struct ast_name *n = PARSER_NEW(p, struct ast_name);
    struct str *part = PARSER_NEW(p, struct str);
    struct span *span = PARSER_NEW(p, struct span);
    if (n == NULL || part == NULL || span == NULL) return STATUS_NO_MEMORY;
    *part = t->text;
    *span = t->span;
    *n = (struct ast_name){.span = t->span, .count = 1, .parts = part, .part_spans = span};
    parser_next(p);
    *ret_name = n;
    return STATUS_OK;
}

static enum status parse_describe(struct parser *p, struct ast_statement *s) {
    static const enum keyword objects[] = {KW_CATALOG, KW_DATABASE, KW_FUNCTION, KW_MODEL, KW_CONNECTION, KW_TABLE};
    s->kind = AST_DESCRIBE;
    s->text = STR("TABLE");
    parser_next(p);
    if (parser_is(p, KW_JOB) && parser_ahead(p, 1)->kind == TOKEN_STRING) {
        parser_next(p);
        s->text = STR("JOB");
        return parse_string(p, "a job's id in quotes", &s->value);
    }
    for (size_t i = 0; i < sizeof objects / sizeof *objects; i++) {
        bool function = objects[i] == KW_FUNCTION && parser_ahead(p, 1)->kind == TOKEN_WORD;
        if (!parser_is(p, objects[i]) || !(parser_is_name(p, 1) || parser_ahead_is(p, 1, KW_EXTENDED) || function)) continue;
        s->text = keyword_text(objects[i]);
        parser_next(p);
        break;
    }
    s->extended = parser_accept(p, KW_EXTENDED);
    if (str_equal(s->text, STR("FUNCTION"))) return parse_function_name(p, &s->name);
    return parse_name(p, "a table", false, &s->name);
}

/* USE MODULES a, b: the list goes into column_names. */
static enum status parse_use_modules(struct parser *p, struct ast_statement *s) {
    parser_next(p);
    s->text = STR("MODULES");
    do {
        struct str module;
        TRY(parse_identifier(p, "a module", &module, NULL));
        TRY(parser_push_str(p, &s->column_names, module));
    } while (parser_accept_symbol(p, SYM_COMMA));
    return STATUS_OK;
}

static enum status parse_use(struct parser *p, struct ast_statement *s) {
    s->kind = AST_USE;
    s->text = STR("DATABASE");
    parser_next(p);
    if (parser_is(p, KW_MODULES)) return parse_use_modules(p, s);
    if (parser_is(p, KW_CATALOG) && parser_is_name(p, 1)) {
        parser_next(p);
        s->text = STR("CATALOG");
    }
    return parse_name(p, "a database", false, &s->name);
}

/* LOAD MODULE m [WITH (...)], UNLOAD MODULE m. */
static enum status parse_module(struct parser *p, struct ast_statement *s) {
    s->kind = AST_MODULE;
    s->text = parser_is(p, KW_LOAD) ? STR("LOAD") : STR("UNLOAD");
    parser_next(p);
    TRY(parser_expect(p, KW_MODULE));
    TRY(parse_name(p, "a module", false, &s->name));
    if (!str_equal(s->text, STR("LOAD")) || !parser_accept(p, KW_WITH)) return STATUS_OK;
    return parse_options(p, &s->options);
}

/* STOP JOB 'id' [WITH SAVEPOINT] [WITH DRAIN]. */
static enum status parse_stop_job(struct parser *p, struct ast_statement *s) {
    s->kind = AST_STOP_JOB;
    parser_next(p);
    TRY(parser_expect(p, KW_JOB));
    TRY(parse_string(p, "a job's id in quotes", &s->value));
    while (parser_accept(p, KW_WITH)) {
        struct span span = parser_token(p)->span;
        if (!s->savepoint && parser_accept(p, KW_SAVEPOINT)) s->savepoint = true;
        else if (!s->drain && parser_accept(p, KW_DRAIN)) s->drain = true;
        else return parser_unexpected(p, "SAVEPOINT or DRAIN");
        if (s->drain && !s->savepoint) return error_at(p->error, STATUS_SYNTAX, span, "WITH DRAIN could only be used after WITH SAVEPOINT.");
    }
    return STATUS_OK;
}

/* ---- SET, RESET ---- */

static struct str trim(struct str s) {
    while (s.size_bytes > 0 && (unsigned char)s.at[0] <= ' ') s.at++, s.size_bytes--;
    while (s.size_bytes > 0 && (unsigned char)s.at[s.size_bytes - 1] <= ' ') s.size_bytes--;
    return s;
}

/* Where the raw text of this statement's line ends, and moves behind the tokens before it. */
static uint32_t skip_line(struct parser *p) {
    uint32_t end = parser_begin(p);
    while (end < p->sql.size_bytes && p->sql.at[end] != ';' && p->sql.at[end] != '\n') end++;
    while (p->at + 1 < p->count && parser_token(p)->kind != TOKEN_BAD && parser_begin(p) < end) parser_next(p);
    return end;
}

/* k = v without quotes. A quoted value is taken as a string. */
static enum status parse_set_raw(struct parser *p, struct ast_statement *s) {
    uint32_t begin = parser_begin(p);
    while (!parser_is_symbol(p, SYM_EQ)) {
        enum token_kind kind = (enum token_kind)parser_token(p)->kind;
        if (parser_at_end(p) || kind == TOKEN_STRING || kind == TOKEN_BAD) return parser_unexpected(p, "'='");
        parser_next(p);
    }
    s->key = trim(parser_slice(p, (struct span){begin, parser_begin(p)}));
    s->key_span = (struct span){begin, begin + (uint32_t)s->key.size_bytes};
    parser_next(p);
    s->value_span = parser_token(p)->span;
    if (parser_token(p)->kind == TOKEN_STRING) return parse_string(p, "a value", &s->value);
    if (parser_at_end(p)) return parser_unexpected(p, "a value");
    uint32_t value = parser_begin(p), end = skip_line(p);
    if (parser_token(p)->kind == TOKEN_BAD && parser_begin(p) < end) return parser_unexpected(p, "a value");
    s->value = trim(parser_slice(p, (struct span){value, end}));
    s->value_span = (struct span){value, value + (uint32_t)s->value.size_bytes};
    return STATUS_OK;
}

static enum status parse_set(struct parser *p, struct ast_statement *s) {
    s->kind = AST_SET;
    parser_next(p);
    if (parser_at_end(p)) return STATUS_OK;
    if (parser_token(p)->kind != TOKEN_STRING) return parse_set_raw(p, s);
    s->key_span = parser_token(p)->span;
    TRY(parse_string(p, "an option's key in quotes", &s->key));
    TRY(parser_expect_symbol(p, SYM_EQ));
    s->value_span = parser_token(p)->span;
    return parse_string(p, "an option's value in quotes", &s->value);
}

static enum status parse_reset(struct parser *p, struct ast_statement *s) {
    s->kind = AST_RESET;
    parser_next(p);
    if (parser_at_end(p)) return STATUS_OK;
    if (parser_token(p)->kind == TOKEN_STRING) return parse_string(p, "an option's key in quotes", &s->key);
    TRY(take_rest(p, &s->key));
    s->key = trim(s->key);
    return STATUS_OK;
}

/* ---- the choice ---- */

struct other_row {
    enum keyword first, second; /* NO_KEYWORD: any */
    const char *name;
};

static const struct other_row other_rows[] = {
    {KW_UPDATE, NO_KEYWORD, "UPDATE"},
    {KW_DELETE, NO_KEYWORD, "DELETE"},
    {KW_MERGE, NO_KEYWORD, "MERGE"},
    {KW_UPSERT, NO_KEYWORD, "UPSERT"},
    {KW_TRUNCATE, NO_KEYWORD, "TRUNCATE TABLE"},
    {KW_ANALYZE, NO_KEYWORD, "ANALYZE TABLE"},
    {KW_CALL, NO_KEYWORD, "CALL"},
    {KW_COMPILE, KW_AND, "COMPILE AND EXECUTE PLAN"},
    {KW_COMPILE, NO_KEYWORD, "COMPILE PLAN"},
    {KW_ADD, KW_JAR, "ADD JAR"},
    {KW_REMOVE, KW_JAR, "REMOVE JAR"},
};

/* The SQL client's own words. */
static const char *client_word(const struct parser *p) {
    static const char *const words[] = {"QUIT", "EXIT", "CLEAR", "HELP"};
    enum token_kind next = (enum token_kind)parser_ahead(p, 1)->kind;
    if (next != TOKEN_END && !parser_ahead_is_symbol(p, 1, SYM_SEMICOLON)) return NULL;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (parser_is_word(p, words[i])) return words[i];
    }
    return NULL;
}

static enum status parse_named_other(struct parser *p, struct ast_statement *s, bool *ret_done) {
    const char *word = client_word(p);
    if (word != NULL) return parse_other(p, s, word);
    for (size_t i = 0; i < sizeof other_rows / sizeof *other_rows; i++) {
        const struct other_row *row = &other_rows[i];
        if (!parser_is(p, row->first)) continue;
        if (row->second == NO_KEYWORD || parser_ahead_is(p, 1, row->second)) return parse_other(p, s, row->name);
    }
    *ret_done = false;
    return STATUS_OK;
}

enum status parse_utility(struct parser *p, struct ast_statement *s, bool *ret_done) {
    *ret_done = true;
    if (parser_is(p, KW_SET)) return parse_set(p, s);
    if (parser_is(p, KW_RESET)) return parse_reset(p, s);
    if (parser_is(p, KW_SHOW)) return parse_show(p, s);
    if (parser_is(p, KW_DESCRIBE) || parser_is(p, KW_DESC)) return parse_describe(p, s);
    if (parser_is(p, KW_USE)) return parse_use(p, s);
    if (parser_is(p, KW_DROP)) return parse_drop(p, s);
    if (parser_is(p, KW_ALTER)) return parse_alter(p, s);
    if (parser_is(p, KW_LOAD) || parser_is(p, KW_UNLOAD)) return parse_module(p, s);
    if (parser_is(p, KW_STOP)) return parse_stop_job(p, s);
    return parse_named_other(p, s, ret_done);
}
