/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parse_error: what the parser says about a token that fits nowhere: what was expected, what was found,
 * and, as the hint, what is probably meant: a keyword one slip away, or the first of the rules below
 * that fits. A rule looks at the tokens around the bad one; it never changes what is an error.
 */
#include "sql/foreign.h"
#include "sql/parse_internal.h"
#include "sql/position.h"

#include <assert.h>

enum { FOUND_BYTES_MAX = 40 };

/* ---- a word one slip away ------------------------------------------------------------------------------ */

/* A suggestion must be really near: one slip in a short word, two in a long one. */
static struct str nearest_word(struct str word, const struct str *candidates, size_t count) {
    struct str none = {NULL, 0};
    if (word.size_bytes < 3) return none;
    struct str found = str_nearest(word, candidates, count);
    unsigned max = word.size_bytes < 6 ? 1 : 2;
    if (found.at == NULL || str_equal_ignore_case(found, word) || str_distance(word, found, max) > max) return none;
    return found;
}

static struct str suggest(const struct parser *p) {
    const struct token *t = parser_token(p);
    struct str candidates[PARSER_TRIED_MAX];
    bool known = t->keyword != NO_KEYWORD && keyword_class((enum keyword)t->keyword) != KEYWORD_FREE && t->text.size_bytes < 4;
    if (t->kind != TOKEN_WORD || p->tried_at != p->at || known) return (struct str){NULL, 0};
    for (uint32_t i = 0; i < p->tried_count; i++) candidates[i] = keyword_text((enum keyword)p->tried[i]);
    return nearest_word(t->text, candidates, p->tried_count);
}

/* A word that begins the next clause, misspelt, reads like an alias; the error shows one later. */
static struct str suggest_for_alias(const struct parser *p) {
    static const struct str clauses[] = {
        {"FROM", 4}, {"WHERE", 5}, {"GROUP", 5}, {"HAVING", 6}, {"ORDER", 5}, {"LIMIT", 5}, {"UNION", 5},
        {"JOIN", 4}, {"LEFT", 4}, {"INNER", 5}, {"RIGHT", 5}, {"CROSS", 5}, {"WINDOW", 6}, {"OFFSET", 6},
        {"EXCEPT", 6}, {"INTERSECT", 9}, {"LATERAL", 7}};
    if (p->at == 0 || p->alias_at != p->at) return (struct str){NULL, 0};
    const struct token *t = &p->tokens[p->at - 1];
    if (t->kind != TOKEN_WORD) return (struct str){NULL, 0};
    return nearest_word(t->text, clauses, sizeof clauses / sizeof *clauses);
}

/* ---- rules --------------------------------------------------------------------------------------------- */

/* The token n before the bad one; NULL before the first. */
static const struct token *before(const struct parser *p, uint32_t n) {
    return p->at >= n ? &p->tokens[p->at - n] : NULL;
}

static bool is_symbol(const struct token *t, enum symbol s) { return t != NULL && t->kind == TOKEN_SYMBOL && t->symbol == s; }

static bool is_word(const struct token *t, enum keyword k) { return t != NULL && t->kind == TOKEN_WORD && t->keyword == k; }

static bool ends_value(const struct token *t) {
    return t != NULL && (t->kind == TOKEN_STRING || t->kind == TOKEN_QUOTED_NAME || t->kind == TOKEN_INTEGER || is_symbol(t, SYM_RPAREN) ||
                         (t->kind == TOKEN_WORD && keyword_class((enum keyword)t->keyword) == KEYWORD_FREE));
}

static bool begins_value(const struct token *t) {
    return ends_value(t) && !is_symbol(t, SYM_RPAREN);
}

static bool says(const char *expected, const char *part) { return strstr(expected, part) != NULL; }

/* '=' behind '=', '::', ':name', and signs of other languages. */
static const char *explain_sign(const struct parser *p, const struct token *t) {
    const struct token *last = before(p, 1);
    bool touches = last != NULL && last->span.end == t->span.begin;
    if (t->kind != TOKEN_SYMBOL) return NULL;
    if (t->symbol == SYM_EQ && touches && is_symbol(last, SYM_EQ)) return "Equality is a single '='";
    if (t->symbol == SYM_BANG_EQ) return "Not equal is '<>'";
    if (t->symbol == SYM_GT && touches && is_symbol(last, SYM_MINUS)) return "Flink SQL reads JSON with JSON_VALUE(text, '$.a'), and has no lambdas";
    if (t->symbol == SYM_COLON && is_symbol(parser_ahead(p, 1), SYM_COLON)) return "Write CAST(x AS type)";
    if (t->symbol == SYM_COLON) return "Flink SQL has no parameters: ${NAME} in a script is replaced by --var NAME=VALUE";
    if (t->text.at[0] == '"') return "Names stand in back-ticks, `name`, and texts in single quotes, 'text'";
    bool start = last == NULL || is_symbol(last, SYM_SEMICOLON);
    if (start && (t->text.at[0] == '\\' || t->symbol == SYM_DOT)) return "Commands that begin with '\\' or '.' are for the interactive shell: start weir alone";
    return foreign_sign(t->text.at[0]);
}

