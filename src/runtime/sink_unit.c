/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sink_unit: the writer of one table in one subtask, and how it takes part in checkpoints. The table
 * that bad records are logged to is found here, too: it is written like any other sink, under an
 * operator uid derived from the source's.
 */
#include "runtime/sink_unit.h"

#include "base/alloc.h"
#include "runtime/job.h"
#include "runtime/restore.h"

#include <assert.h>

enum status sink_unit_init(struct sink_unit *u, struct job *job, struct arena *a, const struct sink_params *sink, struct str uid, uint32_t subtask, uint32_t parallelism, struct error *e) {
    assert(sink->table != NULL && sink->row->root == TYPE_ROW);
    struct str name = str_of(sink->options->connector->name);
    *u = (struct sink_unit){.uid = uid, .label = sink->table->name, .impl = connector_impl_find(name)};
    if (u->impl == NULL || u->impl->writer_new == NULL)
        return error_set(e, STATUS_UNSUPPORTED, "Table '%.*s': the connector '%.*s' cannot be written to", STR_ARG(sink->table->name), STR_ARG(name));
    uint32_t count = sink->row->child_count;
    const struct type **types = op_types(a, sink->row);
    struct str *names = ARENA_ARRAY(a, struct str, count + 1);
    if (types == NULL || names == NULL) return error_no_memory(e, 0);
    for (uint32_t i = 0; i < count; i++) names[i] = sink->row->children[i].name;
    u->context = (struct sink_context){.env = job->env, .arena = a, .sink = sink, .types = types, .column_count = count, .names = names,
                                       .zone = job->plan->session->eval.zone, .subtask = subtask, .parallelism = parallelism,
                                       .attempt = job->attempts, .out = job->config.out != NULL ? job->config.out : env_stdout(job->env)};
    return STATUS_OK;
}

static enum status writer_restore(void *context, const struct part *p, struct error *e) {
    assert(p->kind == PART_WRITER);
    struct sink_unit *u = context;
    if (p->subtask % u->context.parallelism != u->context.subtask) return STATUS_OK;
    return u->writer->ops->restore(u->writer, p->bytes, e);
}

enum status sink_unit_open(struct sink_unit *u, struct task *t, struct error *e) {
    assert(u->writer == NULL && u->impl != NULL);
    struct attempt *at = t->attempt;
    strand_init(&u->strand, at, t);
    u->context.jobs = &u->strand.jobs;
    TRY(u->impl->writer_new(&u->context, &u->writer, e));
    if (at->restore == NULL || u->writer->ops->restore == NULL) return STATUS_OK;
    return restore_each(at->restore, u->uid, PART_WRITER, writer_restore, u, e);
}

void sink_unit_close(struct sink_unit *u) {
    assert(strand_is_idle(&u->strand));
    if (u->writer != NULL) u->writer->ops->free(u->writer);
    u->writer = NULL;
}

struct adding {
    struct sink_unit *unit;
    struct task_part *part;
    struct error *error;
};

static struct part unit_part(const struct sink_unit *u, enum part_kind kind, struct str bytes) {
    return (struct part){.kind = kind, .uid = u->uid, .label = u->label, .subtask = u->context.subtask, .parallelism = u->context.parallelism, .bytes = bytes};
}

static enum status committable_add(void *context, struct str committable) {
    struct adding *a = context;
    struct part p = unit_part(a->unit, PART_COMMITTABLE, committable);
    return task_part_add(a->part, &p, a->error);
}

enum status sink_unit_prepare(struct sink_unit *u, bool last, struct task_part *part, struct error *e) {
    assert(u->writer != NULL);
    struct adding adding = {u, part, e};
    const struct writer_ops *ops = u->writer->ops;
    if (ops->prepare != NULL) TRY(ops->prepare(u->writer, last, committable_add, &adding, e));
    if (ops->snapshot == NULL) return STATUS_OK;
    struct buf state = BUF_INIT;
    enum status s = ops->snapshot(u->writer, &state, e);
    if (s == STATUS_OK && state.failed) s = error_no_memory(e, state.size_bytes);
    if (s == STATUS_OK) {
        struct part p = unit_part(u, PART_WRITER, buf_view(&state));
        s = task_part_add(part, &p, e);
    }
    buf_deinit(&state);
    return s;
}

