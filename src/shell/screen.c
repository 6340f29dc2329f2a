/* SPDX-License-Identifier: Apache-2.0 */
/*
 * screen: the text is laid out in rows first (begin, end, which prompt), then the rows around the cursor are
 * written. Each row is written by itself with an explicit line end, since terminals differ in what they do
 * at the last column; everything is erased first and written in one go, which no terminal shows as flicker.
 */
#include "shell/screen.h"

#include "base/alloc.h"
#include "shell/style.h"
#include "shell/width.h"

#include <assert.h>

enum { TAB_CELLS = 4, MENU_ROWS_MAX = 8, MENU_NOTES_MAX = 8, COLUMNS_MIN = 8 };

enum row_start { ROW_PROMPT, ROW_MORE, ROW_WRAPPED };

struct row { size_t begin, end; enum row_start start; };

struct layout {
    struct str text, prompt, more;
    struct row *rows;
    uint32_t count, capacity;
    uint32_t cursor_row, cursor_column;
};

/* ---- rows ------------------------------------------------------------------------------------------- */

static bool push_row(struct layout *l, struct row r) {
    if (l->count == l->capacity) {
        uint32_t capacity = l->capacity == 0 ? 64 : l->capacity * 2;
        struct row *rows = mem_realloc(l->rows, capacity * sizeof *rows);
        if (rows == NULL) return false;
        l->rows = rows;
        l->capacity = capacity;
    }
    l->rows[l->count++] = r;
    return true;
}

static uint32_t cells_of(struct str text, size_t at, size_t next) {
    return text.at[at] == '\t' ? TAB_CELLS : cluster_width(text, at, next);
}

/* false: no memory; the rows so far are good. */
static bool lay_out(struct layout *l, uint32_t columns, size_t cursor) {
    struct row r = {0, 0, ROW_PROMPT};
    uint32_t column = text_width(l->prompt);
    for (size_t at = 0;;) {
        size_t next = cluster_next(l->text, at);
        bool over = at >= l->text.size_bytes, line_end = !over && l->text.at[at] == '\n';
        uint32_t cells = over || line_end ? 0 : cells_of(l->text, at, next);
        bool full = column + cells > columns || (over && column == columns);
        if (full) { /* this cluster begins a row; so does the cursor behind a full one */
            r.end = at;
            if (!push_row(l, r)) return false;
            r = (struct row){at, at, ROW_WRAPPED};
            column = 0;
        }
        if (at == cursor) {
            l->cursor_row = l->count;
            l->cursor_column = column;
        }
        r.end = at;
        if (over) return push_row(l, r);
        if (line_end) {
            if (!push_row(l, r)) return false;
            r = (struct row){next, next, ROW_MORE};
            column = text_width(l->more);
        }
        column += cells;
        at = next;
    }
}

/* ---- writing ------------------------------------------------------------------------------------------ */

static void put_styled(struct buf *out, bool colors, enum style s, struct str text) {
    bool styled = colors && s != STYLE_PLAIN;
    if (styled) buf_text(out, style_begin(s));
    buf_str(out, text);
    if (styled) buf_text(out, STYLE_END);
}

static void put_text(struct buf *out, struct str text, const uint8_t *styles, size_t begin, size_t end) {
    uint8_t now = STYLE_PLAIN;
    for (size_t i = begin; i < end; i++) {
        uint8_t wanted = styles == NULL ? STYLE_PLAIN : styles[i];
        if (wanted != now) {
            if (now != STYLE_PLAIN) buf_text(out, STYLE_END);
            buf_text(out, style_begin((enum style)wanted));
            now = wanted;
        }
        if (text.at[i] == '\t') buf_text(out, "    ");
        else if ((unsigned char)text.at[i] >= ' ') buf_char(out, text.at[i]);
    }
    if (now != STYLE_PLAIN) buf_text(out, STYLE_END);
}

static void go_up(struct buf *out, uint32_t rows) {
    if (rows > 0) buf_format(out, "\x1b[%uA", rows);
    buf_char(out, '\r');
}

