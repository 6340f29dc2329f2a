/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whole jobs over plans made by hand and a connector in memory: how they run, end, fail, restart and
 * take part in checkpoints. The source makes the numbers 0..rows-1 per split; the sink adds them up,
 * at once or when it is told to commit.
 */
#include "unit/unit.h"

#include "runtime/runtime.h"

#include "base/alloc.h"
#include "io/connector_impl.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

static struct {
    uint64_t rows;
    uint32_t splits;
    uint64_t fail_at; /* written rows at which a write fails, once; 0: never */
    bool per_epoch, endless;
    _Atomic uint64_t written, committed, sum, fresh_starts, failures;
} world;

/* ---- the source ---- */

struct fake_enumerator { struct split_enumerator base; bool done; };

static enum status discover(struct split_enumerator *n, enum status (*add)(void *, struct str), void *context, bool *ret_done, int64_t *ret_wake, struct error *e) {
    struct fake_enumerator *f = (struct fake_enumerator *)n;
    (void)e;
    static const uint64_t zero = 0;
    for (uint32_t i = 0; i < world.splits && !f->done; i++) TRY(add(context, (struct str){(const char *)&zero, 8}));
    f->done = *ret_done = true;
    *ret_wake = -1;
    return STATUS_OK;
}
static enum status enumerator_snapshot(struct split_enumerator *n, struct buf *out, struct error *e) {
    (void)e;
    buf_char(out, ((struct fake_enumerator *)n)->done);
    return STATUS_OK;
}
static enum status enumerator_restore(struct split_enumerator *n, struct str s, struct error *e) {
    (void)e;
    ((struct fake_enumerator *)n)->done = s.at[0] != 0;
    return STATUS_OK;
}
static void enumerator_free(struct split_enumerator *n) { (void)n; }
static const struct enumerator_ops enumerator_ops = {discover, enumerator_snapshot, enumerator_restore, enumerator_free, NULL};
static enum status enumerator_new(const struct source_context *c, struct split_enumerator **ret, struct error *e) {
    (void)e;
    struct fake_enumerator *f = ARENA_NEW(c->arena, struct fake_enumerator);
    f->base.ops = &enumerator_ops;
    *ret = &f->base;
    return STATUS_OK;
}

/* A split of an endless source is read up to what is there now: its position is kept when another one comes. */
struct fake_reader { struct source_reader base; uint64_t next, left[8]; uint32_t left_count; bool active, available_now; };

static enum status add_split(struct source_reader *r, struct str split, struct error *e) {
    struct fake_reader *f = (struct fake_reader *)r;
    (void)e;
    assert_false(f->active);
    memcpy(&f->next, split.at, 8);
    f->active = true;
    return STATUS_OK;
}
static enum status reader_read(struct source_reader *r, struct batch_buffer *out, enum read_result *ret, int64_t *ret_wake, struct error *e) {
    struct fake_reader *f = (struct fake_reader *)r;
    (void)e;
    *ret_wake = -1;
    while (f->next < world.rows && !batch_buffer_full(out)) {
        uint32_t row = batch_buffer_row(out, ROW_INSERT);
        VEC_DATA(out->batch.columns[0], int64_t)[row] = (int64_t)f->next++;
    }
    *ret = f->next < world.rows ? READ_MORE : world.endless && !f->available_now ? READ_WAIT : READ_END;
    if (*ret == READ_END && f->active && world.endless) f->left[f->left_count++ % 8] = f->next;
    if (*ret == READ_END) f->active = false;
    return STATUS_OK;
}
static enum status reader_position(struct source_reader *r, enum status (*add)(void *, struct str), void *context, struct error *e) {
    struct fake_reader *f = (struct fake_reader *)r;
    (void)e;
    for (uint32_t i = 0; i < f->left_count && i < 8; i++) TRY(add(context, (struct str){(const char *)&f->left[i], 8}));
    return f->active ? add(context, (struct str){(const char *)&f->next, 8}) : STATUS_OK;
}
static void reader_free(struct source_reader *r) { (void)r; }
static const struct reader_ops reader_ops = {add_split, reader_read, reader_position, NULL, reader_free};
static enum status reader_new(const struct source_context *c, struct source_reader **ret, struct error *e) {
    (void)e;
    struct fake_reader *f = ARENA_NEW(c->arena, struct fake_reader);
    f->base.ops = &reader_ops;
    f->available_now = c->available_now;
    *ret = &f->base;
    return STATUS_OK;
}

