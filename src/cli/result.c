/* SPDX-License-Identifier: Apache-2.0 */
/*
 * result: the printers of SELECT results. Streaming formats (changelog, json, csv) append to one
 * buffer that is written when it is large or when the job says that nothing more is there; folding
 * formats (table, markdown) keep the rows as texts and print at the end.
 */
#include "cli/result.h"

#include "cli/grid.h"
#include "cli/sheet.h"
#include "vec/value.h"

#include <assert.h>

enum { WRITE_AT_BYTES = 1 << 16 };

struct result {
    struct arena *arena;
    struct env *env;
    struct env_file *file;
    const struct plan *plan;
    const struct node *sink;
    enum output_format format;
    bool updating;
    struct sheet *sheet;   /* folding formats only */
    struct buf out, row;
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

void result_print_json_text(struct buf *out, struct str s) {
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
        result_print_json_text(out, r->plan->result_names[i]);
        buf_char(out, ':');
        value_print_json(out, b->columns[i], row, r->plan->session->eval.zone);
    }
    buf_text(out, r->updating ? "}}\n" : "}\n");
}

static void print_csv_cell(struct buf *out, struct str s) {
    bool quote = s.size_bytes == 0; /* an empty text; NULL is an empty cell */
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
        value_print_shown(&r->row, b->columns[i], row, r->plan->session->eval.zone);
        print_csv_cell(&r->out, buf_view(&r->row));
    }
    buf_char(&r->out, '\n');
}

/* ---- folding formats --------------------------------------------------------------------------------- */

void result_print_table(struct buf *out, const struct str *names, uint32_t count, struct str *const *rows, uint32_t row_count) {
    grid_print(out, &(struct grid_look){0}, names, count, rows, row_count);
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

static enum status print_folded(struct result *r) {
    struct str **rows = NULL;
    uint32_t n = 0;
    TRY(sheet_rows(r->sheet, r->arena, 0, UINT32_MAX, &rows, &n));
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
    default: return sheet_take(r->sheet, b, row);
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
                         .format = choose(plan, env, out, format), .out = BUF_INIT, .row = BUF_INIT};
    const struct node *query = r->sink->inputs.at[0];
    r->updating = (query->produces & ~(uint32_t)CHANGE_I) != 0;
    bool folds = r->format == OUTPUT_TABLE || r->format == OUTPUT_MARKDOWN;
    if (folds && (r->sheet = sheet_new(plan, false, UINT32_MAX)) == NULL) return error_no_memory(e, sizeof *r);
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
    sheet_free(r->sheet);
}

enum status result_finish(struct result *r, struct error *e) {
    if (r->format == OUTPUT_TABLE || r->format == OUTPUT_MARKDOWN) {
        if (print_folded(r) != STATUS_OK) return error_no_memory(e, 0);
    }
    return write_out(r, e);
}

uint64_t result_rows(const struct result *r) { return r->rows; }
