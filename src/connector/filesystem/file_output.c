/* SPDX-License-Identifier: Apache-2.0 */
/*
 * file_output: each call that may block is one job. The file handle belongs to the jobs, which run one
 * after the other; the worker touches it only before the first and after the last of them.
 */
#include "connector/filesystem/file_output.h"

#include "base/alloc.h"
#include "env/env.h"

#include <assert.h>

struct file_output {
    struct env *env;
    struct sink_jobs *jobs;
    struct str directory, path;
    struct env_file *file;
};

struct output_job {
    struct sink_job job; /* first */
    struct file_output *output;
    enum status (*act)(struct file_output *o, struct str bytes, struct error *e);
    struct buf bytes;
};

static enum status job_run(struct sink_job *j, struct error *e) {
    struct output_job *job = (struct output_job *)j;
    return job->act(job->output, buf_view(&job->bytes), e);
}

static void job_free(struct sink_job *j) {
    struct output_job *job = (struct output_job *)j;
    buf_deinit(&job->bytes);
    mem_free(job);
}

static enum status output_do(struct file_output *o, enum status (*act)(struct file_output *o, struct str bytes, struct error *e), struct buf *bytes, struct error *e) {
    struct output_job *job = mem_calloc(1, sizeof *job);
    if (job == NULL) return error_no_memory(e, sizeof *job);
    job->output = o;
    job->act = act;
    if (bytes != NULL) {
        job->bytes = *bytes;
        *bytes = (struct buf)BUF_INIT;
    }
    job->job = (struct sink_job){.run = job_run, .free = job_free, .size_bytes = job->bytes.capacity_bytes};
    return sink_job_add(o->jobs, &job->job, e);
}

static enum status act_create(struct file_output *o, struct str bytes, struct error *e) {
    assert(o->file == NULL && bytes.size_bytes == 0);
    TRY(env_mkdirs(o->env, (struct str){o->directory.at, o->directory.size_bytes - 1}, e));
    return env_open(o->env, o->path, ENV_WRITE_NEW, &o->file, e);
}

static enum status act_write(struct file_output *o, struct str bytes, struct error *e) {
    assert(o->file != NULL);
    return env_write(o->env, o->file, bytes.at, bytes.size_bytes, e);
}

static enum status act_sync(struct file_output *o, struct str bytes, struct error *e) {
    assert(o->file != NULL && bytes.size_bytes == 0);
    return env_sync(o->env, o->file, e);
}

static enum status act_close(struct file_output *o, struct str bytes, struct error *e) {
    assert(o->file != NULL && bytes.size_bytes == 0);
    (void)e;
    file_output_drop(o);
    return STATUS_OK;
}

enum status file_output_new(const struct sink_context *c, struct str directory, struct str path, struct file_output **ret, struct error *e) {
    assert(directory.size_bytes > 0 && directory.at[directory.size_bytes - 1] == '/');
    struct file_output *o = ARENA_NEW(c->arena, struct file_output);
    if (o == NULL) return error_no_memory(e, sizeof *o);
    *o = (struct file_output){.env = c->env, .jobs = c->jobs, .directory = directory, .path = path};
    *ret = o;
    return STATUS_OK;
}

enum status file_output_create(struct file_output *o, struct error *e) { return output_do(o, act_create, NULL, e); }
enum status file_output_write(struct file_output *o, struct buf *bytes, struct error *e) { return output_do(o, act_write, bytes, e); }
enum status file_output_sync(struct file_output *o, struct error *e) { return output_do(o, act_sync, NULL, e); }
enum status file_output_close(struct file_output *o, struct error *e) { return output_do(o, act_close, NULL, e); }

enum status file_output_reopen(struct file_output *o, uint64_t length, struct error *e) {
    assert(o->file == NULL);
    uint64_t size = 0;
    TRY(env_open(o->env, o->path, ENV_APPEND, &o->file, e));
    TRY(env_file_size(o->env, o->file, &size, e));
    return size > length ? env_truncate(o->env, o->file, length, e) : STATUS_OK;
}

void file_output_drop(struct file_output *o) {
    if (o == NULL || o->file == NULL) return;
    env_close(o->env, o->file);
    o->file = NULL;
}
