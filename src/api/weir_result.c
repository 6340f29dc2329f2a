/* SPDX-License-Identifier: Apache-2.0 */
/*
 * weir_result: what came of a statement. Rows of a job are made while they are asked for: the job runs
 * on the caller's thread until its sink has handed over a batch, which becomes an Arrow array at
 * once, since it is only lent. Without a changelog, a job that changes its rows is folded and
 * delivers at its end.
 */
#include "api/handles.h"

#include "api/arrow_array.h"
#include "api/arrow_schema.h"
#include "api/rows.h"
#include "base/alloc.h"

#include <assert.h>
#include <errno.h>

struct weir_result {
    _Atomic uint32_t owners;      /* the caller and a stream */
    weir_session *session;
    struct arena *arena;
    struct str sql;
    const struct plan *plan;      /* NULL: no job */
    struct job *job;
    const struct type *row;       /* NULL: no columns */
    struct str *names;
    const struct zone *zone;
    struct row_fold *fold;
    struct ArrowArray *ready;     /* handed over and not asked for yet: [ready_first, ready_count) */
    uint32_t ready_first, ready_count, ready_room;
    bool changelog, begun, dropping, over;
    struct error failure;
};

/* ---- making and freeing ------------------------------------------------------------------------------------ */

static enum status ready_add(weir_result *r, const struct batch *b, struct error *e) {
    if (r->ready_count == r->ready_room) {
        uint32_t room = r->ready_room == 0 ? 8 : r->ready_room * 2;
        struct ArrowArray *grown = mem_realloc(r->ready, room * sizeof *grown);
        if (grown == NULL) return error_no_memory(e, room * sizeof *grown);
        r->ready = grown;
        r->ready_room = room;
    }
    TRY(arrow_array_new(b, r->names, r->changelog, &r->ready[r->ready_count], e));
    r->ready_count++;
    return STATUS_OK;
}

static enum status take_batch(void *context, const struct batch *b, struct error *e) {
    weir_result *r = context;
    if (r->dropping) return STATUS_OK;
    return r->fold != NULL ? row_fold_add(r->fold, b, e) : ready_add(r, b, e);
}

/* Rows that are there from the start. */
static enum status give_rows(weir_result *r, struct batch_buffer *b, const struct type *row, struct error *e) {
    r->row = row;
    r->names = ARENA_ARRAY(r->arena, struct str, row->child_count + 1);
    enum status s = r->names == NULL ? error_no_memory(e, 0) : STATUS_OK;
    for (uint32_t i = 0; s == STATUS_OK && i < row->child_count; i++) r->names[i] = row->children[i].name;
    b->batch.kinds = NULL;
    if (s == STATUS_OK) s = ready_add(r, &b->batch, e);
    batch_buffer_free(b);
    return s;
}

static bool is_stdio(const struct table_options *o) {
    static const char *const names[] = {"stdin", "stdout", "print"};
    for (size_t i = 0; o != NULL && i < sizeof names / sizeof *names; i++)
        if (strcmp(o->connector->name, names[i]) == 0) return true;
    return false;
}

static enum status check_stdio(const struct plan *plan, struct error *e) {
    for (uint32_t i = 0; i < plan->nodes.count + plan->sinks.count; i++) {
        const struct node *n = i < plan->nodes.count ? plan->nodes.at[i] : plan->sinks.at[i - plan->nodes.count];
        const struct table_options *o = n->kind == NODE_SCAN ? n->as.scan.options : n->kind == NODE_SINK && n->as.sink.table != NULL ? n->as.sink.options : NULL;
        if (!is_stdio(o)) continue;
        error_at(e, STATUS_INVALID, n->span, "The connector '%s' uses the standard streams of the program, which has not allowed that", o->connector->name);
        return error_hint(e, "Call weir_session_allow_stdio(session, 1), or use another connector");
    }
    return STATUS_OK;
}

static enum status start_job(weir_result *r, const struct plan *plan, struct error *e) {
    if (!r->session->stdio) TRY(check_stdio(plan, e));
    struct job_config c = JOB_CONFIG_INIT(r->session->env);
    r->plan = plan;
    if (plan->result != NULL) {
        r->row = plan->result;
        r->names = plan->result_names;
        c.result = (struct result_sink){.batch = take_batch, .context = r};
    }
    return job_new(plan, &c, &r->job, e);
}

static enum status result_fill(weir_result *r, const struct outcome *o, struct error *e) {
    struct types *types = r->session->session->types;
    const struct type *row = NULL;
    struct batch_buffer *b = NULL;
    r->zone = r->session->session->eval.zone;
    switch (o->kind) {
    case OUTCOME_DONE: r->over = true; return STATUS_OK;
    case OUTCOME_TABLE: TRY(rows_of_table(r->arena, types, &o->table, &row, &b, e)); break;
    case OUTCOME_TEXT: TRY(rows_of_text(r->arena, types, o->text, &row, &b, e)); break;
    case OUTCOME_JOB: return start_job(r, o->plan, e);
    }
    r->over = true;
    return give_rows(r, b, row, e);
}

