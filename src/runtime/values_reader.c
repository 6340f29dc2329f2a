/* SPDX-License-Identifier: Apache-2.0 */
/*
 * values_reader: the rows of a VALUES clause as a bounded source of one split, which is the number of
 * the next row as eight little-endian bytes; so a restored job goes on where it was.
 */
#include "runtime/source_slot.h"

#include <assert.h>

struct values_enumerator {
    struct split_enumerator base;
    bool handed_out;
};

static enum status values_discover(struct split_enumerator *n, enum status (*add)(void *, struct str), void *context, bool *ret_done, int64_t *ret_wake_ns, struct error *e) {
    struct values_enumerator *v = (struct values_enumerator *)n;
    (void)e;
    static const char zeros[8] = {0};
    if (!v->handed_out) TRY(add(context, (struct str){zeros, sizeof zeros}));
    v->handed_out = true;
    *ret_done = true;
    *ret_wake_ns = -1;
    return STATUS_OK;
}

static enum status values_enumerator_snapshot(struct split_enumerator *n, struct buf *out, struct error *e) {
    (void)e;
    buf_char(out, ((struct values_enumerator *)n)->handed_out ? 1 : 0);
    return STATUS_OK;
}

static enum status values_enumerator_restore(struct split_enumerator *n, struct str bytes, struct error *e) {
    if (bytes.size_bytes != 1) return error_set(e, STATUS_CORRUPT, "the state of a VALUES source has a wrong size");
    ((struct values_enumerator *)n)->handed_out = bytes.at[0] != 0;
    return STATUS_OK;
}

static void values_enumerator_free(struct split_enumerator *n) { (void)n; }

static const struct enumerator_ops enumerator_ops = {values_discover, values_enumerator_snapshot, values_enumerator_restore, values_enumerator_free, NULL};

enum status constant_enumerator_new(const struct node *n, struct arena *a, struct split_enumerator **ret, struct error *e) {
    assert(n->kind == NODE_VALUES);
    struct values_enumerator *v = ARENA_NEW(a, struct values_enumerator);
    if (v == NULL) return error_no_memory(e, sizeof *v);
    v->base.ops = &enumerator_ops;
    *ret = &v->base;
    return STATUS_OK;
}

struct values_reader {
    struct source_reader base;
    const struct values_params *values;
    uint64_t next;
    bool active;
};

static enum status values_add_split(struct source_reader *r, struct str split, struct error *e) {
    struct values_reader *v = (struct values_reader *)r;
    if (split.size_bytes != 8) return error_set(e, STATUS_CORRUPT, "the position of a VALUES source has a wrong size");
    memcpy(&v->next, split.at, 8);
    if (v->next > v->values->row_count) return error_set(e, STATUS_STATE_MISMATCH, "the VALUES clause has fewer rows than have been read");
    v->active = true;
    return STATUS_OK;
}

static enum status values_read(struct source_reader *r, struct batch_buffer *out, enum read_result *ret, int64_t *ret_wake_ns, struct error *e) {
    struct values_reader *v = (struct values_reader *)r;
    *ret_wake_ns = -1;
    while (v->active && v->next < v->values->row_count && !batch_buffer_full(out)) {
        uint32_t row = batch_buffer_row(out, ROW_INSERT);
        for (uint32_t i = 0; i < out->batch.column_count; i++)
            if (vec_copy_value(out->batch.columns[i], row, v->values->columns[i], (uint32_t)v->next) != STATUS_OK) return error_no_memory(e, 0);
        v->next++;
    }
    if (v->next >= v->values->row_count) v->active = false;
    *ret = v->active ? READ_MORE : READ_END;
    return STATUS_OK;
}

static enum status values_position(struct source_reader *r, enum status (*add)(void *, struct str), void *context, struct error *e) {
    struct values_reader *v = (struct values_reader *)r;
    (void)e;
    return v->active ? add(context, (struct str){(const char *)&v->next, sizeof v->next}) : STATUS_OK;
}

static void values_progress(struct source_reader *r, uint64_t *ret_done, uint64_t *ret_total) {
    (void)r;
    *ret_done = *ret_total = 0;
}

static void values_free(struct source_reader *r) { (void)r; }

static const struct reader_ops reader_ops = {values_add_split, values_read, values_position, values_progress, values_free};

enum status constant_reader_new(const struct node *n, struct arena *a, struct source_reader **ret, struct error *e) {
    assert(n->kind == NODE_VALUES);
    struct values_reader *v = ARENA_NEW(a, struct values_reader);
    if (v == NULL) return error_no_memory(e, sizeof *v);
    v->base.ops = &reader_ops;
    v->values = &n->as.values;
    *ret = &v->base;
    return STATUS_OK;
}