static void put_rows(struct buf *out, const struct screen *s, const struct layout *l, const uint8_t *styles, uint32_t from, uint32_t to) {
    for (uint32_t i = from; i < to; i++) {
        const struct row *r = &l->rows[i];
        if (i != from) buf_text(out, "\r\n");
        if (r->start == ROW_PROMPT) put_styled(out, s->colors, STYLE_PROMPT, l->prompt);
        if (r->start == ROW_MORE) put_styled(out, s->colors, STYLE_DIM, l->more);
        put_text(out, l->text, styles, r->begin, r->end);
    }
}

/* ---- the list of completions --------------------------------------------------------------------------- */

static struct str shown(const struct candidate *c) { return c->shown.at == NULL ? c->text : c->shown; }

static void put_candidate(struct buf *out, const struct screen *s, const struct candidate *c, bool selected, uint32_t width) {
    struct buf text = BUF_INIT;
    uint32_t used = text_clean(&text, shown(c), width);
    bool mark = selected && !s->colors;
    put_styled(out, s->colors, selected ? STYLE_SELECTED : STYLE_PLAIN, buf_view(&text));
    if (mark) buf_char(out, '*');
    for (uint32_t i = used + mark; i < width + 2; i++) buf_char(out, ' ');
    buf_deinit(&text);
}

static void put_note(struct buf *out, const struct screen *s, struct str note, uint32_t room) {
    struct buf text = BUF_INIT;
    if (room > 4) text_clean(&text, note, room);
    put_styled(out, s->colors, STYLE_DIM, buf_view(&text));
    buf_deinit(&text);
}

static uint32_t widest(const struct completion *m, uint32_t limit) {
    uint32_t width = 1;
    for (uint32_t i = 0; i < m->count; i++) {
        uint32_t w = text_width(shown(&m->items[i]));
        if (w > width) width = w;
    }
    return width > limit ? limit : width;
}

/* Few candidates: one per row with its note. Returns the rows. */
static uint32_t put_list(struct buf *out, const struct screen *s, const struct completion *m, int64_t selected) {
    uint32_t width = widest(m, s->columns / 2);
    for (uint32_t i = 0; i < m->count; i++) {
        buf_text(out, "\r\n");
        put_candidate(out, s, &m->items[i], i == (uint64_t)selected, width);
        put_note(out, s, m->items[i].note, s->columns > width + 4 ? s->columns - width - 4 : 0);
    }
    return m->count;
}

/* Many: a grid, row by row, the page with the selected one; the last row says how many there are. */
static uint32_t put_grid(struct buf *out, const struct screen *s, const struct completion *m, int64_t selected, uint32_t rows_max) {
    uint32_t width = widest(m, s->columns > 4 ? s->columns - 4 : 1), per_row = s->columns / (width + 2);
    if (per_row == 0) per_row = 1;
    uint32_t page = per_row * rows_max, from = selected < 0 ? 0 : (uint32_t)selected / page * page;
    uint32_t to = m->count - from > page ? from + page : m->count, rows = 0;
    for (uint32_t i = from; i < to; i++) {
        if ((i - from) % per_row == 0) {
            buf_text(out, "\r\n");
            rows++;
        }
        put_candidate(out, s, &m->items[i], i == (uint64_t)selected, width);
    }
    struct str note = selected >= 0 ? m->items[selected].note : STR("");
    struct buf text = BUF_INIT;
    if (note.size_bytes > 0) buf_str(&text, note);
    else if (to - from < m->count) buf_format(&text, "%u to %u of %u", from + 1, to, m->count);
    if (text.size_bytes > 0) {
        buf_text(out, "\r\n");
        put_note(out, s, buf_view(&text), s->columns - 1);
        rows++;
    }
    buf_deinit(&text);
    return rows;
}

