/* SPDX-License-Identifier: Apache-2.0 */
/*
 * print and blackhole: the sinks of a first look and of a measurement. print writes each change as
 * Flink's does: "[identifier][:][subtask]> +I[...]", the subtask only with several of them. Lines
 * are buffered and written when the buffer is full or the pipeline is idle.
 */
#include "connector/connectors.h"
#include "connector/row_text.h"

struct print_writer {
    struct sink_writer base;
    struct env *env;
    struct env_file *out;
    struct str prefix;
    struct buf lines;
};

enum { PRINT_BUFFER = 64 * 1024 };

static enum status print_flush(struct sink_writer *base, struct error *e) {
    struct print_writer *w = (struct print_writer *)base;
    if (w->lines.failed) return error_no_memory(e, PRINT_BUFFER);
    if (w->lines.size_bytes == 0) return STATUS_OK;
    enum status st = env_write(w->env, w->out, w->lines.at, w->lines.size_bytes, e);
    buf_reset(&w->lines);
    return st;
}

static enum status print_write(struct sink_writer *base, const struct batch *b, struct error *e) {
    struct print_writer *w = (struct print_writer *)base;
    struct rows rows = batch_rows(b);
    for (uint32_t i = 0; i < rows.count; i++) {
        buf_str(&w->lines, w->prefix);
        row_text_print(&w->lines, b, rows_at(&rows, i));
        buf_char(&w->lines, '\n');
        if (w->lines.size_bytes >= PRINT_BUFFER) TRY(print_flush(base, e));
    }
    base->rows += rows.count;
    return STATUS_OK;
}

static enum status print_prepare(struct sink_writer *base, bool last, enum status (*add)(void *context, struct str committable), void *context, struct error *e) {
    (void)last, (void)add, (void)context;
    return print_flush(base, e);
}

static enum status no_snapshot(struct sink_writer *base, struct buf *out, struct error *e) {
    (void)base, (void)out, (void)e;
    return STATUS_OK;
}

static enum status no_restore(struct sink_writer *base, struct str state, struct error *e) {
    (void)base, (void)state, (void)e;
    return STATUS_OK;
}

static void print_free(struct sink_writer *base) {
    struct print_writer *w = (struct print_writer *)base;
    buf_deinit(&w->lines);
}

static const struct writer_ops print_ops = {print_write, print_flush, print_prepare, no_snapshot, no_restore, print_free};

static struct str print_prefix(const struct sink_context *c) {
    struct str identifier = options_text(&c->sink->options->own, "print-identifier");
    bool several = c->parallelism > 1, named = identifier.size_bytes > 0;
    if (!several && !named) return STR("");
    if (!several) return arena_format(c->arena, "%.*s> ", STR_ARG(identifier));
    return arena_format(c->arena, "%.*s%s%u> ", STR_ARG(identifier), named ? ":" : "", c->subtask + 1);
}

enum status print_writer_new(const struct sink_context *c, struct sink_writer **ret, struct error *e) {
    struct print_writer *w = ARENA_NEW(c->arena, struct print_writer);
    if (w == NULL) return error_no_memory(e, sizeof *w);
    w->base.ops = &print_ops;
    w->env = c->env;
    bool to_error = options_bool(&c->sink->options->own, "standard-error");
    w->out = to_error ? env_stderr(c->env) : c->out != NULL ? c->out : env_stdout(c->env);
    w->prefix = print_prefix(c);
    if (w->prefix.at == NULL) return error_no_memory(e, 0);
    *ret = &w->base;
    return STATUS_OK;
}

static enum status blackhole_write(struct sink_writer *w, const struct batch *b, struct error *e) {
    (void)e;
    w->rows += b->sel_count;
    return STATUS_OK;
}

static enum status nothing_to_flush(struct sink_writer *w, struct error *e) {
    (void)w, (void)e;
    return STATUS_OK;
}

static enum status nothing_to_prepare(struct sink_writer *w, bool last, enum status (*add)(void *context, struct str committable), void *context, struct error *e) {
    (void)w, (void)last, (void)add, (void)context, (void)e;
    return STATUS_OK;
}

static void nothing_to_free(struct sink_writer *w) { (void)w; }

static const struct writer_ops blackhole_ops = {blackhole_write, nothing_to_flush, nothing_to_prepare, no_snapshot, no_restore, nothing_to_free};

enum status blackhole_writer_new(const struct sink_context *c, struct sink_writer **ret, struct error *e) {
    struct sink_writer *w = ARENA_NEW(c->arena, struct sink_writer);
    if (w == NULL) return error_no_memory(e, sizeof *w);
    w->ops = &blackhole_ops;
    *ret = w;
    return STATUS_OK;
}
