/* SPDX-License-Identifier: Apache-2.0 */
/*
 * live: the thread that draws a running query in place. It sleeps until something changes and then until the
 * last drawing is REDRAW_MS ago, so a quiet query costs nothing and a busy one ten drawings per second; each
 * takes the lock for as long as it takes to copy the rows that fit.
 *
 * A frame is erased by going up as many rows as it has, counted for the terminal's width of now, since
 * terminals wrap lines anew when they become narrower.
 */
#include "cli/view_internal.h"

#include "base/alloc.h"
#include "cli/talk.h"
#include "shell/style.h"
#include "shell/width.h"
#include "type/timestamp.h"

#include <assert.h>
#include <inttypes.h>

enum { FIRST_MS = 200, REDRAW_MS = 100, LINES_BESIDE_ROWS = 6, FRAME_LINES_MAX = 512, NS_PER_MS = 1000000 };

struct live {
    struct view *view;
    struct env_thread *thread;
    struct env_wait *wait;
    atomic_bool dirty, done;
    int64_t started_ns, drawn_ns;   /* drawn_ns: of the last frame; 0 none */
    uint64_t drawn_rows;            /* that were read by then */
    double rate;
    uint32_t line_widths[FRAME_LINES_MAX];
    uint32_t lines;                 /* of the frame on the screen; 0: none */
};

/* ---- the frame ---------------------------------------------------------------------------------------- */

static void put_elapsed(struct buf *out, int64_t ns) {
    int64_t tenths = ns / (100 * NS_PER_MS), seconds = tenths / 10;
    if (seconds < 60) buf_format(out, "%" PRId64 ".%" PRId64 " s", seconds, tenths % 10);
    else buf_format(out, "%" PRId64 ":%02" PRId64 ":%02" PRId64, seconds / 3600, seconds / 60 % 60, seconds % 60);
}

/* Rows per second since the last frame, or over all when it is over. */
static void measure(struct live *l, uint64_t rows, int64_t now, bool over) {
    int64_t from = over || l->drawn_ns == 0 ? l->started_ns : l->drawn_ns;
    uint64_t before = over ? 0 : l->drawn_rows;
    double seconds = (double)(now - from) / 1e9;
    l->rate = seconds > 0 ? (double)(rows - before) / seconds : 0;
    l->drawn_rows = rows;
}

/* Where the input has an end: how much of it is read, and when the rest will be. */
static void put_part_done(struct buf *out, const struct job_metrics *m, int64_t spent_ns) {
    if (m->bytes_total == 0 || m->bytes_done > m->bytes_total) return;
    double part = (double)m->bytes_done / (double)m->bytes_total, spent = (double)spent_ns / 1e9;
    buf_format(out, ", %.0f %%", part * 100);
    if (part > 0.01 && part < 1) buf_format(out, ", %.0f s left", spent / part - spent);
}

static void put_status(struct view *v, struct live *l, struct buf *out, uint32_t shown, bool over) {
    struct job_metrics m = {.watermark_ms = WATERMARK_MIN};
    int64_t now = env_monotonic_ns(v->env);
    uint32_t count = sheet_count(v->sheet);
    if (v->job != NULL) job_metrics_read(v->job, &m);
    measure(l, m.rows_in, now, over);
    buf_format(out, "%s%u row%s", over ? "Stopped: " : "", count, count == 1 ? "" : "s");
    if (shown < count) buf_format(out, " (%u shown)", shown);
    buf_format(out, ", %.0f rows/s, ", l->rate);
    put_elapsed(out, now - l->started_ns);
    if (!over) put_part_done(out, &m, now - l->started_ns);
    if (m.watermark_ms > WATERMARK_MIN && m.watermark_ms < WATERMARK_MAX) {
        buf_text(out, ", watermark ");
        ts_print(out, ts_from_millis(m.watermark_ms), 3);
    }
    buf_format(out, ", %" PRIu64 " read", m.rows_in);
    if (v->kind == VIEW_TABLE && v->changes != count) buf_format(out, ", %" PRIu64 " changes", v->changes);
    if (!over) buf_text(out, "; Ctrl-C ends it");
}

static uint32_t rows_that_fit(const struct view *v) {
    uint32_t rows = 0, columns = 0;
    env_terminal_size(v->terminal, &rows, &columns);
    return rows > LINES_BESIDE_ROWS + 1 ? rows - LINES_BESIDE_ROWS : 1;
}

void live_frame(struct view *v, struct live *l, struct buf *out, uint32_t rows_max, bool over) {
    struct buf status = BUF_INIT;
    struct str **rows = NULL;
    const bool *right = NULL;
    uint32_t n = 0, columns = 0, limit = rows_max == 0 ? rows_that_fit(v) : rows_max;
    struct arena *a = arena_new("frame", 0);
    const struct str *names = sheet_names(v->sheet, &columns, &right);
    struct grid_look look = view_grid(v, right);
    /* Of a table the first rows, of changes the last ones. */
    uint32_t count = sheet_count(v->sheet), skip = v->kind == VIEW_CHANGES && count > limit ? count - limit : 0;
    if (a != NULL && sheet_rows(v->sheet, a, skip, limit, &rows, &n) == STATUS_OK) {
        grid_print(out, &look, names, columns, rows, n);
        put_status(v, l, &status, n, over);
        if (v->look.colors) buf_text(out, style_begin(STYLE_DIM));
        text_clean(out, buf_view(&status), look.line_max > 1 ? look.line_max - 1 : 1);
        if (v->look.colors) buf_text(out, STYLE_END);
    }
    buf_deinit(&status);
    arena_free(a);
}

