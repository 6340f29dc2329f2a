/* SPDX-License-Identifier: Apache-2.0 */
/*
 * view: what becomes of a SELECT's rows: they are kept as they come (up to KEPT_ROWS_MAX, for .last), and go
 * to a sheet of texts or to the printers of --format. At the end a table is printed whole, or as many rows as
 * are wanted, by the pager where it does not fit.
 */
#include "cli/view_internal.h"

#include "base/alloc.h"
#include "catalog/session.h"
#include "cli/talk.h"

#include <assert.h>

enum { KEPT_ROWS_MAX = 50000, KEPT_BATCH_ROWS = 256, TABLEAU_TEXT = 30 };

static bool is_set(struct str variable) { return variable.at != NULL && variable.size_bytes > 0; }

enum status view_new(struct env *env, struct env_terminal *terminal, struct view **ret, struct error *e) {
    assert(env != NULL && terminal != NULL);
    struct view *v = mem_calloc(1, sizeof *v);
    if (v == NULL) return error_no_memory(e, sizeof *v);
    v->env = env;
    v->terminal = terminal;
    struct str term = env_variable(env, "TERM");
    v->look.ansi = is_set(term) && !str_equal(term, STR("dumb"));
    v->look.colors = v->look.ansi && !is_set(env_variable(env, "NO_COLOR"));
    v->lock = env_lock_new(env);
    if (v->lock == NULL) {
        mem_free(v);
        return error_no_memory(e, sizeof *v);
    }
    *ret = v;
    return STATUS_OK;
}

/* Forgets the last result. */
static void forget(struct view *v) {
    for (uint32_t i = 0; i < v->kept.count; i++) batch_buffer_free(v->kept.at[i]);
    v->kept = (struct list){0};
    v->kept_rows = v->changes = 0;
    v->too_large = false;
    v->tableau_widths = NULL;
    sheet_free(v->sheet);
    v->sheet = NULL;
    arena_free(v->arena);
    v->arena = NULL;
    v->plan = NULL;
}

void view_free(struct view *v) {
    if (v == NULL) return;
    forget(v);
    env_lock_free(v->env, v->lock);
    mem_free(v);
}

struct view_look *view_look(struct view *v) { return &v->look; }

struct grid_look view_grid(const struct view *v, const bool *right) {
    uint32_t rows = 0, columns = 0;
    env_terminal_size(v->terminal, &rows, &columns);
    return (struct grid_look){.cell_max = v->cell_max, .line_max = columns,
                              .clean = true, .colors = v->look.colors, .right = right};
}

static enum view_kind kind_of(const struct view *v, const struct plan *plan, enum output_format mode) {
    static const enum view_kind modes[] = {VIEW_TABLE, VIEW_CHANGES, VIEW_TABLEAU}; /* as in the option's row */
    if (mode == OUTPUT_TABLE) return VIEW_TABLE;
    if (mode == OUTPUT_CHANGELOG) return VIEW_CHANGES;
    if (mode != OUTPUT_AUTO) return VIEW_STREAM;
    enum view_kind kind = modes[session_get(plan->session, "sql-client.execution.result-mode").number];
    return !v->look.ansi && !plan->bounded ? VIEW_TABLEAU : kind;
}

static uint32_t table_rows_max(const struct plan *plan) {
    int64_t n = session_int(plan->session, "sql-client.execution.max-table-result.rows");
    return n <= 0 || n > UINT32_MAX / 2 ? UINT32_MAX / 2 : (uint32_t)n;
}

/* ---- tableau: a table line by line ------------------------------------------------------------------- */

/* Widths that the types tell, since the rows are not there yet; as Flink's client has them. */
static uint32_t tableau_width(const struct type *t, uint32_t text) {
    switch (t->root) {
    case TYPE_BOOLEAN: return 5;
    case TYPE_TINYINT: return 4;
    case TYPE_SMALLINT: return 6;
    case TYPE_INT: return 11;
    case TYPE_BIGINT: return 20;
    case TYPE_DATE: return 10;
    case TYPE_DECIMAL: return (uint32_t)t->precision + 2;
    case TYPE_TIMESTAMP:
    case TYPE_TIMESTAMP_LTZ: return t->precision == 0 ? 19 : 20 + (uint32_t)t->precision;
    default: return text;
    }
}

