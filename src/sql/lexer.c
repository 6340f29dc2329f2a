/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lexer: one pass over the bytes, no allocation, no look-back. Names may hold letters, digits, '_',
 * '$' and any byte of a non-ASCII character. Comments (two dashes, two slashes, slash star) vanish;
 * a hint is kept as TOKEN_HINT_BEGIN, the tokens in it, TOKEN_HINT_END. The token array is counted
 * in a first walk and filled in a second, so it is allocated exactly once.
 *
 * An error does not stop the walk's caller: the bad token carries it, because what stands before
 * it in the text is reported first.
 */
#include "sql/lexer.h"

#include "sql/keyword.h"

#include <assert.h>

enum { TOKENS_MAX = 4 << 20 };

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_name_start(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' || (c & 0x80) != 0;
}

static bool is_name_part(char c) {
    return is_name_start(c) || is_digit(c);
}

/* The byte n places ahead, or NUL behind the end. */
static char peek(const struct lexer *l, uint32_t n) {
    return (size_t)l->at + n < l->sql.size_bytes ? l->sql.at[l->at + n] : '\0';
}

static bool at_end(const struct lexer *l) {
    return l->at >= l->sql.size_bytes;
}

/* An open quote or comment; close is what would end it. Its span is its first line, where it is to be looked for. */
static void lexer_open(struct lexer *l, struct token *t, const char *what, const char *close) {
    uint32_t end = t->span.begin + 1;
    while (end < l->sql.size_bytes && l->sql.at[end] != '\n' && l->sql.at[end] != '\r') end++;
    t->kind = TOKEN_BAD;
    t->span.end = end;
    l->unterminated = true;
    l->at = (uint32_t)l->sql.size_bytes;
    (void)error_at(l->error, STATUS_SYNTAX, t->span, "This %s has no end", what);
    if (l->error != NULL) (void)error_hint(l->error, "%s", close);
}

static void lexer_bad(struct lexer *l, struct token *t, const char *what) {
    t->kind = TOKEN_BAD;
    t->span.end = l->at;
    (void)error_at(l->error, STATUS_SYNTAX, t->span, "%s", what);
}

static void skip_line(struct lexer *l) {
    while (!at_end(l) && peek(l, 0) != '\n') l->at++;
}

/* Skips a comment whose opening stands here; false when it has no end. */
static bool skip_comment(struct lexer *l, bool *ret_newline) {
    for (l->at += 2; !at_end(l); l->at++) {
        if (peek(l, 0) == '\n') *ret_newline = true;
        if (peek(l, 0) == '*' && peek(l, 1) == '/') {
            l->at += 2;
            return true;
        }
    }
    return false;
}

/* Skips white space and comments. false: an open comment, *t is the bad token. */
static bool skip_blank(struct lexer *l, struct token *t) {
    while (!at_end(l)) {
        char c = peek(l, 0), d = peek(l, 1);
        if (is_space(c)) {
            if (c == '\n') t->newline_before = true;
            l->at++;
        } else if ((c == '-' && d == '-') || (c == '/' && d == '/')) {
            skip_line(l);
        } else if (c == '/' && d == '*' && peek(l, 2) != '+') {
            t->span.begin = l->at;
            if (!skip_comment(l, &t->newline_before)) {
                lexer_open(l, t, "comment", "Close it with */");
                return false;
            }
        } else {
            break;
        }
    }
    return true;
}

/* A quoted run from here; doubled quotes and, in C form, back-slashes belong to it. */
static bool scan_quoted(struct lexer *l, char quote, bool c_form) {
    assert(peek(l, 0) == quote);
    for (l->at++; !at_end(l); l->at++) {
        char c = peek(l, 0);
        if (c_form && c == '\\' && l->at + 1 < l->sql.size_bytes) {
            l->at++;
        } else if (c == quote) {
            l->at++;
            if (peek(l, 0) != quote || at_end(l)) return true;
        }
    }
    return false;
}

static void scan_string(struct lexer *l, struct token *t, enum string_form form, uint32_t prefix) {
    l->at += prefix;
    t->kind = form == FORM_HEX ? TOKEN_BYTES : TOKEN_STRING;
    t->form = (uint8_t)form;
    if (!scan_quoted(l, '\'', form == FORM_C)) lexer_open(l, t, "string", "Close it with '; a quote inside is doubled: 'it''s'");
}

static void scan_number(struct lexer *l, struct token *t) {
    t->kind = TOKEN_INTEGER;
    while (is_digit(peek(l, 0))) l->at++;
    if (peek(l, 0) == '.') {
        t->kind = TOKEN_DECIMAL;
        l->at++;
        while (is_digit(peek(l, 0))) l->at++;
    }
    uint32_t sign = peek(l, 1) == '+' || peek(l, 1) == '-' ? 1 : 0;
    if ((peek(l, 0) == 'e' || peek(l, 0) == 'E') && is_digit(peek(l, 1 + sign))) {
        t->kind = TOKEN_APPROX;
        l->at += 1 + sign;
        while (is_digit(peek(l, 0))) l->at++;
    }
}

