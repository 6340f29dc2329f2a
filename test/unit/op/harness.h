/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The operator harness: feeds one operator rows and watermarks written as text, and collects what it
 * sends as text. The same script is run in many ways that must not change the answer: all rows in
 * one batch with the marks inside, row by row, in batches of three under a selection with holes, and
 * with the state exported and imported into a new operator between any two steps: between two rows,
 * and between any two calls of a long firing.
 *
 * A script line is "+I a 1 2.5" (kind, then the columns; ~ is NULL), "w 1000" (a watermark in ms),
 * or "t 5000" (processing time in ms).
 */
#ifndef WEIR_TEST_UNIT_OP_HARNESS_H
#define WEIR_TEST_UNIT_OP_HARNESS_H

#include "base/alloc.h"
#include "op/op.h"
#include "unit/unit.h"
#include "vec/value.h"

#include <stdlib.h>
#include <string.h>

enum harness_way { WAY_ONE_BATCH, WAY_ROW_BY_ROW, WAY_HOLES, WAY_RESTORED, WAY_COUNT };

struct harness {
    struct op_output output; /* first: the operator's output is the harness */
    struct arena *arena;
    struct types *types;
    struct node *node;
    struct node *input;
    struct op *op;
    struct state *state;
    struct eval_context eval;
    struct op_metrics metrics;
    struct batch_buffer *rows;
    int64_t timer_ms;
    bool restored;
    bool restores;           /* between two calls of resume, too */
    struct buf text;         /* what came out, a line each */
    uint64_t late_rows;
};

static enum status harness_emit(struct op_output *o, const struct batch *b, struct error *e) {
    struct harness *h = (struct harness *)o;
    (void)e;
    struct rows rows = batch_rows(b);
    uint32_t m = 0;
    for (uint32_t i = 0; i <= rows.count; i++) {
        uint32_t row = i < rows.count ? rows_at(&rows, i) : UINT32_MAX;
        for (; m < b->mark_count && (row == UINT32_MAX || b->marks[m].position <= row); m++) {
            if (b->marks[m].kind == MARK_WATERMARK) buf_format(&h->text, "w %lld\n", (long long)b->marks[m].watermark_ms);
        }
        if (row == UINT32_MAX) break;
        buf_text(&h->text, row_kind_text(batch_kind(b, row)));
        for (uint32_t c = 0; c < b->column_count; c++) {
            buf_char(&h->text, ' ');
            value_print_java(&h->text, b->columns[c], row);
        }
        buf_char(&h->text, '\n');
    }
    return STATUS_OK;
}

static enum status harness_mark(struct op_output *o, const struct mark *m, struct error *e) {
    struct harness *h = (struct harness *)o;
    (void)e;
    if (m->kind == MARK_WATERMARK) buf_format(&h->text, "w %lld\n", (long long)m->watermark_ms);
    return STATUS_OK;
}

static void harness_timer(void *task, struct op *op, int64_t time_ms) {
    struct harness *h = task;
    (void)op;
    if (time_ms < h->timer_ms) h->timer_ms = time_ms;
}

static void harness_open(struct harness *h) {
    struct error e = ERROR_INIT;
    struct op_context c = {.arena = h->arena, .state = h->state, .types = h->types, .eval = &h->eval, .parallelism = 1,
                           .max_parallelism = 128, .restored = h->restored, .metrics = &h->metrics, .set_timer = harness_timer, .task = h, .fire_rows = h->restores ? 1 : 0};
    if (op_new(h->node, &c, &h->output, &h->op, &e) != STATUS_OK) fail_msg("open: %s", e.message);
}

static struct state *harness_state(void) {
    struct state *s = NULL;
    struct error e = ERROR_INIT;
    const struct state_config c = {.reserve_bytes = 1 << 28, .budget_bytes = 1 << 27, .max_parallelism = 128, .key_group_begin = 0, .key_group_end = 128};
    if (state_new(&c, &s, &e) != STATUS_OK) fail_msg("state: %s", e.message);
    return s;
}

/* ---- savepoint bytes in memory ----------------------------------------------------------------- */

struct harness_bytes { struct buf b; size_t at; };

static enum status harness_write(void *context, const void *bytes, size_t size, struct error *e) {
    struct harness_bytes *m = context;
    (void)e;
    buf_append(&m->b, bytes, size);
    return m->b.failed ? STATUS_NO_MEMORY : STATUS_OK;
}

