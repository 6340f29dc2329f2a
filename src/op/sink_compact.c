/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sink_compact: ON CONFLICT DO ERROR | NOTHING: Flink's WatermarkCompactingSinkMaterializer. The
 * query's own key is not the sink's primary key, so rows of several query keys may claim one primary
 * key. Changes wait until the watermark has passed their epoch (the watermark in effect when they
 * were made: the input's last column): then each change and its counterpart are there. Per primary
 * key they are applied to what the sink shows. One row left: it is shown. None: deleted. Several: a
 * conflict, which is an error, or leaves what is shown first.
 *
 * Within an epoch a change and its exact opposite cancel out at once. After a restore all that waits
 * belongs to one epoch, the lowest, because epochs of the new run begin there. No row is under way
 * across a barrier, so no row of the old run can come later.
 */
#include "base/buf.h"
#include "base/hash.h"
#include "op/keyed_rows.h"
#include "op/ops.h"
#include "vec/value.h"

#include <assert.h>

enum { FIELD_WAITING, FIELD_SHOWN, FIELD_SEQUENCE, FIELDS };

/* Waiting changes lie by epoch, sequence, row kind: 17 bytes. */
enum { EPOCH_BYTES = 8, SEQUENCE_BYTES = 8, ENTRY_KEY_BYTES = 17, FIRE_ROWS = 1024 };

static const struct state_field fields[FIELDS] = {{"waiting", STATE_SORTED}, {"shown", STATE_BLOB}, {"sequence", STATE_WORD}};

struct compact {
    struct op op;
    struct keyed_rows rows;      /* rows without the epoch */
    struct state_map *map;
    struct state_timers *timers; /* when the watermark arrives at epoch + 1 */
    struct buf left;             /* struct str: the rows of a key while it is compacted */
    struct buf keys;             /* keys and rows being copied */
    int64_t watermark_ms;
    struct mark pending;         /* what is being fired; passed on when all timers are done */
};

static const struct materialize_params *params(const struct compact *c) { return &c->op.node->as.materialize; }

/* ---- waiting changes ------------------------------------------------------------------------ */

struct entry_key {
    char bytes[ENTRY_KEY_BYTES];
};

static void put_word(char *to, uint64_t word) {
    for (int i = 0; i < 8; i++) to[i] = (char)(word >> (56 - 8 * i));
}

static struct entry_key entry_key(int64_t epoch_ms, uint64_t sequence, enum row_kind kind) {
    struct entry_key k;
    put_word(k.bytes, (uint64_t)epoch_ms ^ ((uint64_t)1 << 63));
    put_word(k.bytes + EPOCH_BYTES, sequence);
    k.bytes[ENTRY_KEY_BYTES - 1] = (char)kind;
    return k;
}

static struct str entry_key_view(const struct entry_key *k) { return (struct str){k->bytes, sizeof k->bytes}; }

static int64_t entry_epoch(struct str key) {
    uint64_t word = 0;
    assert(key.size_bytes == ENTRY_KEY_BYTES);
    for (int i = 0; i < EPOCH_BYTES; i++) word = word << 8 | (unsigned char)key.at[i];
    return (int64_t)(word ^ ((uint64_t)1 << 63));
}

static bool entry_adds(struct str key) { return row_kind_adds((enum row_kind)key.at[ENTRY_KEY_BYTES - 1]); }

/* A waiting change of the epoch with the same row and the opposite direction. */
static bool find_opposite(const struct compact *c, state_ref root, int64_t epoch_ms, bool adds, struct str row, struct entry_key *ret) {
    const struct state *s = c->op.context.state;
    struct entry_key from = entry_key(epoch_ms, 0, ROW_INSERT);
    struct sorted_cursor at;
    bool more = state_sorted_seek(s, root, entry_key_view(&from), &at);
    for (; more; more = state_sorted_next(s, &at)) {
        struct str key = state_sorted_key(s, &at);
        if (entry_epoch(key) != epoch_ms) return false;
        if (entry_adds(key) == adds || !str_equal(state_sorted_value(s, &at), row)) continue;
        memcpy(ret->bytes, key.at, sizeof ret->bytes);
        return true;
    }
    return false;
}

/* row is outside of the region. */
static enum status put_waiting(struct compact *c, uint64_t *value, int64_t epoch_ms, enum row_kind kind, struct str row, struct error *e) {
    struct state *s = c->op.context.state;
    struct entry_key key;
    if (find_opposite(c, value[FIELD_WAITING], epoch_ms, row_kind_adds(kind), row, &key)) {
        state_sorted_remove(s, &value[FIELD_WAITING], entry_key_view(&key));
        return STATUS_OK;
    }
    state_write(s, value, FIELDS * 8);
    key = entry_key(epoch_ms, value[FIELD_SEQUENCE]++, kind);
    return state_sorted_put(s, &value[FIELD_WAITING], entry_key_view(&key), row, e);
}

static enum status one_row(struct compact *c, const struct batch *b, uint32_t row, uint32_t k, struct error *e) {
    const struct vec *epochs = b->columns[c->rows.row->column_count];
    struct str key = row_keys_at(&c->rows.encoded, k);
    uint64_t *value = NULL;
    bool created = false;
    int64_t epoch_ms = ARG(epochs, int64_t, row);
    TRY(keyed_rows_encode(&c->rows, b, row));
    TRY(state_map_upsert(c->map, key, c->rows.encoded.hashes[k], &value, &created, e));
    TRY(put_waiting(c, value, epoch_ms, batch_kind(b, row), buf_view(&c->rows.bytes), e));
    state_map_touch(c->map, value);
    return state_timers_add(c->timers, epoch_ms == WATERMARK_MAX ? epoch_ms : epoch_ms + 1, key, e);
}

static enum status compact_push(struct op *op, uint32_t input, const struct batch *b, bool *ret_more, struct error *e) {
    struct compact *c = (struct compact *)op;
    assert(input == 0 && b->column_count == c->rows.row->column_count + 1);
    *ret_more = false;
    TRY(keyed_rows_begin(&c->rows, b));
    struct rows rows = batch_rows(b);
    for (uint32_t i = 0; i < rows.count; i++) TRY(one_row(c, b, rows_at(&rows, i), i, e));
    return STATUS_OK;
}

/* ---- compaction ----------------------------------------------------------------------------- */

static struct str *left_rows(struct compact *c) { return (struct str *)(void *)c->left.at; }
static uint32_t left_count(const struct compact *c) { return (uint32_t)(c->left.size_bytes / sizeof(struct str)); }

/* The first of the rows that is this one: by the query's key if there is one, else whole; left_count if none. */
static uint32_t find_left(struct compact *c, struct str row) {
    const struct materialize_params *p = params(c);
    const struct str *rows = left_rows(c);
    uint32_t i = 0, count = left_count(c);
    for (; i < count; i++) {
        if (p->upsert_key_count == 0 ? str_equal(rows[i], row) : row_equal_columns(c->rows.row, rows[i].at, row.at, p->upsert_key, p->upsert_key_count)) break;
    }
    return i;
}

static void apply(struct compact *c, struct str row, bool adds) {
    uint32_t count = left_count(c);
    uint32_t at = adds && params(c)->upsert_key_count == 0 ? count : find_left(c, row);
    struct str *rows = left_rows(c);
    if (!adds && at < count) {
        memmove(rows + at, rows + at + 1, (count - at - 1) * sizeof *rows);
        c->left.size_bytes -= sizeof *rows;
    } else if (adds && at < count) {
        rows[at] = row;
    } else if (adds) {
        buf_append(&c->left, &row, sizeof row);
    }
}

/* c->left: what is shown with the waiting changes up to the epoch applied to it. The rows lie in the region. */
static enum status gather(struct compact *c, const uint64_t *value, int64_t epoch_ms) {
    const struct state *s = c->op.context.state;
    struct sorted_cursor at;
    buf_reset(&c->left);
    struct str shown = state_blob_get(s, value[FIELD_SHOWN]);
    if (shown.at != NULL) buf_append(&c->left, &shown, sizeof shown);
    bool more = state_sorted_seek(s, value[FIELD_WAITING], (struct str){NULL, 0}, &at);
    for (; more; more = state_sorted_next(s, &at)) {
        struct str key = state_sorted_key(s, &at);
        if (entry_epoch(key) > epoch_ms) break;
        apply(c, state_sorted_value(s, &at), entry_adds(key));
    }
    return c->left.failed ? STATUS_NO_MEMORY : STATUS_OK;
}

static void remove_until(struct compact *c, uint64_t *value, int64_t epoch_ms) {
    struct state *s = c->op.context.state;
    struct sorted_cursor at;
    struct entry_key key;
    while (state_sorted_seek(s, value[FIELD_WAITING], (struct str){NULL, 0}, &at)) {
        memcpy(key.bytes, state_sorted_key(s, &at).at, sizeof key.bytes);
        if (entry_epoch(entry_key_view(&key)) > epoch_ms) return;
        state_sorted_remove(s, &value[FIELD_WAITING], entry_key_view(&key));
    }
}

/* "n=1, name=a": the primary key of a row, as text. */
static enum status conflict(struct compact *c, struct str row, struct error *e) {
    const struct materialize_params *p = params(c);
    struct batch_buffer *b = c->rows.out;
    struct buf text = BUF_INIT;
    TRY(op_flush(&c->op, b, e));
    uint32_t at = batch_buffer_row(b, ROW_INSERT);
    TRY(row_read_all(c->rows.row, row.at, b->batch.columns, at));
    for (uint32_t i = 0; i < p->key_count; i++) {
        buf_format(&text, "%s%.*s=", i == 0 ? "" : ", ", STR_ARG(c->op.node->row->children[p->key[i]].name));
        value_print_java(&text, b->batch.columns[p->key[i]], at);
    }
    batch_buffer_reset(b);
    error_set(e, STATUS_EVALUATION,
              "Primary key constraint violation: multiple distinct records with the same primary key detected. Conflicting key: [%.*s]. "
              "Use ON CONFLICT DO NOTHING to keep the first record.", STR_ARG(buf_view(&text)));
    buf_deinit(&text);
    return STATUS_EVALUATION;
}

static enum status show(struct compact *c, uint64_t *value, enum row_kind kind, struct str row, struct error *e) {
    TRY(keyed_rows_send(&c->rows, kind, row.at, e));
    return state_blob_set(c->op.context.state, &value[FIELD_SHOWN], row, e);
}

/* What becomes of the key's row, now that c->left tells who claims it. */
static enum status settle(struct compact *c, uint64_t *value, struct error *e) {
    struct state *s = c->op.context.state;
    struct str shown = state_blob_get(s, value[FIELD_SHOWN]);
    uint32_t count = left_count(c);
    if (count == 0 && shown.at == NULL) return STATUS_OK;
    if (count == 0) {
        TRY(keyed_rows_send(&c->rows, ROW_DELETE, shown.at, e));
        state_write(s, value, FIELDS * 8);
        state_blob_free(s, &value[FIELD_SHOWN]);
        return STATUS_OK;
    }
    struct str first = left_rows(c)[0];
    if (count > 1 && params(c)->conflict_error) return conflict(c, first, e);
    if (shown.at == NULL) return show(c, value, ROW_INSERT, first, e);
    if (count > 1 || str_equal(shown, first)) return STATUS_OK;
    return show(c, value, ROW_UPDATE_AFTER, first, e);
}

static enum status compact_key(struct compact *c, struct str key, int64_t epoch_ms, struct error *e) {
    struct state *s = c->op.context.state;
    uint64_t hash = hash_bytes(key.at, key.size_bytes, 0), *value = state_map_find(c->map, key, hash);
    if (value == NULL) return STATUS_OK; /* forgotten by the state's TTL */
    TRY(gather(c, value, epoch_ms));
    TRY(settle(c, value, e));
    remove_until(c, value, epoch_ms);
    state_map_touch(c->map, value);
    if (value[FIELD_SHOWN] == 0 && state_sorted_count(s, value[FIELD_WAITING]) == 0) state_map_remove(c->map, key, hash);
    return STATUS_OK;
}

/* Copies the earliest timer's key to c->keys and takes the timer off. */
static enum status take_timer(struct compact *c, int64_t until_ms, int64_t *ret_time_ms, bool *ret_taken) {
    struct str key;
    *ret_taken = state_timers_first(c->timers, ret_time_ms, &key) && *ret_time_ms <= until_ms;
    if (!*ret_taken) return STATUS_OK;
    buf_reset(&c->keys);
    buf_append(&c->keys, key.at, key.size_bytes);
    if (c->keys.failed) return STATUS_NO_MEMORY;
    state_timers_remove(c->timers, *ret_time_ms, buf_view(&c->keys));
    return STATUS_OK;
}

static enum status compact_resume(struct op *op, bool *ret_more, struct error *e) {
    struct compact *c = (struct compact *)op;
    state_set_time(op->context.state, op->context.eval->now_us / 1000);
    for (uint32_t i = 0; i < FIRE_ROWS; i++) {
        int64_t time_ms = 0;
        bool taken = false;
        TRY(take_timer(c, c->watermark_ms, &time_ms, &taken));
        if (!taken) {
            *ret_more = false;
            TRY(op_flush(op, c->rows.out, e));
            return op_emit_mark(op, &c->pending, e);
        }
        TRY(compact_key(c, buf_view(&c->keys), time_ms == WATERMARK_MAX ? time_ms : time_ms - 1, e));
    }
    *ret_more = true;
    return STATUS_OK;
}

static enum status compact_mark(struct op *op, const struct mark *m, bool *ret_more, struct error *e) {
    struct compact *c = (struct compact *)op;
    *ret_more = false;
    if (m->kind != MARK_WATERMARK || m->watermark_ms <= c->watermark_ms) return op_emit_mark(op, m, e);
    c->watermark_ms = m->watermark_ms;
    c->pending = *m;
    return compact_resume(op, ret_more, e);
}

/* ---- life ----------------------------------------------------------------------------------- */

/* Puts all waiting changes of a key into the lowest epoch. */
static enum status lower_key(struct compact *c, struct str key, struct error *e) {
    struct state *s = c->op.context.state;
    uint64_t *value = state_map_find(c->map, key, hash_bytes(key.at, key.size_bytes, 0));
    struct sorted_cursor at;
    struct entry_key from = entry_key(WATERMARK_MIN + 1, 0, ROW_INSERT), k;
    while (value != NULL && state_sorted_seek(s, value[FIELD_WAITING], entry_key_view(&from), &at)) {
        struct str row = state_sorted_value(s, &at);
        memcpy(k.bytes, state_sorted_key(s, &at).at, sizeof k.bytes);
        buf_reset(&c->left);
        buf_append(&c->left, row.at, row.size_bytes);
        if (c->left.failed) return STATUS_NO_MEMORY;
        state_sorted_remove(s, &value[FIELD_WAITING], entry_key_view(&k));
        TRY(put_waiting(c, value, WATERMARK_MIN, (enum row_kind)k.bytes[ENTRY_KEY_BYTES - 1], buf_view(&c->left), e));
    }
    return STATUS_OK;
}

static enum status lower_all(struct compact *c, struct error *e) {
    struct buf keys = BUF_INIT;
    enum status st = STATUS_OK;
    for (bool taken = true; st == STATUS_OK;) {
        int64_t time_ms = 0;
        st = take_timer(c, WATERMARK_MAX, &time_ms, &taken);
        if (st != STATUS_OK || !taken) break;
        uint64_t size = c->keys.size_bytes;
        buf_append(&keys, &size, sizeof size);
        buf_append(&keys, c->keys.at, c->keys.size_bytes);
        st = keys.failed ? STATUS_NO_MEMORY : lower_key(c, buf_view(&c->keys), e);
    }
    for (size_t i = 0; st == STATUS_OK && i < keys.size_bytes;) {
        uint64_t size = 0;
        memcpy(&size, keys.at + i, sizeof size);
        st = state_timers_add(c->timers, WATERMARK_MIN + 1, (struct str){keys.at + i + sizeof size, size}, e);
        i += sizeof size + size;
    }
    buf_deinit(&keys);
    return st;
}

static enum status compact_open(struct op *op, struct error *e) {
    struct compact *c = (struct compact *)op;
    const struct materialize_params *p = params(c);
    assert(op->input_row->child_count == op->node->row->child_count + 1);
    const struct type *with_epoch = op->input_row;
    op->input_row = op->node->row;
    enum status st = keyed_rows_init(&c->rows, op, p->key, p->key_count);
    op->input_row = with_epoch;
    TRY(st);
    c->watermark_ms = WATERMARK_MIN;
    const struct state_schema schema = {
        .key_types = c->rows.key->types, .key_count = p->key_count, .fields = fields, .field_count = FIELDS,
        .row_types = c->rows.row->types, .row_count = c->rows.row->column_count,
    };
    TRY(state_map_open(op->context.state, "rows", &schema, p->ttl_ms, &c->map, e));
    TRY(state_timers_open(op->context.state, "epochs", c->rows.key->types, p->key_count, &c->timers, e));
    return op->context.restored ? lower_all(c, e) : STATUS_OK;
}

static void compact_close(struct op *op) {
    struct compact *c = (struct compact *)op;
    keyed_rows_deinit(&c->rows);
    buf_deinit(&c->left);
    buf_deinit(&c->keys);
}

const struct op_class op_class_sink_compact = {
    .kind = NODE_SINK_COMPACTOR,
    .marks = OP_MARKS_SPLIT,
    .size_bytes = sizeof(struct compact),
    .open = compact_open,
    .push = compact_push,
    .on_mark = compact_mark,
    .resume = compact_resume,
    .close = compact_close,
};