/* ---- on the screen --------------------------------------------------------------------------------------- */

/* Cells of a line of a frame: what is no escape sequence. */
static uint32_t line_width(struct str line) {
    uint32_t width = 0;
    size_t from = 0;
    for (size_t i = 0; i <= line.size_bytes; i++) {
        if (i < line.size_bytes && line.at[i] != '\x1b') continue;
        width += text_width((struct str){line.at + from, i - from});
        while (i < line.size_bytes && line.at[i] != 'm') i++;
        from = i + 1 <= line.size_bytes ? i + 1 : line.size_bytes;
    }
    return width;
}

static void remember_lines(struct live *l, struct str frame) {
    size_t from = 0;
    l->lines = 0;
    for (size_t i = 0; i <= frame.size_bytes && l->lines < FRAME_LINES_MAX; i++) {
        if (i < frame.size_bytes && frame.at[i] != '\n') continue;
        l->line_widths[l->lines++] = line_width((struct str){frame.at + from, i - from});
        from = i + 1;
    }
}

/* Goes to the first cell of the frame and erases it. The cursor stands in its last row. */
static void erase(struct live *l, struct buf *out) {
    uint32_t rows = 0, columns = 0, up = 0;
    if (l->lines == 0) return;
    env_terminal_size(l->view->terminal, &rows, &columns);
    for (uint32_t i = 0; i < l->lines; i++) {
        up += l->line_widths[i] <= columns ? 1 : (l->line_widths[i] + columns - 1) / columns;
    }
    if (up > rows) up = rows;
    if (up > 1) buf_format(out, "\x1b[%uA", up - 1);
    buf_text(out, "\r\x1b[J");
    l->lines = 0;
}

static void draw(struct live *l) {
    struct view *v = l->view;
    struct buf out = BUF_INIT, frame = BUF_INIT;
    struct error ignored = ERROR_INIT;
    erase(l, &out);
    env_lock_take(v->lock);
    live_frame(v, l, &frame, 0, false);
    env_lock_give(v->lock);
    buf_str(&out, buf_view(&frame));
    if (!out.failed && !frame.failed) {
        (void)env_write(v->env, env_stdout(v->env), out.at, out.size_bytes, &ignored);
        remember_lines(l, buf_view(&frame));
    }
    l->drawn_ns = env_monotonic_ns(v->env);
    buf_deinit(&frame);
    buf_deinit(&out);
}

static void live_loop(void *argument) {
    struct live *l = argument;
    while (!atomic_load(&l->done)) {
        int64_t now = env_monotonic_ns(l->view->env);
        int64_t due = l->drawn_ns == 0 ? l->started_ns + FIRST_MS * (int64_t)NS_PER_MS : l->drawn_ns + REDRAW_MS * (int64_t)NS_PER_MS;
        if (!atomic_load(&l->dirty)) {
            env_wait_sleep(l->view->env, l->wait, -1);
        } else if (now < due) {
            env_wait_sleep(l->view->env, l->wait, due - now);
        } else {
            atomic_store(&l->dirty, false);
            draw(l);
        }
    }
}

enum status live_start(struct view *v, struct live **ret, struct error *e) {
    struct live *l = mem_calloc(1, sizeof *l);
    assert(v->sheet != NULL);
    if (l == NULL) return error_no_memory(e, sizeof *l);
    l->view = v;
    l->started_ns = env_monotonic_ns(v->env);
    atomic_store(&l->dirty, true); /* an empty table, when nothing comes for a moment */
    l->wait = env_wait_new(v->env);
    enum status s = l->wait == NULL ? error_no_memory(e, sizeof *l) : env_thread_start(v->env, "live", live_loop, l, &l->thread, e);
    if (s != STATUS_OK) {
        env_wait_free(v->env, l->wait);
        mem_free(l);
        return s;
    }
    *ret = l;
    return STATUS_OK;
}

void live_touch(struct live *l) {
    if (!atomic_exchange(&l->dirty, true)) env_wait_wake(l->view->env, l->wait);
}

void live_end(struct live *l, bool *ret_drawn) {
    struct buf out = BUF_INIT;
    struct error ignored = ERROR_INIT;
    atomic_store(&l->done, true);
    env_wait_wake(l->view->env, l->wait);
    env_thread_join(l->view->env, l->thread);
    env_wait_free(l->view->env, l->wait);
    *ret_drawn = l->lines > 0;
    erase(l, &out);
    if (out.size_bytes > 0) (void)env_write(l->view->env, env_stdout(l->view->env), out.at, out.size_bytes, &ignored);
    buf_deinit(&out);
}