static enum status harness_read(void *context, void *bytes, size_t size, struct error *e) {
    struct harness_bytes *m = context;
    if (m->b.size_bytes - m->at < size) return error_set(e, STATUS_CORRUPT, "cut");
    memcpy(bytes, m->b.at + m->at, size);
    m->at += size;
    return STATUS_OK;
}

/* Export, close, import into a fresh state, open anew. */
static void harness_restore(struct harness *h) {
    struct error e = ERROR_INIT;
    struct harness_bytes m = {.b = BUF_INIT};
    struct state_writer w = {harness_write, &m};
    struct state_reader r = {harness_read, &m};
    if (h->op->class->before_barrier != NULL) assert_int_equal(h->op->class->before_barrier(h->op, &e), STATUS_OK);
    if (state_export(h->state, &w, &e) != STATUS_OK) fail_msg("export: %s", e.message);
    op_free(h->op);
    state_free(h->state);
    h->state = harness_state();
    h->restored = true;
    if (state_import(h->state, &r, 0, 1, &e) != STATUS_OK) fail_msg("import: %s", e.message);
    harness_open(h);
    if (state_check_claimed(h->state, &e) != STATUS_OK) fail_msg("claimed: %s", e.message);
    buf_deinit(&m.b);
}

static void harness_more(struct harness *h, bool more) {
    struct error e = ERROR_INIT;
    while (more) {
        if (h->restores && h->op->class->continues != NULL) {
            harness_restore(h);
            assert_int_equal(h->op->class->continues(h->op, &more, &e), STATUS_OK);
            assert_true(more); /* the mark, at least */
        }
        more = false;
        assert_int_equal(h->op->class->resume(h->op, &more, &e), STATUS_OK);
    }
}

/* ---- feeding ------------------------------------------------------------------------------------- */

static void harness_value(struct vec *v, uint32_t row, const char *word) {
    if (strcmp(word, "~") == 0) {
        vec_set_null(v, row);
        return;
    }
    vec_set_valid(v, row);
    switch (v->type->phys) {
    case PHYS_I32: VEC_DATA(v, int32_t)[row] = (int32_t)strtol(word, NULL, 10); break;
    case PHYS_I64: VEC_DATA(v, int64_t)[row] = strtoll(word, NULL, 10) * (type_is_timestamp(v->type) ? 1000 : 1); break;
    case PHYS_F64: VEC_DATA(v, double)[row] = strtod(word, NULL); break;
    case PHYS_STRING: assert_int_equal(vec_set_str(v, row, str_of(word)), STATUS_OK); break;
    default: fail_msg("the harness has no text for this type");
    }
}

static void harness_push(struct harness *h, enum harness_way way) {
    struct error e = ERROR_INIT;
    bool more = false;
    uint32_t sel[BATCH_ROWS_MAX];
    struct batch b = h->rows->batch;
    if (b.row_count == 0 && b.mark_count == 0) return;
    if (way == WAY_HOLES) {
        b.sel = sel;
        b.sel_count = 0;
        for (uint32_t i = 0; i < b.row_count; i += 2) sel[b.sel_count++] = i;
    }
    if (op_push(h->op, 0, &b, &more, &e) != STATUS_OK) fail_msg("push: %s", e.message);
    harness_more(h, more);
    batch_buffer_reset(h->rows);
    if (way == WAY_RESTORED) harness_restore(h);
}

/* The next piece up to a separator; moves *at behind it; NULL at the end. */
static char *harness_piece(char **at, char separator) {
    char *piece = *at;
    if (piece == NULL || *piece == '\0') return NULL;
    char *end = strchr(piece, separator);
    *at = end == NULL ? NULL : end + 1;
    if (end != NULL) *end = '\0';
    return piece;
}

static void harness_row(struct harness *h, enum harness_way way, char *line) {
    static const char *const kinds[] = {"+I", "-U", "+U", "-D"};
    char *save = line, *word = harness_piece(&save, ' ');
    enum row_kind kind = ROW_INSERT;
    for (int k = 0; k < 4; k++) {
        if (strcmp(word, kinds[k]) == 0) kind = (enum row_kind)k;
    }
    uint32_t row = batch_buffer_row(h->rows, kind);
    for (uint32_t c = 0; c < h->rows->batch.column_count; c++) {
        word = harness_piece(&save, ' ');
        assert_non_null(word);
        harness_value(h->rows->batch.columns[c], row, word);
    }
    if (way == WAY_HOLES) {
        uint32_t hole = batch_buffer_row(h->rows, ROW_DELETE);
        for (uint32_t c = 0; c < h->rows->batch.column_count; c++) vec_set_null(h->rows->batch.columns[c], hole);
    }
}