/* ---- the sink ---- */

struct fake_writer { struct sink_writer base; uint64_t sum, rows; };

static enum status writer_write(struct sink_writer *w, const struct batch *b, struct error *e) {
    struct fake_writer *f = (struct fake_writer *)w;
    struct rows rows = batch_rows(b);
    for (uint32_t i = 0; i < rows.count; i++) f->sum += (uint64_t)VEC_VALUE(b->columns[0], int64_t, rows_at(&rows, i));
    f->rows += rows.count;
    uint64_t before = atomic_fetch_add(&world.written, rows.count);
    if (world.fail_at == 0 || before + rows.count < world.fail_at || atomic_exchange(&world.failures, 1) != 0) return STATUS_OK;
    return error_set(e, STATUS_IO, "the disk is tired");
}
static enum status writer_prepare(struct sink_writer *w, bool last, enum status (*add)(void *, struct str), void *context, struct error *e) {
    struct fake_writer *f = (struct fake_writer *)w;
    (void)e;
    (void)last;
    uint64_t committable[2] = {f->sum, f->rows};
    f->sum = f->rows = 0;
    return committable[1] == 0 ? STATUS_OK : add(context, (struct str){(const char *)committable, sizeof committable});
}
static void writer_free(struct sink_writer *w) { (void)w; }
static const struct writer_ops writer_ops = {writer_write, NULL, writer_prepare, NULL, NULL, writer_free};
static enum status writer_new(const struct sink_context *c, struct sink_writer **ret, struct error *e) {
    (void)e;
    struct fake_writer *f = ARENA_NEW(c->arena, struct fake_writer);
    f->base.ops = &writer_ops;
    *ret = &f->base;
    return STATUS_OK;
}
static enum status commit(void *committer, struct str committable, struct error *e) {
    (void)committer;
    (void)e;
    uint64_t c[2];
    assert_int_equal(committable.size_bytes, sizeof c);
    memcpy(c, committable.at, sizeof c);
    world.sum += c[0];
    world.committed += c[1];
    return STATUS_OK;
}
static void committer_free(void *committer) { (void)committer; }
static const struct committer_ops committer_ops = {.commit = commit, .clean = NULL, .free = committer_free};
static enum status committer_new(const struct sink_context *c, const struct committer_ops **ret_ops, void **ret, struct error *e) {
    (void)c;
    (void)e;
    *ret_ops = &committer_ops;
    *ret = NULL;
    return STATUS_OK;
}
static enum status fresh_start(const struct sink_context *c, struct error *e) {
    (void)c;
    (void)e;
    world.fresh_starts++;
    return STATUS_OK;
}

static const struct connector_impl fake_impl = {"fake", enumerator_new, reader_new, writer_new, committer_new, fresh_start};
const struct connector_impl *connector_impl_find(struct str name) { return str_equal(name, STR("fake")) ? &fake_impl : NULL; }

/* ---- plans ---- */

struct fixture {
    struct env *env;
    struct arena *arena;
    struct session *session;
    struct plan plan;
    struct table_options *options;
    const struct type *row;
};