/* A word, or a string or name with a letter in front of it. */
static void scan_word(struct lexer *l, struct token *t) {
    char c = (char)(peek(l, 0) | 0x20);
    if (peek(l, 1) == '\'' && c == 'x') {
        scan_string(l, t, FORM_HEX, 1);
    } else if (peek(l, 1) == '\'' && c == 'e') {
        scan_string(l, t, FORM_C, 1);
    } else if (peek(l, 1) == '&' && peek(l, 2) == '\'' && c == 'u') {
        scan_string(l, t, FORM_UNICODE, 2);
    } else if (peek(l, 1) == '&' && peek(l, 2) == '"' && c == 'u') {
        l->at += 2;
        t->kind = TOKEN_QUOTED_NAME;
        t->form = FORM_UNICODE;
        if (!scan_quoted(l, '"', false)) lexer_open(l, t, "name", "Close it with a double quote: U&\"name\"");
    } else {
        t->kind = TOKEN_WORD;
        while (is_name_part(peek(l, 0))) l->at++;
    }
}

static void take(struct lexer *l, struct token *t, enum symbol symbol, uint32_t size) {
    t->kind = TOKEN_SYMBOL;
    t->symbol = (uint8_t)symbol;
    l->at += size;
}

static bool scan_pair(struct lexer *l, struct token *t) {
    static const struct {
        char text[3];
        enum symbol symbol;
    } pairs[] = {{"<>", SYM_NE}, {"<=", SYM_LE}, {">=", SYM_GE}, {"=>", SYM_ARROW}, {"||", SYM_CONCAT},
                 {"!=", SYM_BANG_EQ}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        if (peek(l, 0) == pairs[i].text[0] && peek(l, 1) == pairs[i].text[1]) {
            take(l, t, pairs[i].symbol, 2);
            return true;
        }
    }
    return false;
}

static enum symbol symbol_of(char c) {
    switch (c) {
    case '(': return SYM_LPAREN;
    case ')': return SYM_RPAREN;
    case '[': return SYM_LBRACKET;
    case ']': return SYM_RBRACKET;
    case '{': return SYM_LBRACE;
    case '}': return SYM_RBRACE;
    case ',': return SYM_COMMA;
    case ';': return SYM_SEMICOLON;
    case '.': return SYM_DOT;
    case '?': return SYM_QUESTION;
    case ':': return SYM_COLON;
    case '+': return SYM_PLUS;
    case '-': return SYM_MINUS;
    case '*': return SYM_STAR;
    case '/': return SYM_SLASH;
    case '%': return SYM_PERCENT;
    case '=': return SYM_EQ;
    case '<': return SYM_LT;
    case '>': return SYM_GT;
    case '"': case '!': case '|': case '&': case '^': case '~': case '@': case '#': case '\\': return SYM_OTHER;
    default: return SYM_NONE;
    }
}

static void scan_symbol(struct lexer *l, struct token *t) {
    char c = peek(l, 0), d = peek(l, 1);
    if (c == '/' && d == '*' && !l->in_hint) {
        assert(peek(l, 2) == '+');
        t->kind = TOKEN_HINT_BEGIN;
        l->in_hint = true;
        l->at += 3;
    } else if (c == '*' && d == '/' && l->in_hint) {
        t->kind = TOKEN_HINT_END;
        l->in_hint = false;
        l->at += 2;
    } else if (!scan_pair(l, t)) {
        enum symbol s = symbol_of(c);
        take(l, t, s, 1);
        if (s == SYM_NONE) lexer_bad(l, t, "This character has no meaning in SQL");
    }
}

/* Length of the prefix of N'..' and _UTF8'..' that stands here; 0: none. *ret_latin: only characters of ISO-8859-1 may follow. */
static uint32_t charset_prefix(const struct lexer *l, bool *ret_latin) {
    static const char *const prefixes[] = {"N", "_LATIN1", "_ISO-8859-1", "_UTF8", "_UTF-8", "_UTF16", "_UTF-16", "_UTF-16LE"};
    enum { LATIN_PREFIXES = 3 };
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        struct str p = str_of(prefixes[i]);
        if (l->sql.size_bytes - l->at <= p.size_bytes) continue;
        struct str here = {l->sql.at + l->at, p.size_bytes};
        *ret_latin = i < LATIN_PREFIXES;
        if (here.at[p.size_bytes] == '\'' && str_equal_ignore_case(here, p)) return (uint32_t)p.size_bytes;
    }
    return 0;
}

