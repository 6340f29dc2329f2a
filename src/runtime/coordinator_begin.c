/* SPDX-License-Identifier: Apache-2.0 */
/*
 * coordinator_begin: the configuration of checkpoints, the sinks' committers, and what an attempt
 * starts from: the newest good checkpoint of this job, or what the user named. A state that the job
 * cannot place is refused with a list of what does not fit. Output that the checkpoint had prepared is
 * committed before anything new is read.
 */
#include "runtime/coordinator_internal.h"

#include "base/alloc.h"
#include "base/hash.h"
#include "runtime/sink_unit.h"

#include <assert.h>

enum { RETAINED_MAX = 1000 };

static struct str path_of(struct str given) {
    assert(given.at != NULL || given.size_bytes == 0);
    struct str scheme = STR("file:");
    if (given.at == NULL || given.size_bytes < scheme.size_bytes || memcmp(given.at, scheme.at, scheme.size_bytes) != 0) return given;
    given.at += scheme.size_bytes;
    given.size_bytes -= scheme.size_bytes;
    while (given.size_bytes > 1 && given.at[0] == '/' && given.at[1] == '/') {
        given.at++;
        given.size_bytes--;
    }
    return given;
}

static struct str setting(const struct job *job, struct str given, const char *key) {
    if (given.at != NULL) return path_of(given);
    struct option_value v = session_get(job->plan->session, key);
    return v.present && v.text.size_bytes > 0 ? path_of(v.text) : (struct str){NULL, 0};
}

/* Jobs share a directory; what a job writes to names it. */
static uint64_t job_hash(const struct plan *p) {
    uint64_t h = 0;
    for (uint32_t i = 0; i < p->sinks.count; i++) {
        const struct node *n = p->sinks.at[i];
        h = hash_combine(h, hash_bytes(n->uid.at, n->uid.size_bytes, 0));
    }
    return h;
}

static enum status configure(struct coordinator *c, struct error *e) {
    struct job *job = c->job;
    const struct session *s = job->plan->session;
    const struct job_config *o = &job->config;
    struct option_value interval = session_get(s, "execution.checkpointing.interval");
    c->interval_ms = o->checkpoint_interval_ms >= 0 ? o->checkpoint_interval_ms : interval.present ? interval.number : 0;
    c->timeout_ms = session_int(s, "execution.checkpointing.timeout");
    c->pause_ms = session_int(s, "execution.checkpointing.min-pause");
    c->tolerable = session_int(s, "execution.checkpointing.tolerable-failed-checkpoints");
    c->retained = session_int(s, "execution.checkpointing.num-retained");
    c->ignore_unclaimed = session_bool(s, "execution.state-recovery.ignore-unclaimed-state");
    if (c->retained < 1 || c->retained > RETAINED_MAX)
        return error_set(e, STATUS_OPTION, "execution.checkpointing.num-retained must be between 1 and %d", RETAINED_MAX);
    struct str dir = setting(job, o->checkpoint_dir, "execution.checkpointing.dir");
    if (o->checkpoint_every_batch) dir = (struct str){NULL, 0}; /* in memory: there are very many */
    if (dir.at != NULL) c->dir = arena_format(job->arena, "%.*s/%016llx", STR_ARG(dir), (unsigned long long)job_hash(job->plan));
    c->savepoint_dir = setting(job, o->savepoint_dir, "execution.checkpointing.savepoint-dir");
    c->keeps = c->interval_ms > 0 || o->checkpoint_every_batch || dir.at != NULL;
    if (c->dir.at != NULL) c->pages_dir = arena_format(job->arena, "%.*s/pages", STR_ARG(c->dir));
    if (dir.at != NULL && c->dir.at == NULL) return error_no_memory(e, 0);
    if (o->savepoint_on_stop && c->savepoint_dir.at == NULL)
        return error_set(e, STATUS_OPTION, "a savepoint is asked for, but execution.checkpointing.savepoint-dir is not set");
    return STATUS_OK;
}

/* ---- committers ---- */

static enum status committer_add(struct coordinator *c, const struct sink_params *sink, struct str uid, bool fresh, struct error *e) {
    struct arena *a = arena_new("committer", 0);
    if (a == NULL) return error_no_memory(e, 0);
    struct committer *k = &c->committers[c->committer_count++];
    *k = (struct committer){.uid = arena_str(c->job->arena, uid), .arena = a};
    struct sink_unit *u = ARENA_NEW(a, struct sink_unit);
    if (u == NULL || k->uid.at == NULL) return error_no_memory(e, 0);
    TRY(sink_unit_init(u, c->job, a, sink, k->uid, 0, 1, e));
    if (fresh && u->impl->fresh_start != NULL) TRY(u->impl->fresh_start(&u->context, e));
    if (u->impl->committer_new == NULL) return STATUS_OK;
    return u->impl->committer_new(&u->context, &k->ops, &k->committer, e);
}