/* The arena is not the result's yet. */
static void result_drop(weir_result *r) {
    job_free(r->job);
    row_fold_free(r->fold);
    for (uint32_t i = r->ready_first; i < r->ready_count; i++) r->ready[i].release(&r->ready[i]);
    mem_free(r->ready);
    session_unref(r->session);
    mem_free(r);
}

enum status result_new(weir_session *s, struct arena *a, const struct outcome *o, struct str sql, weir_result **ret, struct error *e) {
    weir_result *r = mem_calloc(1, sizeof *r);
    if (r == NULL) return error_no_memory(e, sizeof *r);
    atomic_init(&r->owners, 1);
    r->session = session_ref(s);
    r->arena = a;
    r->sql = sql;
    enum status st = result_fill(r, o, e);
    if (st == STATUS_OK) *ret = r;
    else result_drop(r);
    return st;
}

void weir_result_free(weir_result *result) {
    if (result == NULL || atomic_fetch_sub(&result->owners, 1) != 1) return;
    struct arena *a = result->arena;
    job_free(result->job);
    result->job = NULL;
    weir_session *session = session_ref(result->session); /* the arena goes before the session */
    result_drop(result);
    arena_free(a);
    session_unref(session);
}

/* ---- what it is ----------------------------------------------------------------------------------------------- */

int weir_result_has_rows(const weir_result *result) { return result->row != NULL; }

static const struct node *sink_of(const weir_result *r) {
    assert(r->plan != NULL && r->plan->sinks.count > 0);
    return r->plan->sinks.at[0];
}

int weir_result_updates(const weir_result *result) {
    if (result->plan == NULL || result->row == NULL) return 0;
    const struct node *query = sink_of(result)->inputs.at[0];
    return (query->produces & ~(uint32_t)CHANGE_I) != 0;
}

int weir_result_ends(const weir_result *result) { return result->plan == NULL || result->plan->bounded; }

static weir_status give(weir_error **error, enum status st, const struct error *e, struct str sql) {
    return st == STATUS_OK ? WEIR_OK : error_give(error, e, sql);
}

weir_status weir_result_changelog(weir_result *result, weir_error **error) {
    struct error e = ERROR_INIT;
    enum status st = STATUS_OK;
    if (result->plan == NULL || result->row == NULL) st = error_set(&e, STATUS_INVALID, "Only the result of a query has a changelog");
    else if (result->begun) st = error_set(&e, STATUS_INVALID, "Rows or their schema have been asked for already: ask for the changelog before");
    else result->changelog = true;
    return give(error, st, &e, (struct str){0});
}

/* The first look at columns or rows settles how rows come. */
static enum status begin(weir_result *r, struct error *e) {
    if (r->row == NULL) return error_set(e, STATUS_INVALID, "The statement has no rows: call weir_result_finish");
    if (r->begun) return STATUS_OK;
    if (!r->changelog && weir_result_updates(r)) {
        if (!r->plan->bounded) return error_set(e, STATUS_INVALID, "The query's rows change and it never ends, so it has no final table: call weir_result_changelog first");
        const struct sink_params *sink = &sink_of(r)->as.sink;
        TRY(row_fold_new(r->row, sink->upsert_keys, sink->upsert_key_count, &r->fold, e));
    }
    r->begun = true;
    return STATUS_OK;
}

weir_status weir_result_schema(weir_result *result, struct ArrowSchema *ret_schema, weir_error **error) {
    struct error e = ERROR_INIT;
    enum status st = begin(result, &e);
    if (st == STATUS_OK) st = arrow_schema_new(result->row, result->names, result->zone, result->changelog, ret_schema, &e);
    return give(error, st, &e, result->sql);
}

/* ---- rows ---------------------------------------------------------------------------------------------------------- */

static bool has_ready(void *context) {
    const weir_result *r = context;
    return r->ready_first < r->ready_count;
}

static enum status unfold(weir_result *r, struct error *e) {
    const struct batch *b = NULL;
    do {
        TRY(row_fold_next(r->fold, &b, e));
        if (b != NULL) TRY(ready_add(r, b, e));
    } while (b != NULL);
    return STATUS_OK;
}

/* Runs until rows are ready or the job is over. */
static enum status advance(weir_result *r, struct error *e) {
    if (r->over) return STATUS_OK;
    TRY(job_run_until(r->job, has_ready, r, e));
    r->over = job_state(r->job) > JOB_RUNNING;
    if (!r->over) return STATUS_OK;
    if (job_state(r->job) == JOB_CANCELLED) return error_set(e, STATUS_CANCELLED, "The job was cancelled");
    return r->fold != NULL && !r->dropping ? unfold(r, e) : STATUS_OK;
}

