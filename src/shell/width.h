/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_SHELL_WIDTH_H
#define WEIR_SHELL_WIDTH_H

#include "base/buf.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * width: how UTF-8 text stands in the cells of a terminal. A cluster is what a person sees as one
 * character (a letter with its accents, a flag); it takes 0, 1 or 2 cells. Broken bytes are one cell each.
 */
/* Offsets of the cluster boundaries behind and before `at`; at a text's end the end. */
size_t cluster_next(struct str s, size_t at);
size_t cluster_before(struct str s, size_t at);
/* Cells of the cluster that begins at `at` and ends at `end`. */
uint32_t cluster_width(struct str s, size_t at, size_t end);
uint32_t text_width(struct str s);
/* The bytes of s that fit into so many cells. */
size_t text_fit(struct str s, uint32_t cells);
/*
 * s without what would move a terminal's cursor or change its colours: control characters as \n, \t, \x1b;
 * cut to `cells` with an ellipsis (0: not cut). Returns its width.
 */
uint32_t text_clean(struct buf *out, struct str s, uint32_t cells);

#endif