static int fixture_setup(void **state) {
    static struct fixture f;
    memset(&f, 0, sizeof f);
    memset(&world, 0, sizeof world);
    world.rows = 10000;
    world.splits = 1;
    f.env = env_posix_new();
    f.arena = arena_new("test", 0);
    assert_int_equal(session_new(f.arena, &f.session, NULL), STATUS_OK);
    struct type_field field = {.name = STR("n"), .type = type_simple(f.session->types, TYPE_BIGINT, false)};
    f.row = type_row(f.session->types, &field, 1, false);
    static const struct connector connector = {.name = "fake"};
    struct list given = {0};
    struct ast_option *o = ARENA_NEW(f.arena, struct ast_option);
    o->key = STR("connector");
    o->value = STR("datagen");
    assert_int_equal(list_push(&given, f.arena, o), STATUS_OK);
    f.options = ARENA_NEW(f.arena, struct table_options);
    assert_int_equal(table_options_parse(f.arena, &given, true, f.options, NULL), STATUS_OK);
    f.options->connector = &connector;
    f.plan = (struct plan){.arena = f.arena, .session = f.session, .bounded = true, .parallelism = 1};
    *state = &f;
    return 0;
}

static int fixture_teardown(void **state) {
    struct fixture *f = *state;
    arena_free(f->arena);
    env_free(f->env);
    return 0;
}

static struct node *node_make(struct fixture *f, enum node_kind kind, struct node *input) {
    struct node *n = ARENA_NEW(f->arena, struct node);
    n->kind = kind;
    n->id = f->plan.nodes.count;
    n->uid = arena_format(f->arena, "node-%u", n->id);
    n->row = f->row;
    n->produces = CHANGE_I;
    if (input != NULL) list_push(&n->inputs, f->arena, input);
    list_push(&f->plan.nodes, f->arena, n);
    struct table *t = ARENA_NEW(f->arena, struct table);
    t->name = STR("t");
    if (kind == NODE_SCAN) n->as.scan = (struct scan_params){.table = t, .options = f->options, .limit = -1, .rowtime = -1};
    if (kind == NODE_SINK) {
        n->as.sink = (struct sink_params){.table = t, .options = f->options, .row = f->row};
        list_push(&f->plan.sinks, f->arena, n);
    }
    return n;
}

static struct vertex *vertex_make(struct fixture *f, uint32_t parallelism, struct node *a, struct node *b) {
    struct vertex *v = ARENA_NEW(f->arena, struct vertex);
    v->id = f->plan.vertices.count;
    v->parallelism = parallelism;
    list_push(&v->nodes, f->arena, a);
    if (b != NULL) list_push(&v->nodes, f->arena, b);
    list_push(&f->plan.vertices, f->arena, v);
    return v;
}

static void edge_make(struct fixture *f, struct vertex *from, struct vertex *to, enum distribution d) {
    struct edge *g = ARENA_NEW(f->arena, struct edge);
    static uint32_t key = 0;
    *g = (struct edge){.from = from, .to = to, .from_node = from->nodes.at[from->nodes.count - 1], .to_node = to->nodes.at[0], .distribution = d, .keys = &key, .key_count = 1};
    list_push(&from->outputs, f->arena, g);
    list_push(&to->inputs, f->arena, g);
}

/* scan(p) -> sink(q), over an exchange. */
static void plan_two(struct fixture *f, uint32_t p, uint32_t q, enum distribution d) {
    struct node *scan = node_make(f, NODE_SCAN, NULL), *sink = node_make(f, NODE_SINK, scan);
    edge_make(f, vertex_make(f, p, scan, NULL), vertex_make(f, q, sink, NULL), d);
}

static void plan_chain(struct fixture *f, uint32_t p) {
    struct node *scan = node_make(f, NODE_SCAN, NULL);
    vertex_make(f, p, scan, node_make(f, NODE_SINK, scan));
}

