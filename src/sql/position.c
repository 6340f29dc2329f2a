/* SPDX-License-Identifier: Apache-2.0 */
/*
 * position: where an error is, for people. The carets stand under the whole span, on each of its
 * lines. Columns on the screen are counted as a terminal does: wide characters take two, combining
 * ones none, and tabs are printed as blanks up to the next multiple of four. Other control characters
 * are printed as one blank, since they would move the caret, or the terminal. A long line is cut
 * around the span, and of a span of many lines the first two and the last are shown.
 */
#include "sql/position.h"

#include <assert.h>
#include <stdio.h>
#include <utf8proc.h>

enum { LINE_COLUMNS_MAX = 150, LEAD_COLUMNS = 60, TAB_COLUMNS = 4, LINES_SHOWN = 4, NOTE_LINES_BYTES = 700 };

static bool is_continuation(char c) { return (c & 0xc0) == 0x80; }

static uint32_t line_begin(struct str sql, uint32_t offset) {
    while (offset > 0 && sql.at[offset - 1] != '\n') offset--;
    return offset;
}

/* The end of the line without its line end. */
static uint32_t line_end(struct str sql, uint32_t offset) {
    while (offset < sql.size_bytes && sql.at[offset] != '\n') offset++;
    if (offset > 0 && offset <= sql.size_bytes && sql.at[offset - 1] == '\r') offset--;
    return offset;
}

static uint32_t lines_before(struct str sql, uint32_t offset) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < offset; i++) n += sql.at[i] == '\n';
    return n;
}

struct position position_of(struct str sql, uint32_t offset) {
    if (offset > sql.size_bytes) offset = (uint32_t)sql.size_bytes;
    uint32_t begin = line_begin(sql, offset);
    struct position p = {.line = 1 + lines_before(sql, begin), .column = 1};
    for (uint32_t i = begin; i < offset; i++) p.column += is_continuation(sql.at[i]) ? 0 : 1;
    return p;
}

/* One character at sql.at[from]: its bytes, and its columns if it is printed at this one. */
static uint32_t character(struct str sql, uint32_t from, uint32_t column, uint32_t *ret_columns) {
    utf8proc_int32_t code = -1;
    assert(from < sql.size_bytes);
    if (sql.at[from] == '\t') return *ret_columns = TAB_COLUMNS - column % TAB_COLUMNS, 1;
    utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)sql.at + from, (utf8proc_ssize_t)(sql.size_bytes - from), &code);
    if (n <= 0 || code < ' ') return *ret_columns = 1, 1;
    *ret_columns = (uint32_t)utf8proc_charwidth(code);
    return (uint32_t)n;
}

/* The column behind sql[from, to), if sql.at[from] stands at `column`. */
static uint32_t measure(struct str sql, uint32_t from, uint32_t to, uint32_t column) {
    uint32_t width = 0;
    for (; from < to; column += width) from += character(sql, from, column, &width);
    return column;
}

static void write_text(struct buf *out, struct str sql, uint32_t from, uint32_t to, uint32_t column) {
    uint32_t width = 0;
    while (from < to) {
        uint32_t n = character(sql, from, column, &width);
        bool plain = n > 1 || (unsigned char)sql.at[from] >= ' ';
        if (plain) buf_append(out, sql.at + from, n);
        for (uint32_t i = 0; !plain && i < width; i++) buf_char(out, ' ');
        from += n;
        column += width;
    }
}

/* The part of a line that is shown. */
struct view {
    uint32_t begin, end;
    bool cut_front, cut_back;
};

static struct view view_of(struct str sql, uint32_t mark) {
    struct view v = {line_begin(sql, mark), line_end(sql, mark), false, false};
    uint32_t width = 0, columns = 0, at;
    if (v.end < mark) v.end = mark;
    if (measure(sql, v.begin, mark, 0) > 2 * LEAD_COLUMNS) {
        uint32_t from = mark;
        for (uint32_t i = 0; i < LEAD_COLUMNS && from > v.begin; from--) i += is_continuation(sql.at[from - 1]) ? 0 : 1;
        while (from > v.begin && is_continuation(sql.at[from])) from--;
        v.cut_front = from > v.begin;
        v.begin = from;
    }
    for (at = v.begin; at < v.end && columns < LINE_COLUMNS_MAX; columns += width) at += character(sql, at, columns, &width);
    v.cut_back = at < v.end;
    if (v.cut_back) v.end = at;
    return v;
}