static enum status tableau_begin(struct view *v, struct buf *out) {
    const bool *right = NULL;
    uint32_t count = 0;
    const struct str *names = sheet_names(v->sheet, &count, &right);
    struct grid_look look = view_grid(v, right);
    uint32_t *widths = ARENA_ARRAY(v->arena, uint32_t, count + 1);
    if (widths == NULL) return STATUS_NO_MEMORY;
    widths[0] = 2;
    for (uint32_t i = 1; i < count; i++) {
        widths[i] = tableau_width(v->plan->result->children[i - 1].type, look.cell_max == 0 ? TABLEAU_TEXT : look.cell_max);
        if (names[i].size_bytes > widths[i]) widths[i] = (uint32_t)names[i].size_bytes;
    }
    v->tableau_widths = widths;
    grid_rule(out, widths, count);
    grid_line(out, &look, names, widths, count, true);
    grid_rule(out, widths, count);
    return STATUS_OK;
}

/* The rows that came since the last call; the sheet is emptied. */
static enum status tableau_flush(struct view *v, struct error *e) {
    struct buf out = BUF_INIT;
    const bool *right = NULL;
    uint32_t count = 0, n = 0;
    struct str **rows = NULL;
    struct arena *a = arena_new("tableau", 0);
    enum status s = a == NULL ? STATUS_NO_MEMORY : STATUS_OK;
    if (s == STATUS_OK && v->tableau_widths == NULL) s = tableau_begin(v, &out);
    if (s == STATUS_OK) s = sheet_rows(v->sheet, a, 0, UINT32_MAX, &rows, &n);
    (void)sheet_names(v->sheet, &count, &right);
    struct grid_look look = view_grid(v, right);
    for (uint32_t i = 0; i < n; i++) grid_line(&out, &look, rows[i], v->tableau_widths, count, false);
    sheet_clear(v->sheet);
    s = s != STATUS_OK ? error_no_memory(e, 0) : talk_out(v->env, &out, e);
    buf_deinit(&out);
    arena_free(a);
    return s;
}

/* ---- rows coming -------------------------------------------------------------------------------------- */

static enum status keep_row(struct view *v, const struct batch *b, uint32_t row) {
    struct batch_buffer *last = v->kept.count == 0 ? NULL : v->kept.at[v->kept.count - 1];
    if (last == NULL || batch_buffer_full(last)) {
        TRY(batch_buffer_new(v->arena, v->types, b->column_count, KEPT_BATCH_ROWS, &last));
        TRY(list_push(&v->kept, v->arena, last));
    }
    v->kept_rows++;
    return batch_buffer_copy_row(last, b, row, batch_kind(b, row));
}

static void stop_keeping(struct view *v) {
    v->too_large = true;
    for (uint32_t i = 0; i < v->kept.count; i++) batch_buffer_reset(v->kept.at[i]);
}

static enum status take_locked(struct view *v, const struct batch *b) {
    struct rows rows = batch_rows(b);
    for (uint32_t i = 0; i < rows.count; i++) {
        uint32_t row = rows_at(&rows, i);
        v->changes++;
        if (v->sheet != NULL) TRY(sheet_take(v->sheet, b, row));
        if (v->too_large) continue;
        if (v->kept_rows == KEPT_ROWS_MAX) stop_keeping(v);
        else TRY(keep_row(v, b, row));
    }
    return STATUS_OK;
}

static enum status take_batch(void *context, const struct batch *b, struct error *e) {
    struct view *v = context;
    env_lock_take(v->lock);
    enum status s = take_locked(v, b);
    env_lock_give(v->lock);
    if (s != STATUS_OK) return error_no_memory(e, 0);
    if (v->live != NULL) live_touch(v->live);
    if (v->stream == NULL) return STATUS_OK;
    struct result_sink sink = result_sink(v->stream);
    return sink.batch(sink.context, b, e);
}

static enum status take_flush(void *context, struct error *e) {
    struct view *v = context;
    if (v->kind == VIEW_TABLEAU) return tableau_flush(v, e);
    if (v->stream == NULL) return STATUS_OK;
    struct result_sink sink = result_sink(v->stream);
    return sink.flush(sink.context, e);
}

static enum status note_columns(struct view *v) {
    const struct type *row = v->plan->result;
    const struct session *session = v->plan->session;
    bool old = session_get(session, "sql-client.display.max-column-width").given && !session_get(session, "table.display.max-column-width").given;
    int64_t width = session_int(session, old ? "sql-client.display.max-column-width" : "table.display.max-column-width");
    v->cell_max = width <= 0 || width > UINT16_MAX ? 0 : (uint32_t)width;
    v->types = ARENA_ARRAY(v->arena, const struct type *, row->child_count + 1);
    for (uint32_t i = 0; v->types != NULL && i < row->child_count; i++) v->types[i] = row->children[i].type;
    return v->types == NULL ? STATUS_NO_MEMORY : STATUS_OK;
}

static enum status open_kind(struct view *v, enum output_format mode, bool schema, struct error *e) {
    v->kind = kind_of(v, v->plan, mode);
    if (v->kind == VIEW_STREAM) {
        return result_new(v->arena, v->env, env_stdout(v->env), v->plan, mode, schema, &v->stream, e);
    }
    v->sheet = sheet_new(v->plan, v->kind != VIEW_TABLE, table_rows_max(v->plan));
    return v->sheet == NULL ? error_no_memory(e, 0) : STATUS_OK;
}