static enum job_state run(struct fixture *f, struct job_config *c, bool steps, struct job_metrics *m) {
    struct job *job = NULL;
    struct error e = ERROR_INIT;
    enum status s = job_new(&f->plan, c, &job, &e);
    assert_int_equal(s, STATUS_OK);
    if (steps) {
        enum job_progress p = JOB_PROGRESS;
        for (int i = 0; i < 2000000 && p != JOB_DONE && s == STATUS_OK; i++) s = job_step(job, &p, &e);
    } else {
        s = job_run(job, &e);
    }
    enum job_state state = job_state(job);
    if (s != STATUS_OK && state != JOB_FAILED) fail_msg("%s", e.message);
    if (m != NULL) job_metrics_read(job, m);
    job_free(job);
    return state;
}

static uint64_t expected_sum(void) { return world.splits * (world.rows * (world.rows - 1) / 2); }

static void assert_all_committed(void) {
    assert_int_equal(world.committed, world.rows * world.splits);
    assert_int_equal(world.sum, expected_sum());
}

/* ---- tests ---- */

static void a_bounded_chain_runs_to_its_end(void **state) {
    struct fixture *f = *state;
    plan_chain(f, 1);
    struct job_config c = JOB_CONFIG_INIT(f->env);
    struct job_metrics m;
    assert_int_equal(run(f, &c, false, &m), JOB_FINISHED);
    assert_all_committed();
    assert_int_equal(m.rows_in, world.rows);
    assert_int_equal(m.rows_out, world.rows);
    assert_int_equal(m.checkpoints, 0);
    assert_int_equal(world.fresh_starts, 1);
}

static void every_batch_size_gives_the_same(void **state) {
    struct fixture *f = *state;
    plan_two(f, 1, 3, DISTRIBUTION_HASH);
    const uint32_t sizes[] = {1, 2, 7, BATCH_ROWS_MAX};
    for (size_t i = 0; i < 4; i++) {
        world.committed = world.sum = world.written = 0;
        world.rows = 500;
        struct job_config c = JOB_CONFIG_INIT(f->env);
        c.batch_rows = sizes[i];
        c.workers = 1;
        assert_int_equal(run(f, &c, true, NULL), JOB_FINISHED);
        assert_all_committed();
    }
}

static void threads_exchange_all_rows(void **state) {
    struct fixture *f = *state;
    world.rows = 200000;
    world.splits = 7;
    plan_two(f, 3, 4, DISTRIBUTION_HASH);
    struct job_config c = JOB_CONFIG_INIT(f->env);
    c.workers = 4;
    assert_int_equal(run(f, &c, false, NULL), JOB_FINISHED);
    assert_all_committed();
}

static void any_schedule_gives_the_same(void **state) {
    struct fixture *f = *state;
    world.rows = 300;
    world.splits = 5;
    plan_two(f, 2, 3, DISTRIBUTION_REBALANCE);
    for (uint64_t seed = 1; seed < 40; seed++) {
        world.committed = world.sum = world.written = 0;
        struct job_config c = JOB_CONFIG_INIT(f->env);
        c.workers = 3;
        c.batch_rows = 16;
        c.seed = seed;
        assert_int_equal(run(f, &c, true, NULL), JOB_FINISHED);
        assert_all_committed();
    }
}

static void a_checkpoint_and_restore_after_every_batch_changes_nothing(void **state) {
    struct fixture *f = *state;
    world.rows = 100;
    world.splits = 3;
    plan_two(f, 2, 2, DISTRIBUTION_HASH);
    struct job_config c = JOB_CONFIG_INIT(f->env);
    c.checkpoint_every_batch = true;
    c.batch_rows = 7;
    struct job_metrics m;
    assert_int_equal(run(f, &c, true, &m), JOB_FINISHED);
    assert_true(world.written >= 300);
    assert_int_equal(world.fresh_starts, 1);
    assert_true(m.checkpoints > 20);
    /* Restored committables are committed again; the fake counts them twice, so only look at the end. */
    assert_true(world.committed >= 300);
}

