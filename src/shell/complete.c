/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complete: finds out where the cursor stands (by the lexer's raw tokens of the statement around it) and asks
 * the one who knows what can stand there. Nothing is parsed: text that is being typed is rarely grammatical.
 */
#include "shell/complete_internal.h"

#include "agg/agg.h"
#include "func/func.h"
#include "shell/command.h"
#include "sql/keyword.h"

#include <assert.h>

enum { TOKENS_MAX = 20000 };

/* ---- small questions ------------------------------------------------------------------------------------ */

bool has_prefix(struct str text, struct str prefix) {
    return text.size_bytes >= prefix.size_bytes && str_equal_ignore_case((struct str){text.at, prefix.size_bytes}, prefix);
}

void offer(struct asked *q, struct str text, struct str shown, struct str note, bool open) {
    if (q->found.count >= CANDIDATES_MAX || text.at == NULL || !has_prefix(shown.at == NULL ? text : shown, q->prefix)) return;
    for (uint32_t i = 0; i < q->found.count; i++) {
        if (str_equal(((struct candidate *)q->found.at[i])->text, text)) return;
    }
    struct candidate *c = ARENA_NEW(q->arena, struct candidate);
    if (c == NULL) return;
    *c = (struct candidate){text, shown, note, open};
    (void)list_push(&q->found, q->arena, c);
}

const struct token *token_back(const struct asked *q, uint32_t i) {
    assert(i > 0);
    return i <= q->before ? &q->tokens[q->before - i] : NULL;
}

bool is_keyword(const struct token *t, uint16_t keyword) { return t != NULL && t->kind == TOKEN_WORD && t->keyword == keyword; }

bool is_symbol(const struct token *t, enum symbol s) { return t != NULL && t->kind == TOKEN_SYMBOL && t->symbol == s; }

struct str token_name(const struct token *t) {
    struct str s = t->text;
    bool quoted = s.size_bytes > 0 && s.at[0] == '`';
    if (quoted) s.at++, s.size_bytes--;
    if (quoted && s.size_bytes > 0 && s.at[s.size_bytes - 1] == '`') s.size_bytes--;
    return s;
}

/* ---- tokens around the cursor ---------------------------------------------------------------------------- */

/* All raw tokens; an open quote is the last one, up to the end of the text. */
static bool read_tokens(struct asked *q) {
    struct lexer l = {.sql = q->text};
    struct token t = {0};
    uint32_t capacity = 0;
    do {
        lexer_next(&l, &t);
        if (t.kind == TOKEN_END) break;
        if (l.unterminated) t.span.end = (uint32_t)q->text.size_bytes;
        if (q->count == capacity) {
            capacity = capacity == 0 ? 64 : capacity * 2;
            struct token *grown = ARENA_ARRAY(q->arena, struct token, capacity);
            if (grown == NULL) return false;
            if (q->count > 0) memcpy(grown, q->tokens, q->count * sizeof t);
            q->tokens = grown;
        }
        t.text = (struct str){q->text.at + t.span.begin, t.span.end - t.span.begin};
        q->tokens[q->count++] = t;
    } while (!l.unterminated && q->count < TOKENS_MAX);
    return true;
}

/* Keeps the tokens between the semicolons around the cursor. */
static void keep_statement(struct asked *q) {
    uint32_t from = 0, to = q->count;
    for (uint32_t i = 0; i < q->count; i++) {
        if (!is_symbol(&q->tokens[i], SYM_SEMICOLON)) continue;
        if (q->tokens[i].span.end <= q->cursor) {
            from = i + 1;
        } else {
            to = i;
            break;
        }
    }
    if (q->tokens != NULL) q->tokens += from;
    q->count = to - from;
}

static bool is_word_like(const struct token *t) {
    return t->kind == TOKEN_WORD || t->kind == TOKEN_INTEGER || t->kind == TOKEN_DECIMAL || t->kind == TOKEN_APPROX;
}

/* Splits at the cursor: how many tokens lie before, and what is typed of the one that it touches. */
static bool find_cursor(struct asked *q) {
    while (q->before < q->count && q->tokens[q->before].span.end < q->cursor) q->before++;
    q->prefix = (struct str){q->text.at + q->cursor, 0};
    if (q->before == q->count) return true;
    const struct token *t = &q->tokens[q->before];
    if (t->span.begin >= q->cursor) return true;
    char first = t->text.at[0], last = t->text.at[t->text.size_bytes - 1];
    size_t skip = 0;
    if (first == '\'' || first == '`') {
        bool closed = t->span.end == q->cursor && t->kind != TOKEN_BAD && t->text.size_bytes > 1 && last == first;
        if (closed) { /* just behind a quote's end */
            q->before++;
            return true;
        }
        q->quote = first;
        skip = 1;
    } else if (t->kind == TOKEN_BAD) {
        return false; /* in a comment, or worse */
    } else if (!is_word_like(t)) {
        q->before++;
        return true;
    }
    q->prefix = (struct str){q->text.at + t->span.begin + skip, q->cursor - t->span.begin - skip};
    return true;
}

/* Comments are no tokens: nothing is completed in them. */
static bool in_line_comment(const struct asked *q) {
    size_t at = q->cursor;
    while (at > 0 && q->text.at[at - 1] != '\n') at--;
    for (size_t i = at; i + 1 < q->cursor; i++) {
        bool begins = q->text.at[i] == '-' && q->text.at[i + 1] == '-';
        for (uint32_t k = 0; begins && k < q->count; k++) begins = q->tokens[k].span.end <= i || q->tokens[k].span.begin > i;
        if (begins) return true;
    }
    return false;
}

/* ---- where we are ------------------------------------------------------------------------------------------ */

static bool takes_table(const struct asked *q) {
    static const uint16_t words[] = {KW_FROM, KW_JOIN, KW_INTO, KW_TABLE, KW_VIEW, KW_DESCRIBE, KW_DESC, KW_UPDATE, KW_EXISTS};
    const struct token *t = token_back(q, 1);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (is_keyword(t, words[i])) return words[i] != KW_EXISTS || is_keyword(token_back(q, 2), KW_IF);
    }
    return false;
}