/* TOP 10, GROUP BY ALL, DISTINCT ON, REPLACE INTO: what a pair of words was to mean. */
static const char *explain_pair(const struct parser *p, const struct token *t, const char *expected) {
    const struct token *last = before(p, 1);
    if (last == NULL) return NULL;
    if (t->kind == TOKEN_INTEGER && last->kind == TOKEN_WORD && str_equal_ignore_case(last->text, STR("TOP"))) return "Flink SQL has no TOP: write LIMIT at the end of the query";
    if (is_word(last, KW_ALL) && is_word(before(p, 2), KW_BY)) return "Flink SQL has no GROUP BY ALL: name the columns";
    if (is_word(last, KW_DISTINCT) && is_word(t, KW_ON)) return "Flink SQL has no DISTINCT ON: take ROW_NUMBER() OVER (PARTITION BY ... ORDER BY ...) in a sub-query, and the rows with number 1";
    if (is_word(last, KW_REPLACE) && is_word(t, KW_INTO)) return "Write INSERT INTO: a sink with a primary key keeps the newest row of each key";
    if (is_symbol(last, SYM_LPAREN) && is_word(before(p, 2), KW_EXCEPT)) return "Flink SQL has no SELECT * EXCEPT (...): name the columns that you want";
    if (is_word(last, KW_BEGIN) && (p->at == 1 || is_symbol(before(p, 2), SYM_SEMICOLON))) return "Weir has no transactions; BEGIN STATEMENT SET; ... END; runs several INSERTs as one job";
    if (is_word(last, KW_SELECT) && is_word(t, KW_FROM)) return "Write SELECT * for all columns";
    if (is_word(last, KW_IN)) return "The values stand in parentheses: x IN (1, 2)";
    if (is_symbol(t, SYM_COMMA) && says(expected, "AND")) return "Write x BETWEEN low AND high";
    if (says(expected, "WITH or") && (is_word(t, KW_USING) || is_symbol(t, SYM_LPAREN))) return "Options stand behind WITH: WITH ('connector' = 'filesystem', 'path' = '...', 'format' = '...')";
    return NULL;
}

/* INTERVAL '1 day' [here]. */
static const char *explain_interval(struct parser *p) {
    static const char *const units[] = {"YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND"};
    const struct token *last = before(p, 1);
    if (last == NULL || last->kind != TOKEN_STRING || !is_word(before(p, 2), KW_INTERVAL)) return NULL;
    size_t digits = 0, from;
    while (digits < last->text.size_bytes && last->text.at[digits] >= '0' && last->text.at[digits] <= '9') digits++;
    for (from = digits; from < last->text.size_bytes && last->text.at[from] == ' ';) from++;
    struct str unit = {last->text.at + from, last->text.size_bytes - from};
    if (unit.size_bytes > 1 && (unit.at[unit.size_bytes - 1] | 0x20) == 's') unit.size_bytes--;
    for (size_t i = 0; digits > 0 && digits < 10 && i < sizeof units / sizeof *units; i++) {
        if (!str_equal_ignore_case(unit, str_of(units[i]))) continue;
        return arena_format(p->arena, "Write INTERVAL '%.*s' %s", (int)digits, last->text.at, units[i]).at;
    }
    if (digits > 0 && digits == last->text.size_bytes && parser_token(p)->kind == TOKEN_WORD) return NULL; /* a unit that is none */
    return "The unit stands behind the quotes: INTERVAL '1' DAY";
}

static const char *explain_order(const struct parser *p, const struct token *t, const char *expected) {
    static const enum keyword clauses[] = {KW_FROM, KW_WHERE, KW_GROUP, KW_HAVING, KW_WINDOW, KW_ORDER, KW_LIMIT};
    static const enum keyword starts[] = {KW_SELECT, KW_INSERT, KW_CREATE, KW_DROP, KW_SET, KW_SHOW, KW_EXPLAIN, KW_USE, KW_DESCRIBE, KW_EXECUTE};
    if (t->kind != TOKEN_WORD || !says(expected, "the end of the")) return NULL;
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        if (t->keyword == starts[i] && t->newline_before) return "Is a ';' missing at the end of the statement before?";
    }
    for (size_t i = 0; i < sizeof clauses / sizeof *clauses && p->at > 0; i++) {
        if (t->keyword == clauses[i]) return "The clauses stand in this order: SELECT, FROM, WHERE, GROUP BY, HAVING, WINDOW, ORDER BY, LIMIT, OFFSET";
    }
    return NULL;
}

