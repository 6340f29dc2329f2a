/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_SHELL_STYLE_H
#define WEIR_SHELL_STYLE_H

#include "base/str.h"

#include <stdint.h>

/* style: how pieces of text look on a terminal; one row per style, 16-colour codes so that any theme works. */
enum style {
    STYLE_PLAIN, STYLE_KEYWORD, STYLE_FUNCTION, STYLE_STRING, STYLE_NUMBER, STYLE_COMMENT, STYLE_QUOTED,
    STYLE_BAD, STYLE_MATCH, STYLE_COMMAND, STYLE_PROMPT, STYLE_DIM, STYLE_SELECTED, STYLE_COUNT,
};

/* The sequence that begins the style; "" for STYLE_PLAIN. STYLE_END ends any. */
const char *style_begin(enum style s);
#define STYLE_END "\x1b[0m"

/*
 * Marks each byte of text with its style, from the lexer that the parser uses: styles has text.size_bytes
 * elements. The bracket that belongs to the one at the cursor is marked with it; text may be unfinished.
 */
void highlight(struct str text, size_t cursor, uint8_t *styles);

#endif
