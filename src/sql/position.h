/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_SQL_POSITION_H
#define WEIR_SQL_POSITION_H

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"

/*
 * position: byte offsets to lines and columns (1-based, columns in code points), and the printed
 * form of an error with its source line and a caret under the whole offending span:
 *
 *   job.sql:3:8: Column 'prise' not found; did you mean 'price'?
 *     3 | SELECT prise FROM bids
 *       |        ^~~~~
 */
struct position {
    uint32_t line;
    uint32_t column;
};

struct position position_of(struct str sql, uint32_t offset);
/* name is the file's or "<command line>"; without a span only the message and hint are printed. */
void error_print(struct buf *out, const struct error *e, struct str name, struct str sql);

#endif
