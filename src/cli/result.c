/* SPDX-License-Identifier: Apache-2.0 */
/*
 * result: the printers of SELECT results. Streaming formats (changelog, json, csv) append to one
 * buffer that is written when it is large or when the job says that nothing more is there; folding
 * formats (table, markdown) keep the rows as texts and print at the end.
 *
 * A table's cells are joined by 0x1f in the fold, NULL is a lone 0x00.
 */
#include "cli/result.h"

#include "api/fold.h"
#include "vec/value.h"

#include <assert.h>

enum { WRITE_AT_BYTES = 1 << 16, CELL_END = 0x1f };

struct result {
    struct arena *arena;
    struct env *env;
    struct env_file *file;
    const struct plan *plan;
    const struct node *sink;
    enum output_format format;
    bool updating;
    struct fold *fold;
    struct buf out, row, key;
    uint64_t rows;
};

static const struct node *root_of(const struct plan *plan) {
    assert(plan->sinks.count == 1);
    return plan->sinks.at[0];
}

static uint32_t column_count(const struct result *r) { return r->plan->result->child_count; }

/* ---- single rows ---------------------------------------------------------------------------------- */

void result_print_schema(struct buf *out, const struct plan *plan) {
    buf_text(out, "-- ");
    for (uint32_t i = 0; i < plan->result->child_count; i++) {
        if (i != 0) buf_text(out, ", ");
        buf_str(out, plan->result_names[i]);
        buf_char(out, ' ');
        type_plain(out, plan->result->children[i].type);
    }
}

void result_print_change(struct buf *out, const struct batch *b, uint32_t row) {
    buf_text(out, row_kind_text(batch_kind(b, row)));
    buf_char(out, '[');
    for (uint32_t i = 0; i < b->column_count; i++) {
        if (i != 0) buf_text(out, ", ");
        value_print_java(out, b->columns[i], row);
    }
    buf_char(out, ']');
}

static void print_json_text(struct buf *out, struct str s) {
    buf_char(out, '"');
    for (size_t i = 0; i < s.size_bytes; i++) {
        unsigned char c = (unsigned char)s.at[i];
        if (c == '"' || c == '\\') buf_char(out, '\\');
        if (c < 0x20) {
            buf_format(out, "\\u%04x", c);
        } else {
            buf_char(out, (char)c);
        }
    }
    buf_char(out, '"');
}

static void print_json(struct result *r, const struct batch *b, uint32_t row) {
    struct buf *out = &r->out;
    buf_char(out, '{');
    if (r->updating) buf_format(out, "\"op\":\"%s\",\"row\":{", row_kind_text(batch_kind(b, row)));
    for (uint32_t i = 0; i < b->column_count; i++) {
        if (i != 0) buf_char(out, ',');
        print_json_text(out, r->plan->result_names[i]);
        buf_char(out, ':');
        value_print_json(out, b->columns[i], row, r->plan->session->eval.zone);
    }
    buf_text(out, r->updating ? "}}\n" : "}\n");
}

static void print_csv_cell(struct buf *out, struct str s) {
    bool quote = false;
    for (size_t i = 0; i < s.size_bytes; i++) {
        char c = s.at[i];
        quote = quote || c == ',' || c == '"' || c == '\n' || c == '\r';
    }
    if (!quote) {
        buf_str(out, s);
        return;
    }
    buf_char(out, '"');
    for (size_t i = 0; i < s.size_bytes; i++) {
        if (s.at[i] == '"') buf_char(out, '"');
        buf_char(out, s.at[i]);
    }
    buf_char(out, '"');
}

static void print_csv(struct result *r, const struct batch *b, uint32_t row) {
    if (r->updating) buf_format(&r->out, "%s,", row_kind_text(batch_kind(b, row)));
    for (uint32_t i = 0; i < b->column_count; i++) {
        if (i != 0) buf_char(&r->out, ',');
        if (vec_is_null(b->columns[i], row)) continue;
        buf_reset(&r->row);
        value_print_sql(&r->row, b->columns[i], row, r->plan->session->eval.zone);
        print_csv_cell(&r->out, buf_view(&r->row));
    }
    buf_char(&r->out, '\n');
}

/* ---- folding formats --------------------------------------------------------------------------------- */

static void print_cell(struct result *r, struct buf *out, const struct batch *b, uint32_t column, uint32_t row) {
    if (vec_is_null(b->columns[column], row)) {
        buf_char(out, '\0');
    } else {
        value_print_sql(out, b->columns[column], row, r->plan->session->eval.zone);
    }
    buf_char(out, CELL_END);
}

