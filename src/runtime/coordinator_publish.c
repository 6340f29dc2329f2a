/* SPDX-License-Identifier: Apache-2.0 */
/*
 * coordinator_publish: from gathered parts to a published checkpoint to committed output. The order is
 * the whole point: publish, then commit; never the other way round. A commit that fails after the
 * publication fails the attempt; the restart commits again.
 */
#include "runtime/coordinator_internal.h"

#include <assert.h>

enum status coordinator_declined(struct coordinator *c, const struct error *why, bool terminal, struct error *e) {
    assert(why->status != STATUS_OK && c->phase == EPOCH_NONE);
    c->failures++;
    job_lock(c->job);
    c->job->totals.failed_checkpoints++;
    job_unlock(c->job);
    job_say(c->job, "Checkpoint %llu was declined: %s", (unsigned long long)c->epoch, why->message);
    c->next_ns = c->interval_ms > 0 ? env_monotonic_ns(c->job->env) + c->interval_ms * 1000000 : INT64_MAX;
    if (!terminal && !c->last && c->failures <= c->tolerable) return STATUS_OK;
    if (e != NULL) *e = *why;
    error_wrap(e, "Checkpoint %llu failed", (unsigned long long)c->epoch);
    return why->status;
}

static struct committer *committer_of(struct coordinator *c, struct str uid) {
    for (uint32_t i = 0; i < c->committer_count; i++)
        if (str_equal(c->committers[i].uid, uid)) return &c->committers[i];
    return NULL;
}

enum status coordinator_commit(struct coordinator *c, const struct list *parts, struct error *e) {
    assert(parts != NULL);
    for (uint32_t i = 0; i < parts->count; i++) {
        const struct part *p = parts->at[i];
        if (p->kind != PART_COMMITTABLE) continue;
        struct committer *k = committer_of(c, p->uid);
        if (k == NULL) return error_set(e, STATUS_STATE_MISMATCH, "the checkpoint holds output of '%.*s' that is not committed, and the job has no such sink", STR_ARG(p->label));
        TRY(k->ops->commit(k->committer, p->bytes, e));
    }
    return STATUS_OK;
}

static enum status parts_collect(struct arena *a, const struct task_part *from, struct list *out, struct error *e) {
    for (uint32_t i = 0; from != NULL && i < from->parts.count; i++) {
        if (list_push(out, a, from->parts.at[i]) != STATUS_OK) return error_no_memory(e, 0);
    }
    return STATUS_OK;
}

static enum status manifest_collect(struct coordinator *c, struct epoch_write *w, struct error *e) {
    assert(c->remaining == 0 && c->epoch > c->completed);
    w->manifest = (struct manifest){.epoch = c->epoch, .max_parallelism = c->job->max_parallelism,
                                    .flags = c->flags & BARRIER_SAVEPOINT ? MANIFEST_SAVEPOINT : 0};
    struct list *out = &w->manifest.parts;
    TRY(parts_collect(w->arena, c->hub, out, e));
    TRY(parts_collect(w->arena, c->carry, out, e));
    for (uint32_t i = 0; i < c->task_count; i++) {
        /* A task that has acknowledged and ended since belongs with its end to the next epoch. */
        c->owed_late[i] = c->parts[i] != NULL;
        TRY(parts_collect(w->arena, c->parts[i] != NULL ? c->parts[i] : c->ended[i], out, e));
    }
    return STATUS_OK;
}

static void epoch_done(struct coordinator *c) {
    assert(c->phase == EPOCH_GATHERING || c->phase == EPOCH_WRITING || c->phase == EPOCH_COMMITTING);
    for (uint32_t i = 0; i < c->task_count; i++) {
        task_part_free(c->parts[i]);
        c->parts[i] = NULL;
    }
    task_part_free(c->hub);
    c->hub = NULL;
    arena_free(c->write.arena);
    c->write.arena = NULL;
    c->phase = EPOCH_NONE;
}

/* The checkpoint that a restart of this process would start from. */
static enum status remember(struct coordinator *c, struct error *e) {
    if (!c->keeps || c->dir.at != NULL) return STATUS_OK;
    struct buf bytes = BUF_INIT;
    struct restore *r = NULL;
    manifest_encode(&bytes, &c->write.manifest);
    enum status s = bytes.failed ? error_no_memory(e, bytes.size_bytes) : store_decode(c->job->env, buf_view(&bytes), &r, e);
    buf_deinit(&bytes);
    if (s != STATUS_OK) return s;
    coordinator_replace(c, r);
    return STATUS_OK;
}

static void published(struct coordinator *c) {
    assert(c->epoch > c->completed);
    if (!(c->flags & BARRIER_SAVEPOINT) && c->keeps) retention_add(c, c->epoch, &c->write.manifest.parts);
    c->completed = c->epoch;
    c->failures = 0;
    if (!c->keeps && !(c->flags & BARRIER_SAVEPOINT)) return;
    struct job_metrics *m = &c->job->totals;
    job_lock(c->job);
    m->checkpoints++;
    m->last_checkpoint_bytes = c->write.bytes;
    m->last_checkpoint_ms = (env_monotonic_ns(c->job->env) - c->started_ns) / 1000000;
    job_unlock(c->job);
    if (c->flags & BARRIER_SAVEPOINT) c->job->savepoint = arena_str(c->job->arena, c->write.folder);
}

