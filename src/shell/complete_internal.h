/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_SHELL_COMPLETE_INTERNAL_H
#define WEIR_SHELL_COMPLETE_INTERNAL_H

#include "shell/complete.h"
#include "sql/lexer.h"

/* complete_internal: what the files of completion share; nobody else includes it. */

enum { CANDIDATES_MAX = 2000 };

/* One question: the tokens of the statement around the cursor, and the answer as it grows. */
struct asked {
    struct session *session;
    struct env *env;
    struct arena *arena;
    struct str text;
    size_t cursor;
    struct token *tokens;   /* of this statement, raw */
    uint32_t count;
    uint32_t before;        /* tokens that end before the word at the cursor */
    struct str prefix;      /* that word as far as it is typed, without its quote */
    char quote;             /* ' or ` when the cursor is inside of one; else 0 */
    struct list found;      /* struct candidate */
};

/* Adds when text begins with the prefix, any case. note may be empty. */
void offer(struct asked *q, struct str text, struct str shown, struct str note, bool open);
bool has_prefix(struct str text, struct str prefix);
/* The i-th token before the word at the cursor, 1 the nearest; NULL: there is none. */
const struct token *token_back(const struct asked *q, uint32_t i);
bool is_keyword(const struct token *t, uint16_t keyword);
bool is_symbol(const struct token *t, enum symbol s);
/* A name's text without its back-ticks. */
struct str token_name(const struct token *t);

/* complete_names.c */
void offer_tables(struct asked *q);
void offer_databases(struct asked *q, struct str catalog);
void offer_catalogs(struct asked *q);
void offer_columns(struct asked *q);
/* What stands behind "name." or "name.name.": the names are the tokens up to the last dot. */
void offer_qualified(struct asked *q);

/* complete_words.c */
void offer_keywords(struct asked *q);
void offer_starts(struct asked *q);
void offer_functions(struct asked *q);
void offer_files(struct asked *q, const char *closing);

/* complete_options.c: in quotes inside of WITH, OPTIONS or SET; false: elsewhere. */
bool offer_options(struct asked *q);
void offer_settings(struct asked *q, bool quoted);
/* Behind SET 'key' =. */
void offer_unquoted_setting_value(struct asked *q);

#endif