static enum status fold_row(struct result *r, const struct batch *b, uint32_t row) {
    const struct sink_params *p = &r->sink->as.sink;
    buf_reset(&r->row);
    buf_reset(&r->key);
    for (uint32_t i = 0; i < b->column_count; i++) print_cell(r, &r->row, b, i, row);
    for (uint32_t i = 0; i < p->upsert_key_count; i++) print_cell(r, &r->key, b, p->upsert_keys[i], row);
    if (r->row.failed || r->key.failed) return STATUS_NO_MEMORY;
    struct str key = p->upsert_key_count == 0 ? (struct str){NULL, 0} : buf_view(&r->key);
    return fold_apply(r->fold, batch_kind(b, row), key, buf_view(&r->row));
}

static uint32_t display_width(struct str s) {
    uint32_t n = 0;
    for (size_t i = 0; i < s.size_bytes; i++) n += ((unsigned char)s.at[i] & 0xc0) != 0x80;
    return n;
}

static void print_padded(struct buf *out, struct str s, uint32_t width, bool right) {
    uint32_t pad = width - display_width(s);
    for (uint32_t i = 0; right && i < pad; i++) buf_char(out, ' ');
    buf_str(out, s);
    for (uint32_t i = 0; !right && i < pad; i++) buf_char(out, ' ');
}

static void print_rule(struct buf *out, const uint32_t *widths, uint32_t count) {
    for (uint32_t c = 0; c < count; c++) {
        buf_char(out, '+');
        for (uint32_t i = 0; i < widths[c] + 2; i++) buf_char(out, '-');
    }
    buf_text(out, "+\n");
}

static void print_line(struct buf *out, const struct str *cells, const uint32_t *widths, uint32_t count) {
    for (uint32_t c = 0; c < count; c++) {
        buf_text(out, "| ");
        print_padded(out, cells[c].at == NULL ? STR("<NULL>") : cells[c], widths[c], true);
        buf_char(out, ' ');
    }
    buf_text(out, "|\n");
}

void result_print_table(struct buf *out, const struct str *names, uint32_t count, struct str *const *rows, uint32_t row_count) {
    enum { COLUMNS_MAX = 2048 };
    uint32_t widths[COLUMNS_MAX];
    if (count > COLUMNS_MAX) count = COLUMNS_MAX;
    for (uint32_t c = 0; c < count; c++) {
        widths[c] = display_width(names[c]);
        for (uint32_t i = 0; i < row_count; i++) {
            uint32_t w = rows[i][c].at == NULL ? 6 : display_width(rows[i][c]);
            if (w > widths[c]) widths[c] = w;
        }
    }
    print_rule(out, widths, count);
    print_line(out, names, widths, count);
    print_rule(out, widths, count);
    for (uint32_t i = 0; i < row_count; i++) print_line(out, rows[i], widths, count);
    if (row_count > 0) print_rule(out, widths, count);
    buf_format(out, "%u row%s in set\n", row_count, row_count == 1 ? "" : "s");
}

static void print_markdown(struct buf *out, const struct str *names, uint32_t count, struct str *const *rows, uint32_t row_count) {
    for (uint32_t c = 0; c < count; c++) buf_format(out, "| %.*s ", STR_ARG(names[c]));
    buf_text(out, "|\n");
    for (uint32_t c = 0; c < count; c++) buf_text(out, "|---");
    buf_text(out, "|\n");
    for (uint32_t i = 0; i < row_count; i++) {
        for (uint32_t c = 0; c < count; c++) {
            buf_text(out, "| ");
            for (size_t k = 0; rows[i][c].at != NULL && k < rows[i][c].size_bytes; k++) {
                if (rows[i][c].at[k] == '|') buf_char(out, '\\');
                buf_char(out, rows[i][c].at[k] == '\n' ? ' ' : rows[i][c].at[k]);
            }
            buf_char(out, ' ');
        }
        buf_text(out, "|\n");
    }
}

static struct str *split_cells(struct result *r, struct str row) {
    struct str *cells = ARENA_ARRAY(r->arena, struct str, column_count(r));
    size_t from = 0;
    uint32_t c = 0;
    for (size_t i = 0; cells != NULL && i < row.size_bytes && c < column_count(r); i++) {
        if (row.at[i] != CELL_END) continue;
        cells[c] = (struct str){row.at + from, i - from};
        if (cells[c].size_bytes == 1 && cells[c].at[0] == '\0') cells[c] = (struct str){NULL, 0};
        c++;
        from = i + 1;
    }
    return cells;
}

