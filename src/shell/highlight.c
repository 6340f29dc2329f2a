/* SPDX-License-Identifier: Apache-2.0 */
/*
 * highlight: walks the lexer's raw tokens over text that is still being typed. What lies between two tokens
 * and is no blank is a comment. Words are keywords by Flink's list: reserved ones anywhere, the others only
 * where a statement that is no query begins (SHOW TABLES), since they are ordinary names elsewhere.
 */
#include "agg/agg.h"
#include "func/func.h"
#include "shell/style.h"
#include "sql/keyword.h"
#include "sql/lexer.h"

#include <assert.h>
#include <string.h>

enum { BRACKETS_MAX = 256, LEADING_WORDS = 5 };

const char *style_begin(enum style s) {
    static const char *const codes[STYLE_COUNT] = {
        [STYLE_PLAIN] = "", [STYLE_KEYWORD] = "\x1b[1;34m", [STYLE_FUNCTION] = "\x1b[36m", [STYLE_STRING] = "\x1b[32m",
        [STYLE_NUMBER] = "\x1b[35m", [STYLE_COMMENT] = "\x1b[90m", [STYLE_QUOTED] = "\x1b[33m", [STYLE_BAD] = "\x1b[1;31m",
        [STYLE_MATCH] = "\x1b[1;4m", [STYLE_COMMAND] = "\x1b[1;33m", [STYLE_PROMPT] = "\x1b[1m", [STYLE_DIM] = "\x1b[2m",
        [STYLE_SELECTED] = "\x1b[7m",
    };
    assert(s < STYLE_COUNT);
    return codes[s];
}

struct bracket { uint32_t at; char kind; };

struct walk {
    struct str text;
    size_t cursor;
    uint8_t *styles;
    struct bracket open[BRACKETS_MAX];
    uint32_t depth;
    uint32_t words;      /* of this statement so far */
    bool leading;        /* only keywords so far, and no query */
};

static void mark(struct walk *w, size_t begin, size_t end, enum style s) {
    assert(begin <= end && end <= w->text.size_bytes);
    memset(w->styles + begin, (int)s, end - begin);
}

static bool at_cursor(const struct walk *w, size_t at) { return w->cursor == at || w->cursor == at + 1; }

static void close_bracket(struct walk *w, uint32_t at, char kind) {
    if (w->depth > BRACKETS_MAX) {
        w->depth--;
        return;
    }
    if (w->depth == 0 || w->open[w->depth - 1].kind != kind) {
        mark(w, at, at + 1, STYLE_BAD);
        return;
    }
    uint32_t from = w->open[--w->depth].at;
    if (!at_cursor(w, at) && !at_cursor(w, from)) return;
    mark(w, at, at + 1, STYLE_MATCH);
    mark(w, from, from + 1, STYLE_MATCH);
}

static void open_bracket(struct walk *w, uint32_t at, char kind) {
    if (w->depth < BRACKETS_MAX) w->open[w->depth] = (struct bracket){at, kind};
    w->depth++;
}

/* A statement that ends with open brackets: they are what is wrong. */
static void end_statement(struct walk *w) {
    for (uint32_t i = 0; i < w->depth && i < BRACKETS_MAX; i++) mark(w, w->open[i].at, w->open[i].at + 1, STYLE_BAD);
    w->depth = 0;
    w->words = 0;
    w->leading = true;
}

static void see_symbol(struct walk *w, const struct token *t) {
    switch (t->symbol) {
    case SYM_LPAREN: open_bracket(w, t->span.begin, ')'); break;
    case SYM_LBRACKET: open_bracket(w, t->span.begin, ']'); break;
    case SYM_RPAREN: close_bracket(w, t->span.begin, ')'); break;
    case SYM_RBRACKET: close_bracket(w, t->span.begin, ']'); break;
    case SYM_SEMICOLON: end_statement(w); return;
    case SYM_OTHER: mark(w, t->span.begin, t->span.end, STYLE_BAD); break;
    default: break;
    }
    w->leading = false;
}

static bool calls(const struct walk *w, const struct token *t) {
    size_t i = t->span.end;
    while (i < w->text.size_bytes && (w->text.at[i] == ' ' || w->text.at[i] == '\t')) i++;
    return i < w->text.size_bytes && w->text.at[i] == '(';
}