/* Where a parenthesis is still open, or was never opened. */
static const char *explain_parenthesis(struct parser *p, const struct token *t, const char *expected) {
    uint32_t closed = 0;
    if (is_symbol(t, SYM_RPAREN)) return says(expected, "the end of the") ? "There is no '(' for this ')'" : NULL;
    if (!says(expected, "')'") || ends_value(t)) return NULL;
    for (uint32_t i = p->at; i > 0; i--) {
        const struct token *at = &p->tokens[i - 1];
        if (is_symbol(at, SYM_RPAREN)) closed++;
        if (!is_symbol(at, SYM_LPAREN) || closed-- > 0) continue;
        struct position here = position_of(p->sql, t->span.begin), open = position_of(p->sql, at->span.begin);
        if (open.line == here.line) return arena_format(p->arena, "The '(' at column %u is still open", open.column).at;
        return arena_format(p->arena, "The '(' in line %u, column %u, is still open", open.line, open.column).at;
    }
    return NULL;
}

static const char *explain(struct parser *p, const struct token *t, const char *expected) {
    const struct token *last = before(p, 1);
    const char *hint = explain_sign(p, t);
    if (hint == NULL) hint = explain_interval(p);
    if (hint == NULL) hint = explain_pair(p, t, expected);
    if (hint == NULL && t->kind == TOKEN_WORD && (last == NULL || is_symbol(last, SYM_SEMICOLON))) hint = foreign_statement(t->text);
    if (hint == NULL && t->kind == TOKEN_WORD) hint = foreign_word(t->text);
    if (hint == NULL && t->kind == TOKEN_WORD && says(expected, "a data type")) hint = foreign_type(t->text);
    if (hint == NULL) hint = explain_order(p, t, expected);
    if (hint == NULL) hint = explain_parenthesis(p, t, expected);
    bool value = ends_value(last) || (last != NULL && last->kind == TOKEN_WORD && t->newline_before);
    if (hint == NULL && begins_value(t) && value && says(expected, "','")) hint = "Is a comma missing before it?";
    if (hint == NULL && t->kind != TOKEN_STRING && says(expected, "option's")) hint = "Keys and values of options are texts in single quotes: 'key' = 'value'";
    return hint;
}

/* ---- the messages ---------------------------------------------------------------------------------------- */

/* As it is written; words and signs get quotes, what has its own keeps them. */
static struct str found_text(struct parser *p, const struct token *t, struct span span) {
    struct str s = parser_slice(p, span);
    size_t size = s.size_bytes;
    bool quoted = t->kind == TOKEN_STRING || t->kind == TOKEN_QUOTED_NAME || t->kind == TOKEN_BYTES;
    if (size > FOUND_BYTES_MAX) {
        size = FOUND_BYTES_MAX;
        while (size > 0 && (s.at[size] & 0xc0) == 0x80) size--;
    }
    struct str text = arena_format(p->arena, "%s%.*s%s%s", quoted ? "" : "'", (int)size, s.at, size < s.size_bytes ? "..." : "", quoted ? "" : "'");
    return text.at == NULL ? s : text;
}

static enum status hinted(struct parser *p, enum status s, const char *hint) {
    if (hint != NULL && p->error != NULL) (void)error_hint(p->error, "%s", hint);
    return s;
}

/* A sign of several characters of which the lexer knows only the parts: ::  ==  ->>, and "text" in its quotes. */
static struct span whole_span(const struct parser *p, const struct token *t) {
    struct span s = t->span;
    uint32_t i = p->at;
    if (t->kind != TOKEN_SYMBOL) return s;
    if (t->text.at[0] == '"') {
        const char *line = memchr(t->text.at, '\n', p->sql.size_bytes - s.begin);
        const char *close = memchr(t->text.at + 1, '"', (line == NULL ? p->sql.size_bytes : (size_t)(line - p->sql.at)) - s.begin - 1);
        if (close != NULL) s.end = (uint32_t)(close - p->sql.at) + 1;
        return s;
    }
    bool joins = t->symbol == SYM_EQ || t->symbol == SYM_GT || t->symbol == SYM_COLON;
    if (joins && (is_symbol(before(p, 1), SYM_EQ) || is_symbol(before(p, 1), SYM_MINUS)) && before(p, 1)->span.end == s.begin) s.begin = before(p, 1)->span.begin;
    while (joins && p->tokens[i].kind == TOKEN_SYMBOL && is_symbol(parser_ahead(p, i + 1 - p->at), (enum symbol)t->symbol) && p->tokens[i + 1].span.begin == s.end) s.end = p->tokens[++i].span.end;
    return s;
}

