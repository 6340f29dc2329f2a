/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_SQL_POSITION_H
#define WEIR_SQL_POSITION_H

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"

#include <stdbool.h>

/*
 * position: byte offsets to lines and columns (1-based, columns in code points), and the printed
 * form of an error with its source lines and carets under the whole offending span:
 *
 *   job.sql:3:8: There is no column 'prise'
 *     3 | SELECT prise FROM bids
 *       |        ^^^^^
 *   hint: Did you mean 'price'?
 */
struct position {
    uint32_t line;
    uint32_t column;
};

struct position position_of(struct str sql, uint32_t offset);
/* The span's source lines with carets under them, each line ended. color: carets in red, by ANSI codes. */
void source_print(struct buf *out, struct str sql, struct span span, bool color);
/* name is the file's or "<command line>"; without a span only the message, note and hint are printed. */
void error_print(struct buf *out, const struct error *e, struct str name, struct str sql);
/* The same for a terminal. */
void error_print_color(struct buf *out, const struct error *e, struct str name, struct str sql);
/* Adds to e the note "title" with the place in another text than the statement's, such as a view's. */
void error_note_source(struct error *e, const char *title, struct str sql, struct span span);

#endif
