/* SPDX-License-Identifier: Apache-2.0 */
/*
 * position: where an error is, for people. The source line is printed with tabs as one blank, so
 * that the caret stands under the span; a long line is cut around it. Only the first line of a span
 * is marked.
 */
#include "sql/position.h"

#include <assert.h>
#include <stdio.h>

enum { LINE_COLUMNS_MAX = 160, LEAD_COLUMNS = 60 };

static bool is_continuation(char c) {
    return (c & 0xc0) == 0x80;
}

static uint32_t code_points(struct str s) {
    uint32_t n = 0;
    for (size_t i = 0; i < s.size_bytes; i++) n += is_continuation(s.at[i]) ? 0 : 1;
    return n;
}

static uint32_t line_begin(struct str sql, uint32_t offset) {
    while (offset > 0 && sql.at[offset - 1] != '\n') offset--;
    return offset;
}

static uint32_t line_end(struct str sql, uint32_t offset) {
    while (offset < sql.size_bytes && sql.at[offset] != '\n') offset++;
    if (offset > 0 && offset <= sql.size_bytes && sql.at[offset - 1] == '\r') offset--;
    return offset;
}

struct position position_of(struct str sql, uint32_t offset) {
    if (offset > sql.size_bytes) offset = (uint32_t)sql.size_bytes;
    struct position p = {.line = 1};
    uint32_t begin = line_begin(sql, offset);
    for (uint32_t i = 0; i < begin; i++) p.line += sql.at[i] == '\n';
    p.column = 1 + code_points((struct str){sql.at + begin, offset - begin});
    return p;
}

/* Control characters would move the caret, or the terminal. */
static void write_line(struct buf *out, struct str line) {
    for (size_t i = 0; i < line.size_bytes; i++) buf_char(out, (unsigned char)line.at[i] < ' ' ? ' ' : line.at[i]);
}

static uint32_t step_back(struct str sql, uint32_t from, uint32_t to, uint32_t columns) {
    while (from > to && columns > 0) {
        from--;
        if (!is_continuation(sql.at[from])) columns--;
    }
    return from;
}

static uint32_t step_on(struct str sql, uint32_t from, uint32_t to, uint32_t columns) {
    while (from < to && columns > 0) {
        from++;
        if (from == to || !is_continuation(sql.at[from])) columns--;
    }
    return from;
}

static void write_source(struct buf *out, struct str sql, struct span span, struct position p) {
    uint32_t begin = line_begin(sql, span.begin), end = line_end(sql, span.begin);
    if (end < span.begin) end = span.begin;
    if (p.column > LEAD_COLUMNS * 2) begin = step_back(sql, span.begin, begin, LEAD_COLUMNS);
    end = step_on(sql, begin, end, LINE_COLUMNS_MAX);
    int gutter = snprintf(NULL, 0, "%3u", p.line);
    buf_format(out, "\n%3u | ", p.line);
    write_line(out, (struct str){sql.at + begin, end - begin});
    buf_format(out, "\n%*s | ", gutter, "");
    uint32_t lead = code_points((struct str){sql.at + begin, span.begin - begin});
    for (uint32_t i = 0; i < lead; i++) buf_char(out, ' ');
    uint32_t stop = span.end < end ? span.end : end;
    uint32_t width = stop <= span.begin ? 1 : code_points((struct str){sql.at + span.begin, stop - span.begin});
    buf_char(out, '^');
    for (uint32_t i = 1; i < width; i++) buf_char(out, '~');
}

void error_print(struct buf *out, const struct error *e, struct str name, struct str sql) {
    assert(out != NULL && e != NULL);
    bool placed = e->span.end > 0 && e->span.begin <= sql.size_bytes;
    buf_str(out, name);
    if (placed) {
        struct position p = position_of(sql, e->span.begin);
        buf_format(out, ":%u:%u: %s", p.line, p.column, e->message);
        write_source(out, sql, e->span, p);
    } else {
        buf_format(out, "%s%s", name.size_bytes > 0 ? ": " : "", e->message);
    }
    buf_char(out, '\n');
    if (e->hint[0] != '\0') buf_format(out, "hint: %s\n", e->hint);
}