static void a_failure_without_a_strategy_fails_the_job(void **state) {
    struct fixture *f = *state;
    world.fail_at = 5000;
    plan_chain(f, 1);
    struct job_config c = JOB_CONFIG_INIT(f->env);
    assert_int_equal(run(f, &c, false, NULL), JOB_FAILED);
    assert_int_equal(world.committed, 0);
}

static void a_fixed_delay_restarts_from_the_start(void **state) {
    struct fixture *f = *state;
    world.fail_at = 5000;
    plan_chain(f, 1);
    assert_int_equal(session_set(f->session, STR("restart-strategy.type"), STR("fixed-delay"), (struct span){0, 0}, NULL), STATUS_OK);
    assert_int_equal(session_set(f->session, STR("restart-strategy.fixed-delay.delay"), STR("1 ms"), (struct span){0, 0}, NULL), STATUS_OK);
    struct job_config c = JOB_CONFIG_INIT(f->env);
    struct job_metrics m;
    assert_int_equal(run(f, &c, false, &m), JOB_FINISHED);
    assert_int_equal(m.restarts, 1);
    assert_all_committed();
}

static void available_now_suspends_and_commits(void **state) {
    struct fixture *f = *state;
    world.endless = true;
    world.splits = 3;
    plan_two(f, 2, 2, DISTRIBUTION_HASH);
    struct job_config c = JOB_CONFIG_INIT(f->env);
    c.trigger = JOB_AVAILABLE_NOW;
    assert_int_equal(run(f, &c, false, NULL), JOB_SUSPENDED);
    assert_all_committed();
}

struct stopping {
    struct fixture *f;
    struct job *job;
    enum job_stop how;
};

static void stop_later(void *argument) {
    struct stopping *s = argument;
    struct env_wait *w = env_wait_new(s->f->env);
    while (world.written < world.rows * world.splits) env_wait_sleep(s->f->env, w, 1000000);
    env_wait_free(s->f->env, w);
    job_stop(s->job, s->how);
}

static void stop_test(struct fixture *f, enum job_stop how, enum job_state expected) {
    world.endless = true;
    plan_two(f, 1, 2, DISTRIBUTION_HASH);
    struct job_config c = JOB_CONFIG_INIT(f->env);
    struct stopping s = {.f = f, .how = how};
    assert_int_equal(job_new(&f->plan, &c, &s.job, NULL), STATUS_OK);
    struct env_thread *t = NULL;
    assert_int_equal(env_thread_start(f->env, "stop", stop_later, &s, &t, NULL), STATUS_OK);
    assert_int_equal(job_run(s.job, NULL), STATUS_OK);
    env_thread_join(f->env, t);
    assert_int_equal(job_state(s.job), expected);
    job_free(s.job);
    assert_all_committed();
}

static void a_stop_suspends(void **state) { stop_test(*state, JOB_SUSPEND, JOB_SUSPENDED); }
static void a_stop_drains(void **state) { stop_test(*state, JOB_DRAIN, JOB_FINISHED); }

static void a_savepoint_starts_the_job_again_at_another_parallelism(void **state) {
    struct fixture *f = *state;
    world.endless = true;
    world.splits = 2;
    plan_two(f, 2, 2, DISTRIBUTION_HASH);
    struct str dir = arena_format(f->arena, "test_savepoint.%llx", (unsigned long long)env_random(f->env));
    struct job_config c = JOB_CONFIG_INIT(f->env);
    c.trigger = JOB_AVAILABLE_NOW;
    c.savepoint_dir = dir;
    c.savepoint_on_stop = true;
    struct job *job = NULL;
    assert_int_equal(job_new(&f->plan, &c, &job, NULL), STATUS_OK);
    struct error e = ERROR_INIT;
    if (job_run(job, &e) != STATUS_OK) fail_msg("%s", e.message);
    struct str savepoint = arena_str(f->arena, job_savepoint(job));
    assert_non_null(savepoint.at);
    job_free(job);
    assert_all_committed();

    /* The source has grown; commits of the savepoint are made again, which the fake adds up. */
    uint64_t before = world.sum;
    world.rows += 1000;
    ((struct vertex *)f->plan.vertices.at[0])->parallelism = 1;
    ((struct vertex *)f->plan.vertices.at[1])->parallelism = 3;
    struct job_config again = JOB_CONFIG_INIT(f->env);
    again.trigger = JOB_AVAILABLE_NOW;
    again.restore_path = savepoint;
    assert_int_equal(run(f, &again, false, NULL), JOB_SUSPENDED);
    assert_int_equal(world.sum, before + expected_sum());
    assert_int_equal(world.fresh_starts, 1);
    assert_int_equal(env_remove_tree(f->env, dir, NULL), STATUS_OK);
}