/* Everything is committed. */
static enum status epoch_committed(struct coordinator *c) {
    assert(c->completed == c->epoch);
    for (uint32_t i = 0; i < c->task_count; i++)
        if (!c->owed_late[i]) task_part_committed(c->ended[i]);
    task_part_free(c->carry);
    c->carry = NULL;
    if (c->flags & BARRIER_TERMINAL) c->suspended = true;
    c->finished = c->last && c->keeps && c->dir.at != NULL;
    if (c->last || c->suspended) c->settled = attempt_done(c->at);
    int64_t now = env_monotonic_ns(c->job->env);
    int64_t next = c->started_ns + c->interval_ms * 1000000, pause = now + c->pause_ms * 1000000;
    if (c->interval_ms > 0) c->next_ns = next > pause ? next : pause;
    epoch_done(c);
    return STATUS_OK;
}

/* ---- on a helper thread, where there is one ---- */

static void helper_done(struct epoch_write *w, enum status s) {
    assert(!atomic_load(&w->finished));
    struct job *job = w->job;
    if (s != STATUS_OK && w->error.status == STATUS_OK) error_set(&w->error, s, "%s", status_text(s));
    atomic_store(&w->finished, true);
    env_wait_wake(job->env, job->mailbox.wait);
}

static enum status helper_start(struct coordinator *c, void (*run)(void *), enum epoch_phase phase, struct error *e) {
    assert(phase == EPOCH_WRITING || (phase == EPOCH_COMMITTING && c->completed == c->epoch));
    c->write.error = (struct error)ERROR_INIT;
    atomic_store(&c->write.finished, false);
    if (c->job->pool == NULL) run(&c->write);
    else TRY(env_pool_submit(c->job->pool, run, &c->write, e));
    c->phase = phase; /* only now: coordinator_detach waits for what has begun */
    return c->job->pool == NULL ? coordinator_poll(c, e) : STATUS_OK;
}

static bool has_committables(const struct list *parts) {
    for (uint32_t i = 0; i < parts->count; i++)
        if (((const struct part *)parts->at[i])->kind == PART_COMMITTABLE) return true;
    return false;
}

static void commit_run(void *argument) {
    struct epoch_write *w = argument;
    helper_done(w, coordinator_commit(w->coordinator, &w->manifest.parts, &w->error));
}

static enum status epoch_publish(struct coordinator *c, struct error *e) {
    TRY(remember(c, e));
    published(c);
    if (!has_committables(&c->write.manifest.parts)) return epoch_committed(c);
    return helper_start(c, commit_run, EPOCH_COMMITTING, e);
}

/* ---- writing ---- */

static void write_run(void *argument) {
    struct epoch_write *w = argument;
    helper_done(w, store_write(w->job->env, w->folder, &w->manifest, &w->bytes, &w->error));
}

static enum status folder_choose(struct coordinator *c, struct epoch_write *w, struct error *e) {
    assert((c->flags & BARRIER_SAVEPOINT) == 0 || c->savepoint_dir.at != NULL);
    if ((c->flags & BARRIER_SAVEPOINT) == 0)
        w->folder = store_folder(w->arena, c->dir, c->epoch);
    else
        w->folder = arena_format(w->arena, "%.*s/savepoint-%llu-%08llx", STR_ARG(c->savepoint_dir), (unsigned long long)c->epoch,
                                 (unsigned long long)(env_random(c->job->env) & 0xffffffffU));
    return w->folder.at == NULL ? error_no_memory(e, 0) : STATUS_OK;
}

enum status coordinator_gathered(struct coordinator *c, struct error *e) {
    assert(c->phase == EPOCH_GATHERING && c->remaining == 0);
    struct epoch_write *w = &c->write;
    w->job = c->job;
    w->coordinator = c;
    w->bytes = 0;
    w->arena = arena_new("epoch", 0);
    if (w->arena == NULL) return error_no_memory(e, 0);
    c->at->hold_splits = false;
    TRY(manifest_collect(c, w, e));
    bool to_disk = (c->flags & BARRIER_SAVEPOINT) || (c->keeps && c->dir.at != NULL);
    if (!to_disk) return epoch_publish(c, e);
    TRY(folder_choose(c, w, e));
    return helper_start(c, write_run, EPOCH_WRITING, e);
}

enum status coordinator_poll(struct coordinator *c, struct error *e) {
    if ((c->phase != EPOCH_WRITING && c->phase != EPOCH_COMMITTING) || !atomic_load(&c->write.finished)) return STATUS_OK;
    bool ok = c->write.error.status == STATUS_OK;
    if (c->phase == EPOCH_COMMITTING) {
        if (ok) return epoch_committed(c);
        if (e != NULL) *e = c->write.error; /* published and not committed: the restart commits it */
        return c->write.error.status;
    }
    if (ok) return epoch_publish(c, e);
    struct error why = c->write.error;
    arena_free(c->write.arena);
    c->write.arena = NULL;
    return coordinator_give_up(c, &why, e);
}