/* `a, b, FROM`: the comma is what is wrong. */
static bool is_trailing_comma(const struct parser *p, const struct token *t) {
    if (!is_symbol(before(p, 1), SYM_COMMA)) return false;
    return t->kind == TOKEN_END || is_symbol(t, SYM_RPAREN) || is_symbol(t, SYM_SEMICOLON) || is_symbol(t, SYM_RBRACKET) || is_word(t, KW_FROM) ||
           is_word(t, KW_WHERE) || is_word(t, KW_GROUP) || is_word(t, KW_HAVING) || is_word(t, KW_ORDER) || is_word(t, KW_LIMIT);
}

static enum status unexpected_end(struct parser *p, const char *expected) {
    struct span span = parser_token(p)->span;
    const char *hint = explain(p, parser_token(p), expected);
    if (p->at > 0) span = (struct span){p->tokens[p->at - 1].span.end, p->tokens[p->at - 1].span.end};
    return hinted(p, error_at(p->error, STATUS_SYNTAX, span, "Expected %s, but the text ends here", expected), hint);
}

enum status parser_unexpected(struct parser *p, const char *expected) {
    const struct token *t = parser_token(p);
    if (t->kind == TOKEN_BAD) {
        assert(p->lexer_error.status != STATUS_OK);
        if (p->error != NULL) *p->error = p->lexer_error;
        return p->lexer_error.status;
    }
    if (is_trailing_comma(p, t)) {
        (void)error_at(p->error, STATUS_SYNTAX, before(p, 1)->span, "Expected %s behind this comma", expected);
        return hinted(p, STATUS_SYNTAX, "Remove the comma, or write what is missing");
    }
    struct str near = suggest_for_alias(p);
    if (near.at != NULL) t = before(p, 1);
    else near = suggest(p);
    if (t->kind == TOKEN_END) return unexpected_end(p, expected);
    const char *hint = near.at != NULL ? arena_format(p->arena, "Did you mean %.*s?", STR_ARG(near)).at : explain(p, t, expected);
    struct span span = whole_span(p, t);
    struct str found = found_text(p, t, span);
    return hinted(p, error_at(p->error, STATUS_SYNTAX, span, "Expected %s, found %.*s", expected, STR_ARG(found)), hint);
}

/* The words that hold a statement together: one of them where a name should be is in the wrong place, not a name. */
static bool is_structural(enum keyword k) {
    static const enum keyword structural[] = {
        KW_FROM, KW_WHERE, KW_GROUP, KW_HAVING, KW_ORDER, KW_LIMIT, KW_UNION, KW_INTERSECT, KW_EXCEPT, KW_AS, KW_ON,
        KW_AND, KW_OR, KW_SELECT, KW_INSERT, KW_CREATE, KW_JOIN, KW_INTO, KW_VALUES, KW_BY, KW_THEN, KW_WHEN, KW_ELSE,
        KW_END, KW_IN, KW_IS, KW_LIKE, KW_BETWEEN, KW_USING, KW_WITH, KW_OFFSET, KW_FETCH, KW_WINDOW, KW_QUALIFY,
        KW_DISTINCT, KW_ALL, KW_OVER, KW_CROSS, KW_INNER, KW_FULL};
    for (size_t i = 0; i < sizeof structural / sizeof *structural; i++) {
        if (structural[i] == k) return true;
    }
    return false;
}

enum status parser_reserved(struct parser *p, const char *expected) {
    const struct token *t = parser_token(p);
    assert(t->kind == TOKEN_WORD);
    bool call = parser_ahead_is_symbol(p, 1, SYM_LPAREN);
    if (is_structural((enum keyword)t->keyword) && !is_word(before(p, 1), KW_AS) && !is_symbol(before(p, 1), SYM_DOT)) return parser_unexpected(p, expected);
    if (call && foreign_function(t->text) != NULL) {
        (void)error_at(p->error, STATUS_NOT_FOUND, t->span, "There is no function '%.*s'", STR_ARG(t->text));
        return hinted(p, STATUS_NOT_FOUND, foreign_function(t->text));
    }
    const char *hint = foreign_word(t->text);
    if (hint == NULL) hint = arena_format(p->arena, "As a name it stands in back-ticks: `%.*s`", STR_ARG(t->text)).at;
    return hinted(p, error_at(p->error, STATUS_SYNTAX, t->span, "Expected %s, found '%.*s', a reserved word", expected, STR_ARG(t->text)), hint);
}

enum status parser_instead(struct parser *p, struct span span, const char *what, const char *hint) {
    return hinted(p, error_at(p->error, STATUS_SYNTAX, span, "Flink SQL has no %s", what), hint);
}

enum status parser_unsupported(struct parser *p, struct span span, const char *what) {
    return error_at(p->error, STATUS_UNSUPPORTED, span, "%s is not supported", what);
}