static void a_foreign_savepoint_is_refused_with_the_difference(void **state) {
    struct fixture *f = *state;
    plan_chain(f, 1);
    struct str dir = arena_format(f->arena, "test_foreign.%llx", (unsigned long long)env_random(f->env));
    struct job_config c = JOB_CONFIG_INIT(f->env);
    c.trigger = JOB_AVAILABLE_NOW;
    c.savepoint_dir = dir;
    c.savepoint_on_stop = true;
    assert_int_equal(run(f, &c, false, NULL), JOB_SUSPENDED);
    ((struct node *)f->plan.nodes.at[0])->uid = STR("another");
    struct str *names = NULL;
    uint32_t count = 0;
    assert_int_equal(env_list(f->env, f->arena, dir, &names, &count, NULL), STATUS_OK);
    assert_int_equal(count, 1);
    struct job_config again = JOB_CONFIG_INIT(f->env);
    again.restore_path = arena_format(f->arena, "%.*s/%.*s", STR_ARG(dir), STR_ARG(names[0]));
    struct job *job = NULL;
    struct error e = ERROR_INIT;
    assert_int_equal(job_new(&f->plan, &again, &job, &e), STATUS_OK);
    assert_int_equal(job_run(job, &e), STATUS_STATE_MISMATCH);
    assert_non_null(strstr(e.message, "node-0"));
    assert_non_null(strstr(e.message, "another"));
    job_free(job);
    assert_int_equal(env_remove_tree(f->env, dir, NULL), STATUS_OK);
}

static enum status take(void *context, const struct batch *b, struct error *e) {
    (void)e;
    *(uint64_t *)context += b->sel_count;
    return STATUS_OK;
}

static void a_select_ends_after_its_rows(void **state) {
    struct fixture *f = *state;
    plan_two(f, 2, 2, DISTRIBUTION_HASH);
    world.endless = true;
    world.splits = 2;
    ((struct node *)f->plan.sinks.at[0])->as.sink.table = NULL;
    for (uint32_t workers = 1; workers < 3; workers++) {
        uint64_t rows = 0;
        struct job_config c = JOB_CONFIG_INIT(f->env);
        c.result = (struct result_sink){take, NULL, &rows};
        c.max_rows = 4321;
        c.workers = workers;
        assert_int_equal(run(f, &c, false, NULL), JOB_FINISHED);
        assert_int_equal(rows, 4321);
    }
}

int main(void) {
#define T(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        T(a_bounded_chain_runs_to_its_end),
        T(every_batch_size_gives_the_same),
        T(threads_exchange_all_rows),
        T(any_schedule_gives_the_same),
        T(a_checkpoint_and_restore_after_every_batch_changes_nothing),
        T(a_failure_without_a_strategy_fails_the_job),
        T(a_fixed_delay_restarts_from_the_start),
        T(available_now_suspends_and_commits),
        T(a_stop_suspends),
        T(a_stop_drains),
        T(a_savepoint_starts_the_job_again_at_another_parallelism),
        T(a_foreign_savepoint_is_refused_with_the_difference),
        T(a_select_ends_after_its_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