static void harness_time(struct harness *h, int64_t ms) {
    struct error e = ERROR_INIT;
    bool more = false;
    h->eval.now_us = ms * 1000;
    if (h->timer_ms > ms || h->op->class->on_timer == NULL) return;
    h->timer_ms = INT64_MAX;
    assert_int_equal(h->op->class->on_timer(h->op, ms, &more, &e), STATUS_OK);
    harness_more(h, more);
}

static void harness_line(struct harness *h, enum harness_way way, char *line) {
    bool mark = line[0] == 'w', time = line[0] == 't';
    if (mark) {
        assert_int_equal(batch_buffer_mark(h->rows, MARK_WATERMARK, strtoll(line + 2, NULL, 10)), STATUS_OK);
    } else if (time) {
        harness_push(h, way);
        harness_time(h, strtoll(line + 2, NULL, 10));
    } else {
        harness_row(h, way, line);
    }
    bool one_by_one = way == WAY_ROW_BY_ROW || way == WAY_RESTORED;
    if (one_by_one || (way == WAY_HOLES && h->rows->batch.row_count >= 6)) harness_push(h, way);
}

static void harness_run_way(struct harness *h, enum harness_way way, const char *script, const char *expected) {
    struct error e = ERROR_INIT;
    const struct type *types[16];
    bool more = false;
    h->state = harness_state();
    h->restored = false;
    h->restores = way == WAY_RESTORED;
    h->eval = (struct eval_context){.watermark_ms = WATERMARK_MIN};
    h->metrics = (struct op_metrics){.watermark_ms = WATERMARK_MIN};
    h->timer_ms = INT64_MAX;
    h->text = (struct buf)BUF_INIT;
    for (uint32_t i = 0; i < h->input->row->child_count; i++) types[i] = h->input->row->children[i].type;
    assert_int_equal(batch_buffer_new(h->arena, types, h->input->row->child_count, 256, &h->rows), STATUS_OK);
    harness_open(h);
    char *copy = strdup(script), *rest = copy;
    for (char *line = harness_piece(&rest, '\n'); line != NULL; line = harness_piece(&rest, '\n')) harness_line(h, way, line);
    harness_push(h, way);
    if (h->op->class->finish != NULL) assert_int_equal(h->op->class->finish(h->op, &more, &e), STATUS_OK);
    harness_more(h, more);
    buf_char(&h->text, '\0');
    if (strcmp(h->text.at, expected) != 0) fail_msg("way %d:\n%s\nexpected:\n%s", (int)way, h->text.at, expected);
    h->late_rows = h->metrics.late_rows;
    free(copy);
    op_free(h->op);
    batch_buffer_free(h->rows);
    state_free(h->state);
    buf_deinit(&h->text);
}

/* ---- making operators ------------------------------------------------------------------------------ */

/* A harness for an operator of this kind; set its input, h->node->as and h->node->row before running. */
static struct harness *harness_new(enum node_kind kind) {
    struct arena *a = arena_new("harness", 0);
    struct harness *h = ARENA_NEW(a, struct harness);
    h->arena = a;
    h->types = types_new(a);
    h->output = (struct op_output){harness_emit, harness_mark};
    h->input = ARENA_NEW(a, struct node);
    h->node = ARENA_NEW(a, struct node);
    h->node->kind = kind;
    assert_int_equal(list_push(&h->node->inputs, a, h->input), STATUS_OK);
    return h;
}

/* The input row (types from h->types); the output row is the same until set otherwise. */
static void harness_input(struct harness *h, const struct type_field *fields, uint32_t count) {
    h->input->row = h->node->row = type_row(h->types, fields, count, false);
}

static void harness_free(struct harness *h) { arena_free(h->arena); }

/* Runs the script in every way; each must give exactly the expected lines. */
static void harness_run(struct harness *h, const char *script, const char *expected) {
    for (int way = 0; way < WAY_COUNT; way++) harness_run_way(h, (enum harness_way)way, script, expected);
}

#endif