enum status view_begin(struct view *v, struct arena *owned, const struct plan *plan, bool schema, struct result_sink *ret, struct error *e) {
    assert(v->live == NULL && plan->result != NULL);
    forget(v);
    v->arena = owned;
    v->plan = plan;
    if (note_columns(v) != STATUS_OK) return error_no_memory(e, 0);
    TRY(open_kind(v, v->look.mode, schema, e));
    *ret = (struct result_sink){.batch = take_batch, .flush = take_flush, .context = v};
    return STATUS_OK;
}

void view_watch(struct view *v, const struct job *job) {
    struct error ignored = ERROR_INIT;
    v->job = job;
    bool in_place = v->look.ansi && (v->kind == VIEW_TABLE || v->kind == VIEW_CHANGES);
    if (in_place) (void)live_start(v, &v->live, &ignored); /* without it the result is printed at the end */
}

/* ---- the end ---------------------------------------------------------------------------------------------- */

enum status view_text(struct view *v, const struct buf *text, struct error *e) {
    struct str pager = env_variable(v->env, "PAGER");
    uint32_t rows = 0, columns = 0, lines = 0;
    env_terminal_size(v->terminal, &rows, &columns);
    if (text->failed) return error_no_memory(e, text->size_bytes);
    for (size_t i = 0; i < text->size_bytes; i++) lines += text->at[i] == '\n';
    if (!v->look.pager || pager.at == NULL || pager.size_bytes == 0 || lines < rows) return talk_out(v->env, text, e);
    struct env_command *command = NULL;
    struct env_file *input = NULL;
    TRY(env_terminal_set(v->terminal, TERMINAL_PLAIN, e));
    TRY(env_command_start(v->env, pager, &command, &input, e));
    enum status s = env_write(v->env, input, text->at, text->size_bytes, e);
    env_command_end(v->env, command, input);
    if (s == STATUS_CLOSED) error_clear(e); /* left before its end */
    return s == STATUS_CLOSED ? STATUS_OK : s;
}

static bool has_pager(const struct view *v) {
    struct str pager = env_variable(v->env, "PAGER");
    return v->look.pager && pager.at != NULL && pager.size_bytes > 0;
}

static void put_count(struct buf *out, uint32_t rows, uint32_t shown, uint32_t columns, uint32_t columns_shown) {
    if (shown < rows) buf_format(out, "%u rows (%u shown)", rows, shown);
    else buf_format(out, "%u row%s in set", rows, rows == 1 ? "" : "s");
    if (columns_shown < columns) buf_format(out, ", %u columns (%u shown)", columns, columns_shown);
}

/* The sheet as a table; a pager gets all rows. */
static enum status print_sheet(struct view *v, const struct sheet *sheet, struct error *e) {
    struct buf out = BUF_INIT;
    struct str **rows = NULL;
    const bool *right = NULL;
    uint32_t n = 0, columns = 0, limit = v->look.rows_max == 0 || has_pager(v) ? UINT32_MAX : v->look.rows_max;
    struct arena *a = arena_new("table", 0);
    enum status s = a == NULL ? STATUS_NO_MEMORY : sheet_rows(sheet, a, 0, limit, &rows, &n);
    const struct str *names = sheet_names(sheet, &columns, &right);
    if (s == STATUS_OK) {
        struct grid_look look = view_grid(v, right);
        uint32_t shown = grid_print(&out, &look, names, columns, rows, n);
        put_count(&out, sheet_count(sheet), n, columns, shown);
        if (sheet_dropped(sheet) > 0) buf_format(&out, ", %llu older ones dropped (sql-client.execution.max-table-result.rows)", (unsigned long long)sheet_dropped(sheet));
        buf_char(&out, '\n');
    }
    s = s == STATUS_OK ? view_text(v, &out, e) : error_no_memory(e, 0);
    buf_deinit(&out);
    arena_free(a);
    return s;
}

/* The answer of SHOW CREATE TABLE is a text of several lines; at == NULL: this is none. */
static struct str only_text(const struct text_table *t) {
    struct str cell = t->rows.count == 1 && t->column_count == 1 ? ((const struct str *)t->rows.at[0])[0] : (struct str){NULL, 0};
    bool lines = cell.at != NULL && memchr(cell.at, '\n', cell.size_bytes) != NULL;
    return lines ? cell : (struct str){NULL, 0};
}