/* CREATE TABLE and friends name something new. */
static bool names_new(const struct asked *q) {
    for (uint32_t i = 1; i <= 4; i++) {
        const struct token *t = token_back(q, i);
        if (is_keyword(t, KW_CREATE)) return !is_keyword(token_back(q, i + 1), KW_SHOW);
        if (t == NULL || t->kind != TOKEN_WORD) return false;
    }
    return false;
}

static void offer_expression(struct asked *q) {
    offer_columns(q);
    if (q->prefix.size_bytes == 0) {
        if (q->found.count == 0) offer_keywords(q);
        return;
    }
    offer_functions(q);
    offer_keywords(q);
}

static void offer_use(struct asked *q) {
    offer_databases(q, catalog_current(q->session->catalog));
    offer_catalogs(q);
    offer(q, STR("CATALOG"), (struct str){NULL, 0}, STR(""), false);
}

static void offer_word(struct asked *q) {
    const struct token *back = token_back(q, 1);
    if (back == NULL) {
        offer_starts(q);
    } else if (is_symbol(back, SYM_DOT)) {
        offer_qualified(q);
    } else if (is_keyword(back, KW_SET) || is_keyword(back, KW_RESET)) {
        offer_settings(q, false);
    } else if (is_symbol(back, SYM_EQ) && is_keyword(&q->tokens[0], KW_SET)) {
        offer_unquoted_setting_value(q);
    } else if (is_keyword(back, KW_USE)) {
        offer_use(q);
    } else if (is_keyword(back, KW_CATALOG) && is_keyword(token_back(q, 2), KW_USE)) {
        offer_catalogs(q);
    } else if (takes_table(q)) {
        if (!names_new(q)) offer_tables(q);
        if (q->found.count == 0) offer_keywords(q);
    } else {
        offer_expression(q);
    }
}

static void offer_quoted_name(struct asked *q) {
    bool closed = q->cursor < q->text.size_bytes && q->text.at[q->cursor] == '`';
    offer_files(q, closed ? "" : "`");
}

static void offer_sql(struct asked *q) {
    if (!read_tokens(q)) return;
    keep_statement(q);
    if (!find_cursor(q) || in_line_comment(q)) return;
    if (q->quote == '`') offer_quoted_name(q);
    else if (q->quote == '\'') (void)offer_options(q);
    else offer_word(q);
}

/* ---- commands -------------------------------------------------------------------------------------------------- */