struct fence {
    struct sink_job job; /* first */
    struct ack *ack;
    bool passed;
};

static enum status fence_run(struct sink_job *j, struct error *e) {
    (void)e;
    ((struct fence *)j)->passed = true;
    return STATUS_OK;
}

static void fence_free(struct sink_job *j) {
    assert(((struct fence *)j)->ack != NULL);
    struct fence *f = (struct fence *)j;
    if (!f->passed) ack_drop(f->ack);
    ack_release(f->ack);
    mem_free(f);
}

enum status sink_unit_fence(struct sink_unit *u, struct ack *a, struct error *e) {
    if (strand_is_idle(&u->strand)) {
        if (strand_has_failed(&u->strand)) ack_drop(a);
        return STATUS_OK;
    }
    struct fence *f = mem_calloc(1, sizeof *f);
    if (f == NULL) return error_no_memory(e, sizeof *f);
    f->job = (struct sink_job){.run = fence_run, .free = fence_free};
    f->ack = ack_hold(a);
    return sink_job_add(u->context.jobs, &f->job, e);
}

/* ---- the table for bad records ---- */

static enum status log_table_find(struct job *job, struct arena *a, struct str target, struct table **ret, struct error *e) {
    struct str parts[3];
    uint32_t count = 0;
    struct str rest = target;
    while (count < 3) {
        const char *dot = count == 2 || rest.size_bytes == 0 ? NULL : memchr(rest.at, '.', rest.size_bytes);
        parts[count++] = (struct str){rest.at, dot == NULL ? rest.size_bytes : (size_t)(dot - rest.at)};
        if (dot == NULL) break;
        rest = (struct str){dot + 1, rest.size_bytes - (size_t)(dot + 1 - rest.at)};
    }
    struct ast_name name = {.count = count, .parts = parts, .part_spans = ARENA_ARRAY(a, struct span, 3)};
    if (name.part_spans == NULL) return error_no_memory(e, 0);
    struct table_path path;
    TRY(catalog_resolve(job->plan->session->catalog, &name, &path, e));
    *ret = catalog_find(job->plan->session->catalog, &path);
    if (*ret == NULL || (*ret)->kind != TABLE_BASE)
        return error_set(e, STATUS_NOT_FOUND, "error-handling.log.target names the table '%.*s', which does not exist", STR_ARG(target));
    return STATUS_OK;
}

static enum status log_row_type(struct job *job, struct arena *a, const struct table *t, const struct type **ret, struct error *e) {
    struct type_field *fields = ARENA_ARRAY(a, struct type_field, t->column_count + 1);
    if (fields == NULL) return error_no_memory(e, 0);
    uint32_t n = 0;
    for (uint32_t i = 0; i < t->column_count; i++)
        if (t->columns[i].kind == AST_PHYSICAL) fields[n++] = (struct type_field){.name = t->columns[i].name, .type = t->columns[i].type};
    *ret = type_row(job->plan->session->types, fields, n, false);
    return *ret == NULL ? error_no_memory(e, 0) : STATUS_OK;
}

enum status log_sink_find(struct job *job, struct arena *a, const struct node *scan, struct sink_params **ret, struct str *ret_uid, struct error *e) {
    *ret = NULL;
    const struct table_options *from = scan->kind == NODE_SCAN ? scan->as.scan.options : NULL;
    if (from == NULL || options_get(&from->common, "error-handling.mode")->number != ERROR_MODE_LOG) return STATUS_OK;
    const struct option_value *target = options_get(&from->common, "error-handling.log.target");
    if (!target->present) return error_set(e, STATUS_OPTION, "error-handling.mode is 'log', so error-handling.log.target must name a table");
    struct table *t = NULL;
    TRY(log_table_find(job, a, target->text, &t, e));
    struct sink_params *sink = ARENA_NEW(a, struct sink_params);
    struct table_options *options = ARENA_NEW(a, struct table_options);
    if (sink == NULL || options == NULL) return error_no_memory(e, 0);
    TRY(table_options_parse(a, &t->options, false, options, e));
    sink->table = t;
    sink->options = options;
    TRY(log_row_type(job, a, t, &sink->row, e));
    *ret_uid = arena_format(a, "%.*s-log", STR_ARG(scan->uid));
    if (ret_uid->at == NULL) return error_no_memory(e, 0);
    *ret = sink;
    return STATUS_OK;
}