/* An error of the job stays: whoever asks again gets it again. */
static enum status advance_once(weir_result *r, struct error *e) {
    if (r->failure.status == STATUS_OK && advance(r, &r->failure) != STATUS_OK && r->failure.status == STATUS_OK) error_no_memory(&r->failure, 0);
    if (r->failure.status == STATUS_OK) return STATUS_OK;
    *e = r->failure;
    return e->status;
}

static enum status next_array(weir_result *r, struct ArrowArray *ret, struct error *e) {
    TRY(begin(r, e));
    while (!has_ready(r) && !r->over) TRY(advance_once(r, e));
    if (!has_ready(r) && r->failure.status != STATUS_OK) {
        *e = r->failure;
        return e->status;
    }
    *ret = (struct ArrowArray){0};
    if (!has_ready(r)) return STATUS_OK;
    *ret = r->ready[r->ready_first++];
    if (r->ready_first == r->ready_count) r->ready_first = r->ready_count = 0;
    return STATUS_OK;
}

weir_status weir_result_next(weir_result *result, struct ArrowArray *ret_array, weir_error **error) {
    struct error e = ERROR_INIT;
    return give(error, next_array(result, ret_array, &e), &e, result->sql);
}

weir_status weir_result_finish(weir_result *result, weir_error **error) {
    struct error e = ERROR_INIT;
    enum status st = STATUS_OK;
    result->begun = result->dropping = true;
    while (st == STATUS_OK && !result->over) {
        for (uint32_t i = result->ready_first; i < result->ready_count; i++) result->ready[i].release(&result->ready[i]);
        result->ready_first = result->ready_count = 0;
        st = advance_once(result, &e);
    }
    if (st == STATUS_OK && result->failure.status != STATUS_OK) {
        e = result->failure;
        st = e.status;
    }
    return give(error, st, &e, result->sql);
}

void weir_result_cancel(weir_result *result) {
    if (result->job != NULL) job_cancel(result->job);
}

void weir_result_stop(weir_result *result) {
    if (result->job != NULL) job_stop(result->job, JOB_SUSPEND);
}

void weir_result_metrics(const weir_result *result, weir_metrics *ret_metrics) {
    struct job_metrics m = {0};
    if (result->job != NULL) job_metrics_read(result->job, &m);
    weir_metrics out = {.struct_bytes = ret_metrics->struct_bytes, .rows_in = m.rows_in, .rows_out = m.rows_out, .late_rows = m.late_rows, .bad_rows = m.bad_rows,
                        .state_bytes = m.state_bytes, .checkpoints = m.checkpoints, .restarts = m.restarts};
    memcpy(ret_metrics, &out, ret_metrics->struct_bytes < sizeof out ? (size_t)ret_metrics->struct_bytes : sizeof out);
}

/* ---- streams ---------------------------------------------------------------------------------------------------------- */

struct stream {
    weir_result *result;
    weir_error *error;
};

static int stream_code(struct stream *s, weir_status st) {
    switch (st) {
    case WEIR_OK: return 0;
    case WEIR_NO_MEMORY: return ENOMEM;
    case WEIR_CANCELLED: return ECANCELED;
    case WEIR_UNSUPPORTED: return ENOSYS;
    case WEIR_IO: return EIO;
    default: (void)s; return EINVAL;
    }
}

static void stream_forget(struct stream *s) {
    weir_error_free(s->error);
    s->error = NULL;
}

static int stream_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out) {
    struct stream *s = stream->private_data;
    stream_forget(s);
    return stream_code(s, weir_result_schema(s->result, out, &s->error));
}

static int stream_next(struct ArrowArrayStream *stream, struct ArrowArray *out) {
    struct stream *s = stream->private_data;
    stream_forget(s);
    return stream_code(s, weir_result_next(s->result, out, &s->error));
}

static const char *stream_last_error(struct ArrowArrayStream *stream) {
    const struct stream *s = stream->private_data;
    return s->error == NULL ? NULL : weir_error_text(s->error);
}

static void stream_release(struct ArrowArrayStream *stream) {
    struct stream *s = stream->private_data;
    stream_forget(s);
    weir_result_free(s->result);
    mem_free(s);
    stream->release = NULL;
}

weir_status weir_result_stream(weir_result *result, struct ArrowArrayStream *ret_stream, weir_error **error) {
    struct error e = ERROR_INIT;
    enum status st = begin(result, &e);
    struct stream *s = st != STATUS_OK ? NULL : mem_calloc(1, sizeof *s);
    if (st == STATUS_OK && s == NULL) st = error_no_memory(&e, sizeof *s);
    if (st != STATUS_OK) return error_give(error, &e, result->sql);
    atomic_fetch_add(&result->owners, 1);
    s->result = result;
    *ret_stream = (struct ArrowArrayStream){.get_schema = stream_schema, .get_next = stream_next, .get_last_error = stream_last_error, .release = stream_release, .private_data = s};
    return WEIR_OK;
}