static void offer_commands(struct asked *q) {
    const struct command_row *c;
    for (uint32_t i = 0; (c = command_at(i)) != NULL; i++) {
        offer(q, str_of(c->name), (struct str){NULL, 0}, str_of(c->doc), false);
        struct str other;
        for (uint32_t k = 0; (other = command_other(c, k)).size_bytes > 0; k++) {
            if (q->prefix.size_bytes > 1) offer(q, other, (struct str){NULL, 0}, str_of(c->doc), false);
        }
    }
}

static void offer_all(struct asked *q, const char *const *words, size_t count) {
    for (size_t i = 0; i < count; i++) offer(q, str_of(words[i]), (struct str){NULL, 0}, STR(""), false);
}

static void offer_argument(struct asked *q, const struct command_row *c) {
    static const char *const modes[] = {"table", "changelog", "json", "csv", "markdown"};
    static const char *const switches[] = {"on", "off"};
    switch (c->kind) {
    case ARGUMENT_TABLE: offer_tables(q); break;
    case ARGUMENT_FUNCTION: offer_functions(q); break;
    case ARGUMENT_FILE: offer_files(q, ""); break;
    case ARGUMENT_MODE: offer_all(q, modes, sizeof modes / sizeof modes[0]); break;
    case ARGUMENT_SWITCH: offer_all(q, switches, sizeof switches / sizeof switches[0]); break;
    case ARGUMENT_NUMBER:
    case ARGUMENT_NONE: break;
    }
}

/* text begins with \ or a dot. */
static void offer_command(struct asked *q, size_t begin) {
    size_t end = begin;
    while (end < q->text.size_bytes && (unsigned char)q->text.at[end] > ' ') end++;
    if (q->cursor <= end) {
        q->prefix = (struct str){q->text.at + begin, q->cursor - begin};
        offer_commands(q);
        return;
    }
    const struct command_row *c = command_find((struct str){q->text.at + begin, end - begin});
    while (end < q->cursor && (unsigned char)q->text.at[end] <= ' ') end++;
    q->prefix = (struct str){q->text.at + end, q->cursor - end};
    if (c != NULL) offer_argument(q, c);
}

void complete(struct session *session, struct env *env, struct arena *a, struct str text, size_t cursor, struct completion *ret) {
    struct asked q = {.session = session, .env = env, .arena = a, .text = text, .cursor = cursor};
    assert(cursor <= text.size_bytes && text.size_bytes < UINT32_MAX);
    size_t begin = 0;
    while (begin < cursor && (unsigned char)text.at[begin] <= ' ') begin++;
    if (begin < text.size_bytes && (text.at[begin] == '\\' || text.at[begin] == '.') && cursor > begin) offer_command(&q, begin);
    else offer_sql(&q);
    *ret = (struct completion){.from = (size_t)(q.prefix.at == NULL ? 0 : q.prefix.at - text.at), .to = cursor};
    ret->items = ARENA_ARRAY(a, struct candidate, q.found.count + 1);
    for (uint32_t i = 0; ret->items != NULL && i < q.found.count; i++) ret->items[ret->count++] = *(struct candidate *)q.found.at[i];
}

/* ---- the signature around the cursor ------------------------------------------------------------------------------ */

struct str complete_signature(struct arena *a, struct str text, size_t cursor) {
    struct asked q = {.arena = a, .text = text, .cursor = cursor};
    if (text.size_bytes == 0 || text.at[0] == '\\' || text.at[0] == '.' || !read_tokens(&q)) return STR("");
    uint32_t depth = 0, i = q.count;
    while (i > 0 && q.tokens[i - 1].span.end > cursor) i--;
    for (; i > 1; i--) {
        const struct token *t = &q.tokens[i - 1];
        if (is_symbol(t, SYM_SEMICOLON)) break;
        if (is_symbol(t, SYM_RPAREN)) depth++;
        if (!is_symbol(t, SYM_LPAREN)) continue;
        if (depth-- > 0) continue;
        const struct token *name = &q.tokens[i - 2];
        const struct func *f = name->kind == TOKEN_WORD ? func_find(name->text) : NULL;
        const struct agg_func *g = name->kind == TOKEN_WORD ? agg_find(name->text) : NULL;
        const char *signature = f != NULL ? f->signature : g != NULL ? g->signature : NULL;
        if (signature != NULL) return str_of(signature);
        depth = 0;
    }
    return STR("");
}
