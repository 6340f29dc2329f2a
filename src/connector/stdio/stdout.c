/* SPDX-License-Identifier: Apache-2.0 */
/* stdout: rows in a format to standard output, buffered, pushed out when the pipeline is idle. */
#include "connector/connectors.h"

#include "io/codec.h"

#include <assert.h>

struct stdout_writer {
    struct sink_writer base;
    struct env *env;
    struct env_file *out;
    struct encoder *encoder;
    struct buf bytes;
};

enum { STDOUT_BUFFER = 64 * 1024 };

static enum status stdout_flush(struct sink_writer *base, struct error *e) {
    struct stdout_writer *w = (struct stdout_writer *)base;
    if (w->bytes.size_bytes == 0) return STATUS_OK;
    enum status st = env_write(w->env, w->out, w->bytes.at, w->bytes.size_bytes, e);
    buf_reset(&w->bytes);
    return st;
}

static enum status stdout_write(struct sink_writer *base, const struct batch *b, struct error *e) {
    struct stdout_writer *w = (struct stdout_writer *)base;
    struct rows rows = batch_rows(b);
    for (uint32_t i = 0; i < rows.count; i++) {
        TRY(w->encoder->ops->encode(w->encoder, b, rows_at(&rows, i), &w->bytes, e));
        if (w->bytes.size_bytes >= STDOUT_BUFFER) TRY(stdout_flush(base, e));
    }
    base->rows += rows.count;
    return STATUS_OK;
}

static enum status stdout_prepare(struct sink_writer *base, bool last, enum status (*add)(void *context, struct str committable), void *context, struct error *e) {
    (void)last, (void)add, (void)context;
    return stdout_flush(base, e);
}

static enum status stdout_snapshot(struct sink_writer *base, struct buf *out, struct error *e) {
    (void)base, (void)out, (void)e;
    return STATUS_OK;
}

static enum status stdout_restore(struct sink_writer *base, struct str state, struct error *e) {
    (void)base, (void)state, (void)e;
    return STATUS_OK;
}

static void stdout_free(struct sink_writer *base) {
    struct stdout_writer *w = (struct stdout_writer *)base;
    w->encoder->ops->free(w->encoder);
    buf_deinit(&w->bytes);
}

static const struct writer_ops ops = {stdout_write, stdout_flush, stdout_prepare, stdout_snapshot, stdout_restore, stdout_free};

enum status stdout_writer_new(const struct sink_context *c, struct sink_writer **ret, struct error *e) {
    struct stdout_writer *w = ARENA_NEW(c->arena, struct stdout_writer);
    if (w == NULL) return error_no_memory(e, sizeof *w);
    w->base.ops = &ops;
    w->env = c->env;
    w->out = c->out != NULL ? c->out : env_stdout(c->env);
    const struct format_impl *format = format_impl_find(str_of(c->sink->options->format->name));
    assert(format != NULL);
    TRY(format->encoder_new(c->arena, &c->sink->options->format_options, c->sink->row, c->names, c->zone, &w->encoder, e));
    *ret = &w->base;
    return STATUS_OK;
}