static void committers_free(struct coordinator *c) {
    for (uint32_t i = 0; i < c->committer_count; i++) {
        if (c->committers[i].ops != NULL) c->committers[i].ops->free(c->committers[i].committer);
        arena_free(c->committers[i].arena);
    }
    c->committer_count = 0;
}

static enum status committers_new(struct coordinator *c, bool fresh, struct error *e) {
    assert(c->at == NULL);
    const struct plan *p = c->job->plan;
    committers_free(c); /* of a beginning that failed half-way */
    c->committers = ARENA_ARRAY(c->job->arena, struct committer, p->nodes.count * 2 + 1);
    if (c->committers == NULL) return error_no_memory(e, 0);
    for (uint32_t i = 0; i < p->nodes.count; i++) {
        const struct node *n = p->nodes.at[i];
        if (n->kind == NODE_SINK && n->as.sink.table != NULL) TRY(committer_add(c, &n->as.sink, n->uid, fresh, e));
        if (n->kind != NODE_SCAN) continue;
        struct sink_params *log = NULL;
        struct str uid = STR("");
        TRY(log_sink_find(c->job, c->job->arena, n, &log, &uid, e));
        if (log != NULL) TRY(committer_add(c, log, uid, fresh, e));
    }
    /* Without a committer of its own a sink is visible at once: it has nothing to commit. */
    uint32_t kept = 0;
    for (uint32_t i = 0; i < c->committer_count; i++) {
        if (c->committers[i].ops != NULL) c->committers[kept++] = c->committers[i];
        else arena_free(c->committers[i].arena);
    }
    c->committer_count = kept;
    return STATUS_OK;
}

/* ---- does the state fit? ---- */

static bool job_has(const struct plan *p, struct str uid) {
    struct str log = STR("-log");
    if (uid.size_bytes > log.size_bytes && memcmp(uid.at + uid.size_bytes - log.size_bytes, log.at, log.size_bytes) == 0) uid.size_bytes -= log.size_bytes;
    for (uint32_t i = 0; i < p->nodes.count; i++)
        if (str_equal(((const struct node *)p->nodes.at[i])->uid, uid)) return true;
    return false;
}

static bool told_before(const struct list *parts, uint32_t index) {
    assert(index < parts->count);
    const struct part *p = parts->at[index];
    for (uint32_t i = 0; i < index; i++)
        if (str_equal(((const struct part *)parts->at[i])->uid, p->uid)) return true;
    return false;
}

/* Operators of the checkpoint that the job has not, then those of the job that the checkpoint has not. */
static uint32_t difference(const struct coordinator *c, struct buf *out) {
    const struct list *parts = restore_parts(c->restore);
    uint32_t unclaimed = 0;
    for (uint32_t i = 0; i < parts->count; i++) {
        const struct part *p = parts->at[i];
        if (p->kind == PART_FINISHED || told_before(parts, i) || job_has(c->job->plan, p->uid)) continue;
        unclaimed++;
        buf_format(out, "\n  - %.*s (%.*s): only in the checkpoint", STR_ARG(p->label), STR_ARG(p->uid));
    }
    for (uint32_t i = 0; i < c->job->plan->nodes.count; i++) {
        const struct node *n = c->job->plan->nodes.at[i];
        bool keeps = node_has_state(n->kind) || n->kind == NODE_SCAN;
        if (keeps && !restore_knows(c->restore, n->uid)) buf_format(out, "\n  + %s (%.*s): only in the job", node_label(n->kind), STR_ARG(n->uid));
    }
    return unclaimed;
}

static enum status fits(struct coordinator *c, struct error *e) {
    assert(c->restore != NULL);
    struct buf text = BUF_INIT;
    uint32_t unclaimed = difference(c, &text);
    enum status s = STATUS_OK;
    if (unclaimed > 0 && !c->ignore_unclaimed) {
        s = error_set(e, STATUS_STATE_MISMATCH, "The state of %u operator(s) of '%.*s' does not belong to any operator of the job:%.*s", unclaimed, STR_ARG(restore_folder(c->restore)), STR_ARG(buf_view(&text)));
        error_hint(e, "Start the job that the state is of, or SET 'execution.state-recovery.ignore-unclaimed-state' = 'true' to go on without it.");
    } else if (unclaimed > 0) {
        job_say(c->job, "State that is left behind:%.*s", STR_ARG(buf_view(&text)));
    }
    buf_deinit(&text);
    return s;
}

/* ---- begin ---- */

