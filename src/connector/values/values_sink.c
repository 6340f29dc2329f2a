/* SPDX-License-Identifier: Apache-2.0 */
/*
 * values_sink: each change as one line of Row.toString, visible at once. A fresh start truncates the
 * file; a restored writer cuts it to the length that its checkpoint recorded and appends. There is one
 * writer whatever the job's parallelism is: several would record different lengths of their common file,
 * and no cut would be right.
 */
#include "connector/connectors.h"
#include "connector/row_text.h"

#include "base/alloc.h"

#include <assert.h>

struct values_writer {
    struct sink_writer base;
    struct env *env;
    struct env_file *file;
    struct str path;
    struct buf lines;
    struct sink_jobs *jobs;
    bool cuts;         /* restored: cut to length before the first write */
    uint64_t length;
};

static enum status cut(struct values_writer *w, struct error *e) {
    uint64_t size;
    if (!w->cuts) return STATUS_OK;
    w->cuts = false;
    TRY(env_file_size(w->env, w->file, &size, e));
    return size > w->length ? env_truncate(w->env, w->file, w->length, e) : STATUS_OK;
}

static enum status values_flush(struct sink_writer *base, struct error *e) {
    struct values_writer *w = (struct values_writer *)base;
    TRY(cut(w, e));
    if (w->lines.failed) return error_no_memory(e, w->lines.size_bytes);
    if (w->lines.size_bytes == 0) return STATUS_OK;
    TRY(env_write(w->env, w->file, w->lines.at, w->lines.size_bytes, e));
    buf_reset(&w->lines);
    return STATUS_OK;
}

static enum status values_write(struct sink_writer *base, const struct batch *b, struct error *e) {
    struct values_writer *w = (struct values_writer *)base;
    struct rows rows = batch_rows(b);
    for (uint32_t i = 0; i < rows.count; i++) {
        row_text_print(&w->lines, b, rows_at(&rows, i));
        buf_char(&w->lines, '\n');
    }
    base->rows += rows.count;
    return values_flush(base, e);
}

struct sync_job {
    struct sink_job job; /* first */
    struct values_writer *writer;
};

static enum status sync_run(struct sink_job *j, struct error *e) {
    const struct values_writer *w = ((struct sync_job *)j)->writer;
    return env_sync(w->env, w->file, e);
}

static void sync_free(struct sink_job *j) { mem_free(j); }

static enum status values_prepare(struct sink_writer *base, bool last, enum status (*add)(void *context, struct str committable), void *context, struct error *e) {
    (void)last, (void)add, (void)context;
    struct values_writer *w = (struct values_writer *)base;
    TRY(values_flush(base, e));
    struct sync_job *job = mem_alloc(sizeof *job);
    if (job == NULL) return error_no_memory(e, sizeof *job);
    *job = (struct sync_job){{.run = sync_run, .free = sync_free}, w};
    return sink_job_add(w->jobs, &job->job, e);
}

static enum status values_snapshot(struct sink_writer *base, struct buf *out, struct error *e) {
    struct values_writer *w = (struct values_writer *)base;
    uint64_t size;
    TRY(env_file_size(w->env, w->file, &size, e));
    buf_append(out, &size, sizeof size);
    return out->failed ? error_no_memory(e, sizeof size) : STATUS_OK;
}

static enum status values_restore(struct sink_writer *base, struct str state, struct error *e) {
    struct values_writer *w = (struct values_writer *)base;
    uint64_t length;
    if (state.size_bytes != sizeof length) return error_set(e, STATUS_CORRUPT, "%.*s: the recorded length is damaged.", STR_ARG(w->path));
    memcpy(&length, state.at, sizeof length);
    w->cuts = true;
    if (length > w->length) w->length = length; /* a checkpoint of several writers: the one that saw most */
    return STATUS_OK;
}

static void values_free(struct sink_writer *base) {
    struct values_writer *w = (struct values_writer *)base;
    if (w->file != NULL) env_close(w->env, w->file);
    buf_deinit(&w->lines);
}

static const struct writer_ops ops = {values_write, values_flush, values_prepare, values_snapshot, values_restore, values_free};

enum status values_writer_new(const struct sink_context *c, struct sink_writer **ret, struct error *e) {
    struct values_writer *w = ARENA_NEW(c->arena, struct values_writer);
    if (w == NULL) return error_no_memory(e, sizeof *w);
    w->base.ops = &ops;
    w->env = c->env;
    w->path = options_text(&c->sink->options->own, "path");
    assert(c->parallelism == 1);
    w->jobs = c->jobs;
    TRY(env_open(c->env, w->path, ENV_APPEND, &w->file, e));
    *ret = &w->base;
    return STATUS_OK;
}

enum status values_fresh_start(const struct sink_context *c, struct error *e) {
    struct str path = options_text(&c->sink->options->own, "path");
    struct env_file *file;
    size_t slash = path.size_bytes;
    while (slash > 0 && path.at[slash - 1] != '/') slash--;
    if (slash > 1) TRY(env_mkdirs(c->env, (struct str){path.at, slash - 1}, e));
    TRY(env_open(c->env, path, ENV_WRITE_NEW, &file, e));
    env_close(c->env, file);
    return STATUS_OK;
}
