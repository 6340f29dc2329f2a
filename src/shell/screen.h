/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_SHELL_SCREEN_H
#define WEIR_SHELL_SCREEN_H

#include "base/buf.h"
#include "shell/editor.h"

/*
 * screen: an editor as it stands on the terminal: prompt, text in its colours, wrapped lines, the list of
 * completions below. Drawing appends to a buffer what has to be written; the terminal's cursor is left where
 * the editor's is. What it drew before is all that a screen remembers.
 */
struct screen {
    uint32_t rows, columns; /* of the terminal; set these when they change */
    bool colors;
    uint32_t cursor_row;    /* of the last drawing, counted from its first row */
    uint32_t last_row;      /* of its text and what stands below */
    uint32_t top;           /* first row shown of a text that is higher than the terminal */
};

/* The prompts are plain text; hint (may be empty) is one line below, dimmed. */
void screen_draw(struct screen *s, struct buf *out, struct str prompt, struct str more_prompt, const struct editor *ed, struct str hint);
/* Goes below the text, which stays, without what stood below it. */
void screen_leave(struct screen *s, struct buf *out, struct str prompt, struct str more_prompt, const struct editor *ed);
/* Nothing of it is on the terminal any more. */
void screen_forget(struct screen *s);
/* The terminal was resized: where the cursor is after its lines were wrapped anew. */
void screen_resize(struct screen *s, uint32_t rows, uint32_t columns, struct str prompt, struct str more_prompt, const struct editor *ed);

#endif
