/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Strands: jobs are done in order, one at a time, on other threads; the first failure is final; an
 * answer waits for the jobs that were there when it was asked for.
 */
#include "base/alloc.h"
#include "runtime/attempt.h"
#include "runtime/job.h"
#include "runtime/sink_unit.h"
#include "unit/unit.h"

enum { JOBS = 5000 };

struct fixture {
    struct env *env;
    struct job job;
    struct attempt attempt;
    struct worker worker;
    struct task task;
    struct sink_unit unit;
    /* the helper's */
    uint32_t done, freed;
    uint32_t fails_at; /* 0: none */
    bool in_order;
    _Atomic uint32_t inside, most_inside;
};

struct numbered {
    struct sink_job job; /* first */
    struct fixture *fixture;
    uint32_t number;
};

static enum status numbered_run(struct sink_job *j, struct error *e) {
    struct numbered *n = (struct numbered *)j;
    struct fixture *f = n->fixture;
    uint32_t inside = atomic_fetch_add(&f->inside, 1) + 1;
    if (inside > atomic_load(&f->most_inside)) atomic_store(&f->most_inside, inside);
    f->in_order &= n->number == f->done;
    f->done++;
    atomic_fetch_sub(&f->inside, 1);
    return n->number + 1 == f->fails_at ? error_set(e, STATUS_IO, "the disk is full") : STATUS_OK;
}

static void numbered_free(struct sink_job *j) {
    ((struct numbered *)j)->fixture->freed++;
    mem_free(j);
}

static void fixture_init(struct fixture *f, bool threads) {
    memset(f, 0, sizeof *f);
    f->in_order = true;
    f->env = env_posix_new();
    f->job.env = f->env;
    assert_int_equal(mailbox_init(&f->job.mailbox, f->env, NULL, NULL), STATUS_OK);
    if (threads) assert_int_equal(env_pool_new(f->env, 2, &f->job.pool, NULL), STATUS_OK);
    f->attempt = (struct attempt){.job = &f->job, .env = f->env, .number = 1, .manager = &f->job.mailbox};
    f->worker.attempt = &f->attempt;
    assert_int_equal(mailbox_init(&f->worker.mailbox, f->env, NULL, NULL), STATUS_OK);
    f->task = (struct task){.attempt = &f->attempt, .worker = &f->worker, .epoch = 7};
    strand_init(&f->unit.strand, &f->attempt, &f->task);
    f->unit.context.jobs = &f->unit.strand.jobs;
}

static void fixture_wait(struct fixture *f) {
    while (atomic_load(&f->attempt.writes) > 0) env_pause(f->env, 100000);
    assert_true(strand_is_idle(&f->unit.strand));
}

static void fixture_deinit(struct fixture *f) {
    fixture_wait(f);
    env_pool_free(f->env, f->job.pool);
    mailbox_deinit(&f->job.mailbox);
    mailbox_deinit(&f->worker.mailbox);
    env_free(f->env);
}

static enum status add(struct fixture *f, uint32_t number, struct error *e) {
    struct numbered *n = mem_calloc(1, sizeof *n);
    assert_non_null(n);
    *n = (struct numbered){.job = {.run = numbered_run, .free = numbered_free, .size_bytes = 100}, .fixture = f, .number = number};
    return sink_job_add(f->unit.context.jobs, &n->job, e);
}

static void jobs_run_in_order_and_one_at_a_time(void **state) {
    (void)state;
    struct fixture f;
    fixture_init(&f, true);
    for (uint32_t i = 0; i < JOBS; i++) {
        while (!strand_has_room(&f.unit.strand)) env_wait_sleep(f.env, f.worker.mailbox.wait, -1);
        assert_int_equal(add(&f, i, NULL), STATUS_OK);
    }
    fixture_wait(&f);
    assert_int_equal(f.done, JOBS);
    assert_int_equal(f.freed, JOBS);
    assert_int_equal(f.most_inside, 1);
    assert_true(f.in_order);
    assert_true(strand_has_room(&f.unit.strand));
    fixture_deinit(&f);
}

static struct message *answer(struct fixture *f, enum message_kind kind) {
    for (struct message *msg = mailbox_take(&f->job.mailbox), *next = NULL; msg != NULL; msg = next) {
        next = msg->next;
        if (msg->kind == kind) return msg; /* the last one, in these tests */
        message_free(msg);
    }
    return NULL;
}

static void an_answer_waits_for_the_jobs_before_it(void **state) {
    (void)state;
    struct fixture f;
    fixture_init(&f, true);
    for (uint32_t i = 0; i < 100; i++) assert_int_equal(add(&f, i, NULL), STATUS_OK);
    struct ack *a = ack_new(&f.task, MESSAGE_ACK, task_part_new());
    assert_int_equal(sink_unit_fence(&f.unit, a, NULL), STATUS_OK);
    ack_release(a);
    fixture_wait(&f);
    struct message *msg = answer(&f, MESSAGE_ACK);
    assert_non_null(msg);
    assert_int_equal(msg->epoch, 7);
    assert_int_equal(f.done, 100);
    message_free(msg);
    fixture_deinit(&f);
}

static void after_a_failure_nothing_is_run_and_nothing_acknowledged(void **state) {
    (void)state;
    struct fixture f;
    fixture_init(&f, true);
    f.fails_at = 10;
    for (uint32_t i = 0; i < 100; i++) assert_int_equal(add(&f, i, NULL), STATUS_OK);
    struct ack *a = ack_new(&f.task, MESSAGE_ACK, task_part_new());
    assert_int_equal(sink_unit_fence(&f.unit, a, NULL), STATUS_OK);
    ack_release(a);
    fixture_wait(&f);
    struct ack *later = ack_new(&f.task, MESSAGE_ACK, task_part_new());
    assert_int_equal(sink_unit_fence(&f.unit, later, NULL), STATUS_OK);
    ack_release(later);
    assert_int_equal(f.done, 10);
    assert_int_equal(f.freed, 100);
    struct message *msg = answer(&f, MESSAGE_FAILED);
    assert_non_null(msg);
    assert_null(msg->next);
    message_free(msg);
    fixture_deinit(&f);
}

static void without_helpers_a_failure_is_the_callers(void **state) {
    (void)state;
    struct fixture f;
    struct error e = ERROR_INIT;
    fixture_init(&f, false);
    f.fails_at = 2;
    assert_int_equal(add(&f, 0, &e), STATUS_OK);
    assert_int_equal(add(&f, 1, &e), STATUS_IO);
    assert_int_equal(f.freed, 2);
    fixture_deinit(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jobs_run_in_order_and_one_at_a_time),
        cmocka_unit_test(an_answer_waits_for_the_jobs_before_it),
        cmocka_unit_test(after_a_failure_nothing_is_run_and_nothing_acknowledged),
        cmocka_unit_test(without_helpers_a_failure_is_the_callers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