void coordinator_replace(struct coordinator *c, struct restore *r) {
    restore_free(c->restore);
    c->restore_named = false;
    c->restore = r;
}

static void note(void *context, struct str text) { job_say(context, "%.*s", STR_ARG(text)); }

static enum status start_find(struct coordinator *c, struct error *e) {
    assert(c->restore == NULL || !c->begun);
    struct job *job = c->job;
    struct restore *r = NULL;
    bool named = false;
    if (job->config.resume_latest && c->dir.at != NULL) TRY(store_newest(job->env, c->dir, note, job, &r, e));
    struct str path = setting(job, job->config.restore_path, "execution.state-recovery.path");
    if (r == NULL && path.at != NULL) {
        TRY(store_newest(job->env, path, note, job, &r, e));
        if (r == NULL) TRY(store_newest_savepoint(job->env, path, &r, e));
        named = true;
        if (r == NULL) return error_set(e, STATUS_NOT_FOUND, "'%.*s' holds no checkpoint or savepoint to start from", STR_ARG(path));
    }
    if (r == NULL) return STATUS_OK;
    coordinator_replace(c, r);
    c->restore_named = named;
    return fits(c, e);
}

/* New epochs get numbers that no folder has. */
static enum status epoch_continue(struct coordinator *c, struct error *e) {
    assert(!c->begun);
    if (c->dir.at == NULL) return STATUS_OK;
    uint64_t newest = 0;
    TRY(store_last_epoch(c->job->env, c->dir, &newest, e));
    if (newest > c->epoch) c->epoch = newest;
    return c->pages_dir.at == NULL ? STATUS_OK : retention_begin(c, e);
}

static enum status leftovers_clean(const struct coordinator *c, const struct committer *k, struct error *e) {
    assert(k->ops != NULL && c->restore != NULL);
    const struct list *parts = restore_parts(c->restore);
    if (k->ops->clean == NULL) return STATUS_OK;
    for (uint32_t i = 0; k->ops->keep != NULL && i < parts->count; i++) {
        const struct part *p = parts->at[i];
        if (p->kind == PART_WRITER && str_equal(p->uid, k->uid)) TRY(k->ops->keep(k->committer, p->bytes, e));
    }
    return k->ops->clean(k->committer, e);
}

/*
 * What a checkpoint that the user named left in progress may be somebody else's by now: of the job that went
 * on from there. So only the job's own newest checkpoint tells what is left over.
 */
static enum status commit_again(struct coordinator *c, struct error *e) {
    if (c->restore == NULL) return STATUS_OK;
    TRY(coordinator_commit(c, restore_parts(c->restore), e));
    for (uint32_t i = 0; !c->restore_named && i < c->committer_count; i++) TRY(leftovers_clean(c, &c->committers[i], e));
    return STATUS_OK;
}

enum status coordinator_begin(struct coordinator *c, struct error *e) {
    assert(c->at == NULL && c->phase == EPOCH_NONE);
    if (!c->begun) {
        TRY(start_find(c, e));
        TRY(epoch_continue(c, e));
        TRY(committers_new(c, c->restore == NULL, e));
        c->begun = true;
    } else if (c->dir.at != NULL && c->completed > 0) {
        struct restore *r = NULL;
        TRY(store_newest(c->job->env, c->dir, note, c->job, &r, e));
        if (r != NULL) coordinator_replace(c, r);
    }
    return commit_again(c, e);
}

enum status coordinator_new(struct job *job, struct coordinator **ret, struct error *e) {
    struct coordinator *c = ARENA_NEW(job->arena, struct coordinator);
    if (c == NULL) return error_no_memory(e, sizeof *c);
    c->job = job;
    *ret = c;
    return configure(c, e);
}

void coordinator_free(struct coordinator *c) {
    if (c == NULL) return;
    assert(c->at == NULL);
    committers_free(c);
    retention_free(c);
    restore_free(c->restore);
}

enum status coordinator_end(struct coordinator *c, enum job_state how, struct error *e) {
    assert(c->at == NULL && how != JOB_RUNNING);
    if (c->dir.at == NULL) return STATUS_OK;
    bool retain = str_equal_ignore_case(session_get(c->job->plan->session, "execution.checkpointing.externalized-checkpoint-retention").text, STR("RETAIN_ON_CANCELLATION"));
    /*
     * The last checkpoint of a finished job stays: it says that everything is committed. Were it removed, a
     * process that dies just before it can tell so would be started again from the beginning.
     */
    if (how == JOB_FINISHED && c->finished) {
        retention_end(c);
        return STATUS_OK;
    }
    if (how == JOB_FINISHED || (how == JOB_CANCELLED && !retain)) return env_remove_tree(c->job->env, c->dir, e);
    return STATUS_OK;
}