static enum status print_folded(struct result *r) {
    struct str **rows = ARENA_ARRAY(r->arena, struct str *, fold_count(r->fold));
    if (rows == NULL) return STATUS_NO_MEMORY;
    uint32_t n = 0;
    for (uint32_t i = 0; i < fold_slots(r->fold); i++) {
        struct str row = fold_at(r->fold, i);
        if (row.at == NULL) continue;
        rows[n] = split_cells(r, row);
        if (rows[n++] == NULL) return STATUS_NO_MEMORY;
    }
    if (r->format == OUTPUT_MARKDOWN) {
        print_markdown(&r->out, r->plan->result_names, column_count(r), rows, n);
    } else {
        result_print_table(&r->out, r->plan->result_names, column_count(r), rows, n);
    }
    return STATUS_OK;
}

/* ---- the sink -------------------------------------------------------------------------------------------- */

static enum status write_out(struct result *r, struct error *e) {
    if (r->out.failed) return error_no_memory(e, WRITE_AT_BYTES);
    if (r->out.size_bytes == 0) return STATUS_OK;
    enum status s = env_write(r->env, r->file, r->out.at, r->out.size_bytes, e);
    buf_reset(&r->out);
    return s;
}

static enum status print_row(struct result *r, const struct batch *b, uint32_t row) {
    switch (r->format) {
    case OUTPUT_CHANGELOG:
        result_print_change(&r->out, b, row);
        buf_char(&r->out, '\n');
        return STATUS_OK;
    case OUTPUT_JSON: print_json(r, b, row); return STATUS_OK;
    case OUTPUT_CSV: print_csv(r, b, row); return STATUS_OK;
    default: return fold_row(r, b, row);
    }
}

static enum status take_batch(void *context, const struct batch *b, struct error *e) {
    struct result *r = context;
    struct rows rows = batch_rows(b);
    for (uint32_t i = 0; i < rows.count; i++) {
        if (print_row(r, b, rows_at(&rows, i)) != STATUS_OK) return error_no_memory(e, 0);
        r->rows++;
        if (r->out.size_bytes >= WRITE_AT_BYTES) TRY(write_out(r, e));
    }
    return STATUS_OK;
}

static enum status take_flush(void *context, struct error *e) { return write_out(context, e); }

struct result_sink result_sink(struct result *r) {
    return (struct result_sink){.batch = take_batch, .flush = take_flush, .context = r};
}

static enum output_format choose(const struct plan *plan, struct env *env, struct env_file *out, enum output_format asked) {
    bool folds = asked == OUTPUT_TABLE || asked == OUTPUT_MARKDOWN;
    if (folds && !plan->bounded) return OUTPUT_CHANGELOG;
    if (asked != OUTPUT_AUTO) return asked;
    if (!env_isatty(env, out)) return OUTPUT_JSON;
    return plan->bounded ? OUTPUT_TABLE : OUTPUT_CHANGELOG;
}

enum status result_new(struct arena *a, struct env *env, struct env_file *out, const struct plan *plan,
                       enum output_format format, bool schema, struct result **ret, struct error *e) {
    struct result *r = ARENA_NEW(a, struct result);
    if (r == NULL) return error_no_memory(e, sizeof *r);
    *r = (struct result){.arena = a, .env = env, .file = out, .plan = plan, .sink = root_of(plan),
                         .format = choose(plan, env, out, format), .out = BUF_INIT, .row = BUF_INIT, .key = BUF_INIT};
    const struct node *query = r->sink->inputs.at[0];
    r->updating = (query->produces & ~(uint32_t)CHANGE_I) != 0;
    r->fold = fold_new(a);
    if (r->fold == NULL) return error_no_memory(e, sizeof *r);
    if (schema) {
        result_print_schema(&r->out, plan);
        buf_char(&r->out, '\n');
    }
    for (uint32_t i = 0; r->format == OUTPUT_CSV && i < column_count(r); i++) {
        if (i == 0 && r->updating) buf_text(&r->out, "op,");
        if (i != 0) buf_char(&r->out, ',');
        print_csv_cell(&r->out, plan->result_names[i]);
        if (i + 1 == column_count(r)) buf_char(&r->out, '\n');
    }
    *ret = r;
    return STATUS_OK;
}

void result_free(struct result *r) {
    if (r == NULL) return;
    buf_deinit(&r->out);
    buf_deinit(&r->row);
    buf_deinit(&r->key);
}

enum status result_finish(struct result *r, struct error *e) {
    if (r->format == OUTPUT_TABLE || r->format == OUTPUT_MARKDOWN) {
        if (print_folded(r) != STATUS_OK) return error_no_memory(e, 0);
    }
    return write_out(r, e);
}

uint64_t result_rows(const struct result *r) { return r->rows; }
