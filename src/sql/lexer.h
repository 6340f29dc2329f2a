/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_SQL_LEXER_H
#define WEIR_SQL_LEXER_H

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * lexer: SQL text to tokens. lexer_next walks over raw tokens without allocating, so it also serves
 * text that is still being typed; lexer_tokens makes the decoded array that the parser works on.
 */

enum token_kind {
    TOKEN_END,
    TOKEN_WORD, /* text as written */
    TOKEN_QUOTED_NAME, /* decoded */
    TOKEN_STRING,      /* decoded */
    TOKEN_BYTES,       /* decoded */
    TOKEN_INTEGER,
    TOKEN_DECIMAL,
    TOKEN_APPROX,
    TOKEN_HINT_BEGIN, /* slash star plus */
    TOKEN_HINT_END,   /* star slash that closes a hint */
    TOKEN_SYMBOL,
    TOKEN_BAD, /* the lexer's error; the last token */
};

enum symbol {
    SYM_NONE,
    SYM_LPAREN, SYM_RPAREN, SYM_LBRACKET, SYM_RBRACKET, SYM_LBRACE, SYM_RBRACE,
    SYM_COMMA, SYM_SEMICOLON, SYM_DOT, SYM_QUESTION, SYM_COLON,
    SYM_PLUS, SYM_MINUS, SYM_STAR, SYM_SLASH, SYM_PERCENT, SYM_CONCAT,
    SYM_EQ, SYM_NE, SYM_LT, SYM_LE, SYM_GT, SYM_GE, SYM_ARROW, SYM_BANG_EQ,
    SYM_OTHER, /* characters that no rule of the grammar takes */
};

enum string_form { FORM_PLAIN, FORM_UNICODE, FORM_C, FORM_HEX };

struct token {
    uint8_t kind;
    uint8_t symbol;
    uint8_t form;        /* of TOKEN_STRING */
    bool newline_before; /* between this token and the one before */
    uint16_t keyword;    /* of TOKEN_WORD; NO_KEYWORD for other names */
    struct span span;
    struct str text;
};

struct lexer {
    struct str sql;
    uint32_t at;
    bool in_hint;
    bool unterminated; /* a quote or comment is still open at the end of the text */
    struct error *error; /* may be NULL */
};

/*
 * The next raw token: quotes and escapes are still in text. TOKEN_BAD sets *error and goes on
 * behind the bad text when called again.
 */
void lexer_next(struct lexer *l, struct token *ret_token);

/*
 * All tokens of sql with decoded text, ending with TOKEN_END, or with TOKEN_BAD, whose error is in
 * *error, so that the parser can first report what is wrong before it.
 */
enum status lexer_tokens(struct arena *arena, struct str sql, struct token **ret_tokens,
                         uint32_t *ret_count, struct error *error);

/* token_text.c: decodes a quoted token's text in place. U& takes the escape character. */
enum status token_decode(struct token *t, struct arena *arena, char unicode_escape,
                         struct error *error);

#endif