static uint32_t put_below(struct buf *out, const struct screen *s, const struct editor *ed, struct str hint) {
    int64_t selected = -1;
    const struct completion *m = editor_menu(ed, &selected);
    uint32_t room = s->rows > 4 ? s->rows / 2 : 1;
    if (m != NULL && m->count <= MENU_NOTES_MAX && m->count <= room) return put_list(out, s, m, selected);
    if (m != NULL) return put_grid(out, s, m, selected, room < MENU_ROWS_MAX ? room : MENU_ROWS_MAX);
    if (hint.size_bytes == 0 || s->rows < 3) return 0;
    buf_text(out, "\r\n");
    put_note(out, s, hint, s->columns - 1);
    return 1;
}

/* ---- drawing ------------------------------------------------------------------------------------------- */

static bool begin_layout(struct layout *l, const struct screen *s, struct str prompt, struct str more, const struct editor *ed) {
    struct str searching = editor_search_prompt(ed);
    *l = (struct layout){.text = editor_text(ed), .prompt = searching.at == NULL ? prompt : searching, .more = more};
    return lay_out(l, s->columns < COLUMNS_MIN ? COLUMNS_MIN : s->columns, editor_cursor(ed)) && l->count > 0;
}

/* The rows of the window in which the cursor is. */
static void choose_window(struct screen *s, const struct layout *l, uint32_t *ret_from, uint32_t *ret_to) {
    uint32_t height = s->rows > 2 ? s->rows - 1 : 1;
    if (l->count <= height) s->top = 0;
    if (l->cursor_row < s->top) s->top = l->cursor_row;
    if (l->cursor_row >= s->top + height) s->top = l->cursor_row - height + 1;
    *ret_from = s->top;
    *ret_to = l->count - s->top > height ? s->top + height : l->count;
}

static void draw(struct screen *s, struct buf *out, const struct layout *l, const struct editor *ed, struct str hint, bool leaving) {
    struct str text = l->text;
    uint8_t *styles = s->colors && text.size_bytes > 0 ? mem_alloc(text.size_bytes) : NULL;
    uint32_t from = 0, to = l->count;
    if (styles != NULL) highlight(text, leaving ? SIZE_MAX - 1 : editor_cursor(ed), styles);
    choose_window(s, l, &from, &to);
    go_up(out, s->cursor_row);
    buf_text(out, "\x1b[J");
    put_rows(out, s, l, styles, from, to);
    uint32_t below = leaving || to - from + 2 > s->rows ? 0 : put_below(out, s, ed, hint);
    s->last_row = to - from - 1 + below;
    s->cursor_row = l->cursor_row - from;
    if (!leaving) {
        go_up(out, s->last_row - s->cursor_row);
        if (l->cursor_column > 0) buf_format(out, "\x1b[%uC", l->cursor_column);
    }
    mem_free(styles);
}

void screen_draw(struct screen *s, struct buf *out, struct str prompt, struct str more_prompt, const struct editor *ed, struct str hint) {
    struct layout l;
    assert(s->rows > 0 && s->columns > 0);
    if (begin_layout(&l, s, prompt, more_prompt, ed)) draw(s, out, &l, ed, hint, false);
    mem_free(l.rows);
}

void screen_leave(struct screen *s, struct buf *out, struct str prompt, struct str more_prompt, const struct editor *ed) {
    struct layout l;
    assert(s->rows > 0 && s->columns > 0);
    if (begin_layout(&l, s, prompt, more_prompt, ed)) draw(s, out, &l, ed, STR(""), true);
    mem_free(l.rows);
    buf_text(out, "\r\n");
    screen_forget(s);
}

void screen_forget(struct screen *s) { s->cursor_row = s->last_row = s->top = 0; }

void screen_resize(struct screen *s, uint32_t rows, uint32_t columns, struct str prompt, struct str more_prompt, const struct editor *ed) {
    struct layout l;
    s->rows = rows;
    s->columns = columns;
    if (begin_layout(&l, s, prompt, more_prompt, ed)) {
        uint32_t height = rows > 2 ? rows - 1 : 1;
        s->cursor_row = l.cursor_row < height ? l.cursor_row : height - 1;
    }
    mem_free(l.rows);
}
