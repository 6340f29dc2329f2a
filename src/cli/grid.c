/* SPDX-License-Identifier: Apache-2.0 */
/*
 * grid: measures, then prints. Where a table is wider than the terminal, the widest columns give way first, down
 * to SHRUNK_MIN cells; what still does not fit is left out, and an ellipsis stands in its place.
 */
#include "cli/grid.h"

#include "shell/style.h"
#include "shell/width.h"

#include <assert.h>

enum { COLUMNS_MAX = 2048, NULL_WIDTH = 6, SHRUNK_MIN = 8, BORDER_CELLS = 3 };

static uint32_t cell_width(const struct grid_look *look, struct str cell, struct buf *scratch) {
    if (cell.at == NULL) return NULL_WIDTH;
    if (!look->clean) return text_width(cell);
    buf_reset(scratch);
    return text_clean(scratch, cell, look->cell_max);
}

static uint64_t line_cells(const uint32_t *widths, uint32_t count) {
    uint64_t n = 1;
    for (uint32_t c = 0; c < count; c++) n += widths[c] + BORDER_CELLS;
    return n;
}

static uint32_t widest_column(const uint32_t *widths, uint32_t count) {
    uint32_t best = 0;
    for (uint32_t c = 1; c < count; c++) {
        if (widths[c] > widths[best]) best = c;
    }
    return best;
}

/* Makes the columns fit; returns how many are shown. */
static uint32_t fit(const struct grid_look *look, uint32_t *widths, uint32_t count) {
    if (look->line_max == 0 || count == 0) return count;
    uint64_t cells = line_cells(widths, count);
    while (cells > look->line_max) {
        uint32_t c = widest_column(widths, count);
        if (widths[c] <= SHRUNK_MIN) break;
        widths[c]--;
        cells--;
    }
    uint32_t shown = count;
    while (shown > 1 && line_cells(widths, shown) + (shown < count ? BORDER_CELLS + 1 : 0) > look->line_max) shown--;
    return shown;
}

void grid_rule(struct buf *out, const uint32_t *widths, uint32_t count) {
    for (uint32_t c = 0; c < count; c++) {
        buf_char(out, '+');
        for (uint32_t i = 0; i < widths[c] + 2; i++) buf_char(out, '-');
    }
    buf_text(out, "+\n");
}

/* The cell as it is written, and its width. */
static uint32_t cell_text(const struct grid_look *look, struct str cell, uint32_t width, struct buf *ret) {
    buf_reset(ret);
    if (cell.at == NULL) cell = STR("<NULL>");
    if (look->clean) return text_clean(ret, cell, width);
    buf_str(ret, cell);
    return text_width(cell);
}

static void put_cell(struct buf *out, const struct grid_look *look, struct str cell, uint32_t width, bool right, enum style s, struct buf *scratch) {
    uint32_t used = cell_text(look, cell, width, scratch);
    uint32_t pad = used < width ? width - used : 0;
    bool styled = look->colors && s != STYLE_PLAIN;
    for (uint32_t i = 0; right && i < pad; i++) buf_char(out, ' ');
    if (styled) buf_text(out, style_begin(s));
    buf_str(out, buf_view(scratch));
    if (styled) buf_text(out, STYLE_END);
    for (uint32_t i = 0; !right && i < pad; i++) buf_char(out, ' ');
}

void grid_line(struct buf *out, const struct grid_look *look, const struct str *cells, const uint32_t *widths, uint32_t count, bool header) {
    struct buf scratch = BUF_INIT;
    for (uint32_t c = 0; c < count; c++) {
        bool right = look->right == NULL || look->right[c];
        enum style s = header ? STYLE_PROMPT : cells[c].at == NULL ? STYLE_DIM : STYLE_PLAIN;
        buf_text(out, "| ");
        put_cell(out, look, cells[c], widths[c], right, s, &scratch);
        buf_char(out, ' ');
    }
    buf_text(out, "|\n");
    if (scratch.failed) out->failed = true;
    buf_deinit(&scratch);
}

/* A line of a table whose last columns are left out. */
static void put_line(struct buf *out, const struct grid_look *look, const struct str *cells, const uint32_t *widths, uint32_t shown, bool cut, bool header) {
    grid_line(out, look, cells, widths, shown, header);
    if (!cut || out->size_bytes == 0) return;
    out->size_bytes--; /* the newline */
    buf_text(out, " \xe2\x80\xa6 |\n");
}

static void put_rule(struct buf *out, const uint32_t *widths, uint32_t shown, bool cut) {
    grid_rule(out, widths, shown);
    if (!cut || out->size_bytes == 0) return;
    out->size_bytes--;
    buf_text(out, "---+\n");
}

uint32_t grid_print(struct buf *out, const struct grid_look *look, const struct str *names, uint32_t count, struct str *const *rows, uint32_t row_count) {
    uint32_t widths[COLUMNS_MAX];
    struct buf scratch = BUF_INIT;
    assert(look != NULL);
    if (count > COLUMNS_MAX) count = COLUMNS_MAX;
    for (uint32_t c = 0; c < count; c++) {
        widths[c] = cell_width(look, names[c], &scratch);
        for (uint32_t i = 0; i < row_count; i++) {
            uint32_t w = cell_width(look, rows[i][c], &scratch);
            if (w > widths[c]) widths[c] = w;
        }
    }
    buf_deinit(&scratch);
    uint32_t shown = fit(look, widths, count);
    bool cut = shown < count;
    put_rule(out, widths, shown, cut);
    put_line(out, look, names, widths, shown, cut, true);
    put_rule(out, widths, shown, cut);
    for (uint32_t i = 0; i < row_count; i++) put_line(out, look, rows[i], widths, shown, cut, false);
    if (row_count > 0) put_rule(out, widths, shown, cut);
    return shown;
}