static const char *style(bool color, const char *code) { return color ? code : ""; }
static const char red[] = "\033[1;31m", blue[] = "\033[34m", cyan[] = "\033[36m", bold[] = "\033[1m", plain[] = "\033[0m";

/* One source line and the carets below it, under span's part of the line. */
static void write_line(struct buf *out, struct str sql, struct span span, uint32_t mark, uint32_t number, int gutter, bool color) {
    struct view v = view_of(sql, mark);
    uint32_t from = span.begin > v.begin ? span.begin : v.begin, to = span.end < v.end ? span.end : v.end;
    while (span.begin < from && from < to && (sql.at[from] == ' ' || sql.at[from] == '\t')) from++; /* not under the indentation */
    uint32_t lead = measure(sql, v.begin, from, 0), end = from < to ? measure(sql, from, to, lead) : lead;
    buf_format(out, "%s%*u |%s %s", style(color, blue), gutter, number, style(color, plain), v.cut_front ? "..." : "");
    write_text(out, sql, v.begin, v.end, 0);
    buf_format(out, "%s\n%s%*s |%s %*s%s", v.cut_back ? "..." : "", style(color, blue), gutter, "", style(color, plain), (int)lead + (v.cut_front ? 3 : 0), "", style(color, red));
    for (uint32_t i = lead; i < end || i == lead; i++) buf_char(out, '^');
    buf_format(out, "%s\n", style(color, plain));
}

void source_print(struct buf *out, struct str sql, struct span span, bool color) {
    if (span.begin > sql.size_bytes) span.begin = (uint32_t)sql.size_bytes;
    if (span.end > sql.size_bytes) span.end = (uint32_t)sql.size_bytes;
    uint32_t first = 1 + lines_before(sql, span.begin), last = first;
    if (span.end > span.begin) last = 1 + lines_before(sql, span.end - 1);
    int gutter = snprintf(NULL, 0, "%3u", last);
    uint32_t mark = span.begin, skip_from = last - first >= LINES_SHOWN ? first + 2 : last + 1;
    for (uint32_t number = first; number <= last; number++) {
        if (number < skip_from || number == last) write_line(out, sql, span, mark, number, gutter, color);
        else if (number == skip_from) buf_format(out, "%*s\n", gutter + 2, "...");
        while (mark < sql.size_bytes && sql.at[mark] != '\n') mark++;
        mark++;
    }
}

static void print(struct buf *out, const struct error *e, struct str name, struct str sql, bool color) {
    assert(out != NULL && e != NULL);
    bool placed = e->span.end > 0 && e->span.begin <= sql.size_bytes;
    struct position p = position_of(sql, placed ? e->span.begin : 0);
    buf_str(out, name);
    if (placed) buf_format(out, ":%u:%u", p.line, p.column);
    buf_format(out, "%s%s%s%s\n", name.size_bytes > 0 ? ": " : "", style(color, bold), e->message, style(color, plain));
    if (placed) source_print(out, sql, e->span, color);
    if (e->note[0] != '\0') buf_format(out, "%s\n", e->note);
    if (e->hint[0] != '\0') buf_format(out, "%shint:%s %s\n", style(color, cyan), style(color, plain), e->hint);
}

void error_print(struct buf *out, const struct error *e, struct str name, struct str sql) { print(out, e, name, sql, false); }

void error_print_color(struct buf *out, const struct error *e, struct str name, struct str sql) { print(out, e, name, sql, true); }

void error_note_source(struct error *e, const char *title, struct str sql, struct span span) {
    struct buf text = BUF_INIT;
    assert(e != NULL && title != NULL);
    if (span.end > 0) source_print(&text, sql, span, false);
    if (text.size_bytes > NOTE_LINES_BYTES) text.size_bytes = 0;
    while (text.size_bytes > 0 && text.at[text.size_bytes - 1] == '\n') text.size_bytes--;
    (void)error_note(e, "%s%s%.*s", title, text.size_bytes > 0 ? "\n" : "", (int)text.size_bytes, text.at == NULL ? "" : text.at);
    buf_deinit(&text);
}