/* The prefix says nothing that the text does not: texts are Unicode. */
static void scan_prefixed(struct lexer *l, struct token *t, uint32_t prefix, bool latin) {
    enum { BEYOND_LATIN = 0xc4 }; /* first bytes of U+0100 and above in UTF-8 */
    scan_string(l, t, FORM_PLAIN, prefix);
    if (t->kind != TOKEN_STRING) return;
    t->span.begin += prefix;
    for (size_t i = t->span.begin; latin && i < l->at; i++) {
        if ((unsigned char)l->sql.at[i] < BEYOND_LATIN) continue;
        lexer_bad(l, t, "N'..' and _LATIN1'..' hold characters of ISO-8859-1 only; leave the prefix out");
        return;
    }
}

void lexer_next(struct lexer *l, struct token *ret_token) {
    assert(l != NULL && l->at <= l->sql.size_bytes);
    struct token *t = ret_token;
    *t = (struct token){.kind = TOKEN_END};
    if (!skip_blank(l, t)) return;
    t->span = (struct span){l->at, l->at};
    if (at_end(l)) return;
    char c = peek(l, 0);
    bool latin = false;
    uint32_t charset = charset_prefix(l, &latin);
    if (charset > 0) {
        scan_prefixed(l, t, charset, latin);
    } else if (is_name_start(c)) {
        scan_word(l, t);
    } else if (is_digit(c) || (c == '.' && is_digit(peek(l, 1)))) {
        scan_number(l, t);
    } else if (c == '\'') {
        scan_string(l, t, FORM_PLAIN, 0);
    } else if (c == '`') {
        t->kind = TOKEN_QUOTED_NAME;
        t->form = FORM_PLAIN;
        if (!scan_quoted(l, '`', false)) lexer_open(l, t, "name", "Close it with a back-tick: `name`");
    } else {
        scan_symbol(l, t);
    }
    if (t->kind != TOKEN_BAD) t->span.end = l->at;
    t->text = (struct str){l->sql.at + t->span.begin, t->span.end - t->span.begin};
    if (t->kind == TOKEN_WORD) t->keyword = (uint16_t)keyword_find(t->text);
}

/* U&'..' and U&".." may be followed by UESCAPE 'c': both tokens are read here, as one. */
static enum status take_unicode_escape(struct lexer *l, struct token *t, char *ret_escape) {
    *ret_escape = '\\';
    struct lexer ahead = *l;
    ahead.error = NULL;
    struct token word, text;
    lexer_next(&ahead, &word);
    if (word.kind != TOKEN_WORD || word.keyword != KW_UESCAPE) return STATUS_OK;
    lexer_next(&ahead, &text);
    if (text.kind != TOKEN_STRING || text.form != FORM_PLAIN || text.text.size_bytes != 3) {
        return error_at(l->error, STATUS_SYNTAX, text.span,
                        "UESCAPE takes one character in quotes, such as UESCAPE '!'");
    }
    *ret_escape = text.text.at[1];
    l->at = ahead.at;
    t->span.end = text.span.end;
    return STATUS_OK;
}

static enum status token_finish(struct lexer *l, struct arena *arena, struct token *t) {
    if (t->kind != TOKEN_STRING && t->kind != TOKEN_BYTES && t->kind != TOKEN_QUOTED_NAME) return STATUS_OK;
    char escape = '\\';
    if (t->kind != TOKEN_BYTES && t->form == FORM_UNICODE) TRY(take_unicode_escape(l, t, &escape));
    return token_decode(t, arena, escape, l->error);
}

/* Counts what lexer_next will give, the end included. */
static uint32_t tokens_count(struct str sql) {
    struct lexer l = {.sql = sql};
    struct token t = {.kind = TOKEN_BAD};
    uint32_t count = 0;
    while (t.kind != TOKEN_END && count <= TOKENS_MAX) {
        lexer_next(&l, &t);
        count++;
    }
    return count;
}

enum status lexer_tokens(struct arena *arena, struct str sql, struct token **ret_tokens,
                         uint32_t *ret_count, struct error *error) {
    assert(arena != NULL && sql.size_bytes < UINT32_MAX);
    uint32_t capacity = tokens_count(sql), count = 0;
    if (capacity > TOKENS_MAX) {
        return error_set(error, STATUS_LIMIT, "The SQL text has more than %d words and signs", (int)TOKENS_MAX);
    }
    struct token *tokens = ARENA_ARRAY(arena, struct token, capacity + 1);
    if (tokens == NULL) return error_no_memory(error, sizeof *tokens * capacity);
    struct lexer l = {.sql = sql, .error = error};
    do {
        struct token *t = &tokens[count];
        lexer_next(&l, t);
        enum status s = token_finish(&l, arena, t);
        if (s == STATUS_NO_MEMORY) return error_no_memory(error, t->text.size_bytes);
        if (s != STATUS_OK) t->kind = TOKEN_BAD;
        count++;
    } while (tokens[count - 1].kind != TOKEN_END && tokens[count - 1].kind != TOKEN_BAD);
    *ret_tokens = tokens;
    *ret_count = count;
    return STATUS_OK;
}
