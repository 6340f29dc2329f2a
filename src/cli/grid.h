/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_CLI_GRID_H
#define WEIR_CLI_GRID_H

#include "base/buf.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

/* grid: a bordered table of texts, as Flink's client prints one. All zero: every cell whole and to the right. */
struct grid_look {
    uint32_t cell_max;   /* wider cells are cut with an ellipsis; 0: never */
    uint32_t line_max;   /* cells of a line: columns shrink, then the last ones are left out; 0: no limit */
    bool clean;          /* control characters are shown, not sent: for terminals */
    bool colors;         /* NULL is dimmed, the header bold */
    const bool *right;   /* which columns stand to the right; NULL: all */
};

/* A cell with at == NULL prints <NULL>. No line below the table. Returns the columns shown. */
uint32_t grid_print(struct buf *out, const struct grid_look *look, const struct str *names, uint32_t column_count,
                    struct str *const *rows, uint32_t row_count);
/* The same with widths given from outside, for tables that are printed as they come: rule and one line. */
void grid_rule(struct buf *out, const uint32_t *widths, uint32_t count);
void grid_line(struct buf *out, const struct grid_look *look, const struct str *cells, const uint32_t *widths, uint32_t count, bool header);

#endif