enum status view_table(struct view *v, const struct text_table *t, struct error *e) {
    struct buf out = BUF_INIT;
    bool *right = mem_calloc(t->column_count + 1, sizeof *right); /* texts stand to the left */
    if (right == NULL) return error_no_memory(e, t->column_count);
    struct grid_look look = view_grid(v, right);
    look.cell_max = 0;
    if (only_text(t).at != NULL) {
        buf_str(&out, only_text(t));
    } else {
        uint32_t shown = grid_print(&out, &look, t->names, t->column_count, (struct str *const *)t->rows.at, t->rows.count);
        put_count(&out, t->rows.count, t->rows.count, t->column_count, shown);
    }
    buf_char(&out, '\n');
    enum status s = view_text(v, &out, e);
    buf_deinit(&out);
    mem_free(right);
    return s;
}

/* What stays of a live query that was stopped: the rows that fit. */
static enum status print_last_frame(struct view *v, struct live *l, struct error *e) {
    struct buf out = BUF_INIT;
    live_frame(v, l, &out, 0, true);
    buf_char(&out, '\n');
    enum status s = talk_out(v->env, &out, e);
    buf_deinit(&out);
    return s;
}

static enum status tableau_end(struct view *v, struct error *e) {
    struct buf out = BUF_INIT;
    const bool *right = NULL;
    uint32_t count = 0;
    TRY(tableau_flush(v, e));
    (void)sheet_names(v->sheet, &count, &right);
    if (v->changes > 0) grid_rule(&out, v->tableau_widths, count);
    buf_format(&out, "Received a total of %llu row%s\n", (unsigned long long)v->changes, v->changes == 1 ? "" : "s");
    enum status s = talk_out(v->env, &out, e);
    buf_deinit(&out);
    return s;
}

static enum status stream_end(struct view *v, bool failed, struct error *e) {
    enum status s = failed ? STATUS_OK : result_finish(v->stream, e);
    result_free(v->stream);
    v->stream = NULL;
    return s;
}

enum status view_end(struct view *v, bool stopped, bool failed, struct error *e) {
    bool drawn = false;
    struct live *l = v->live;
    v->live = NULL;
    if (v->stream != NULL) return stream_end(v, failed, e);
    if (v->kind == VIEW_STREAM) return STATUS_OK;
    if (v->kind == VIEW_TABLEAU) return failed ? tableau_flush(v, e) : tableau_end(v, e);
    if (l != NULL) live_end(l, &drawn);
    enum status s = STATUS_OK;
    if (stopped || (failed && drawn)) s = print_last_frame(v, l, e);
    else if (!failed) s = print_sheet(v, v->sheet, e);
    mem_free(l);
    v->job = NULL;
    return s;
}

/* ---- the last result again ----------------------------------------------------------------------------------- */

static enum status replay(struct view *v, struct sheet *sheet, struct result *stream, struct error *e) {
    for (uint32_t i = 0; i < v->kept.count; i++) {
        const struct batch *b = &((struct batch_buffer *)v->kept.at[i])->batch;
        struct rows rows = batch_rows(b);
        if (stream != NULL) {
            struct result_sink sink = result_sink(stream);
            TRY(sink.batch(sink.context, b, e));
        }
        for (uint32_t k = 0; sheet != NULL && k < rows.count; k++) {
            if (sheet_take(sheet, b, rows_at(&rows, k)) != STATUS_OK) return error_no_memory(e, 0);
        }
    }
    return STATUS_OK;
}

static enum status again_as_table(struct view *v, bool changes, struct error *e) {
    struct sheet *sheet = sheet_new(v->plan, changes, table_rows_max(v->plan));
    if (sheet == NULL) return error_no_memory(e, 0);
    enum status s = replay(v, sheet, NULL, e);
    if (s == STATUS_OK) s = print_sheet(v, sheet, e);
    sheet_free(sheet);
    return s;
}

enum status view_again(struct view *v, enum output_format mode, struct error *e) {
    if (v->plan == NULL) return error_set(e, STATUS_NOT_FOUND, "There is no last result");
    if (mode == OUTPUT_AUTO) mode = v->look.mode;
    enum view_kind kind = kind_of(v, v->plan, mode);
    if (v->too_large && v->sheet != NULL && kind == v->kind && kind != VIEW_TABLEAU) return print_sheet(v, v->sheet, e);
    if (v->too_large) return error_set(e, STATUS_NOT_FOUND, "The last result had more than %d changes, too many to keep them", KEPT_ROWS_MAX);
    if (kind != VIEW_STREAM) return again_as_table(v, kind != VIEW_TABLE, e);
    struct result *r = NULL;
    TRY(result_new(v->arena, v->env, env_stdout(v->env), v->plan, mode, false, &r, e));
    enum status s = replay(v, NULL, r, e);
    if (s == STATUS_OK) s = result_finish(r, e);
    result_free(r);
    return s;
}