static bool is_query_word(uint16_t k) { return k == KW_SELECT || k == KW_WITH || k == KW_VALUES || k == KW_INSERT || k == KW_FROM; }

static enum style word_style(struct walk *w, const struct token *t) {
    enum keyword_class class = keyword_class((enum keyword)t->keyword);
    bool call = calls(w, t);
    bool leading = w->leading && w->words < LEADING_WORDS;
    w->words++;
    w->leading = leading && t->keyword != NO_KEYWORD && !is_query_word(t->keyword);
    if (call && (func_find(t->text) != NULL || agg_find(t->text) != NULL || class == KEYWORD_FUNCTION)) return STYLE_FUNCTION;
    if (t->keyword == NO_KEYWORD) return STYLE_PLAIN;
    if (class == KEYWORD_FREE) return leading && (w->words > 1 || !call) ? STYLE_KEYWORD : STYLE_PLAIN;
    return class == KEYWORD_FUNCTION && !leading ? STYLE_PLAIN : STYLE_KEYWORD;
}

static void see_bad(struct walk *w, const struct token *t, bool unterminated) {
    if (!unterminated) {
        mark(w, t->span.begin, t->span.end, STYLE_BAD);
        return;
    }
    char c = w->text.at[t->span.begin];
    enum style s = c == '/' ? STYLE_COMMENT : c == '`' || c == '"' ? STYLE_QUOTED : STYLE_STRING;
    mark(w, t->span.begin, w->text.size_bytes, s);
}

static void see(struct walk *w, const struct token *t, bool unterminated) {
    switch (t->kind) {
    case TOKEN_WORD: mark(w, t->span.begin, t->span.end, word_style(w, t)); return;
    case TOKEN_SYMBOL: see_symbol(w, t); return;
    case TOKEN_BAD: see_bad(w, t, unterminated); break;
    case TOKEN_STRING:
    case TOKEN_BYTES: mark(w, t->span.begin, t->span.end, STYLE_STRING); break;
    case TOKEN_QUOTED_NAME: mark(w, t->span.begin, t->span.end, STYLE_QUOTED); break;
    case TOKEN_HINT_BEGIN:
    case TOKEN_HINT_END: mark(w, t->span.begin, t->span.end, STYLE_COMMENT); break;
    default: mark(w, t->span.begin, t->span.end, STYLE_NUMBER); break;
    }
    w->leading = false;
}

/* What is no blank between tokens is a comment. */
static void mark_gap(struct walk *w, size_t begin, size_t end) {
    while (begin < end && (unsigned char)w->text.at[begin] <= ' ') begin++;
    while (end > begin && (unsigned char)w->text.at[end - 1] <= ' ') end--;
    if (begin < end) mark(w, begin, end, STYLE_COMMENT);
}

/* A command of the shell: the word, then plain text. */
static bool mark_command(struct walk *w) {
    size_t i = 0;
    while (i < w->text.size_bytes && w->text.at[i] == ' ') i++;
    if (i == w->text.size_bytes || (w->text.at[i] != '\\' && w->text.at[i] != '.')) return false;
    size_t end = i;
    while (end < w->text.size_bytes && (unsigned char)w->text.at[end] > ' ') end++;
    mark(w, i, end, STYLE_COMMAND);
    return true;
}

void highlight(struct str text, size_t cursor, uint8_t *styles) {
    struct walk w = {.text = text, .cursor = cursor, .styles = styles, .leading = true};
    if (text.size_bytes == 0 || text.size_bytes >= UINT32_MAX) return;
    mark(&w, 0, text.size_bytes, STYLE_PLAIN);
    if (mark_command(&w)) return;
    struct lexer l = {.sql = text};
    struct token t = {0};
    uint32_t before = 0;
    do {
        lexer_next(&l, &t);
        uint32_t begin = t.kind == TOKEN_END ? (uint32_t)text.size_bytes : t.span.begin;
        mark_gap(&w, before, begin);
        if (t.kind == TOKEN_END) break;
        see(&w, &t, l.unterminated);
        before = t.span.end;
    } while (!l.unterminated);
}
