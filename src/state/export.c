/* SPDX-License-Identifier: Apache-2.0 */
/*
 * export: the logical form of a state (savepoint_format.h): every object of the directory, opened or
 * not, walked by what its record says. Maps in the order of creation, timers in the order of firing.
 */
#include "base/alloc.h"
#include "base/hash.h"
#include "state/savepoint_format.h"
#include "state/timers.h"

#include <string.h>

struct export {
    struct state *state;
    struct state_writer *out;
    struct error *error;
    struct buf frame;
    uint64_t frames;
};

static enum status frame_flush(struct export *x) {
    assert(x->frame.size_bytes <= SAVEPOINT_FRAME_BYTES);
    struct savepoint_frame head = {
        x->frame.size_bytes,
        hash_bytes(x->frame.at == NULL ? "" : x->frame.at, x->frame.size_bytes, x->frames++)};
    TRY(x->out->write(x->out->context, &head, sizeof head, x->error));
    if (head.size_bytes > 0)
        TRY(x->out->write(x->out->context, x->frame.at, head.size_bytes, x->error));
    buf_reset(&x->frame);
    return STATUS_OK;
}

static enum status put(struct export *x, const void *bytes, uint64_t size) {
    assert(bytes != NULL || size == 0);
    const char *at = bytes;
    while (size > 0) {
        uint64_t room = SAVEPOINT_FRAME_BYTES - x->frame.size_bytes,
                 part = size < room ? size : room;
        buf_append(&x->frame, at, part);
        if (x->frame.failed) return error_no_memory(x->error, part);
        at += part;
        size -= part;
        if (x->frame.size_bytes == SAVEPOINT_FRAME_BYTES) TRY(frame_flush(x));
    }
    return STATUS_OK;
}

static enum status put_u64(struct export *x, uint64_t v) { return put(x, &v, sizeof v); }

static enum status put_str(struct export *x, struct str s) {
    TRY(put_u64(x, s.size_bytes));
    return put(x, s.at, s.size_bytes);
}

static enum status put_sorted(struct export *x, state_ref root) {
    TRY(put_u64(x, state_sorted_count(x->state, root)));
    struct sorted_cursor at;
    for (bool more = state_sorted_seek(x->state, root, (struct str){NULL, 0}, &at); more;
         more = state_sorted_next(x->state, &at)) {
        TRY(put_str(x, state_sorted_key(x->state, &at)));
        TRY(put_str(x, state_sorted_value(x->state, &at)));
    }
    return STATUS_OK;
}

static enum status put_list(struct export *x, state_ref root) {
    TRY(put_u64(x, state_list_count(x->state, root)));
    struct list_cursor at = {0};
    struct str row;
    while (state_list_next(x->state, root, &at, &row)) TRY(put_str(x, row));
    return STATUS_OK;
}

static enum status put_field(struct export *x, enum state_field_kind kind, const uint64_t *value) {
    assert(value != NULL);
    switch (kind) {
    case STATE_WORD: return put(x, value, 8);
    case STATE_WIDE: return put(x, value, 16);
    case STATE_BLOB:
        return *value == 0 ? put_u64(x, SAVEPOINT_NONE)
                           : put_str(x, state_blob_get(x->state, *value));
    case STATE_SORTED: return put_sorted(x, *value);
    case STATE_LIST: return put_list(x, *value);
    }
    return error_set(x->error, STATUS_BUG, "unknown state field kind %d", (int)kind);
}

static enum status put_entries(struct export *x, const struct object_record *r, state_ref root) {
    if (root == 0) return STATUS_OK;
    struct state_map m;
    map_over_record(&m, x->state, r, root);
    struct state_cursor at = {0};
    struct str key;
    uint64_t *value;
    while (state_map_next(&m, &at, &key, &value)) {
        TRY(put_u64(x, SAVEPOINT_ENTRY));
        TRY(put_str(x, key));
        TRY(put_u64(x, m.shape.has_ttl ? value[m.shape.words] : 0));
        for (uint32_t i = 0, word = 0; i < m.shape.field_count; i++) {
            TRY(put_field(x, (enum state_field_kind)m.shape.kinds[i], value + word));
            word += m.shape.kinds[i] == STATE_WIDE ? 2 : 1;
        }
    }
    return STATUS_OK;
}

static enum status put_family(struct export *x, const struct object_record *r) {
    assert(r->kind == OBJECT_FAMILY);
    struct sorted_cursor at;
    for (bool more = state_sorted_seek(x->state, r->roots[0], (struct str){NULL, 0}, &at); more;
         more = state_sorted_next(x->state, &at)) {
        state_ref root;
        assert(state_sorted_value(x->state, &at).size_bytes == sizeof root);
        memcpy(&root, state_sorted_value(x->state, &at).at, sizeof root);
        TRY(put_u64(x, SAVEPOINT_MAP));
        TRY(put(x, state_sorted_key(x->state, &at).at, 8));
        TRY(put_entries(x, r, root));
    }
    return STATUS_OK;
}

static enum status put_timers(struct export *x, const struct object_record *r) {
    assert(r->kind == OBJECT_TIMERS);
    struct sorted_cursor at;
    for (bool more = state_sorted_seek(x->state, r->roots[1], (struct str){NULL, 0}, &at); more;
         more = state_sorted_next(x->state, &at)) {
        assert(state_sorted_key(x->state, &at).size_bytes == 16);
        TRY(put_u64(x, SAVEPOINT_TIMER));
        TRY(put(x, state_sorted_key(x->state, &at).at, 8));
        TRY(put_str(x, state_sorted_value(x->state, &at)));
    }
    return STATUS_OK;
}

static enum status put_rows(struct export *x, const struct object_record *r) {
    assert(r->kind == OBJECT_ROWS);
    struct list_cursor at = {0};
    struct str row;
    while (state_list_next(x->state, r->roots[0], &at, &row)) {
        TRY(put_u64(x, SAVEPOINT_ROW));
        TRY(put_str(x, row));
    }
    return STATUS_OK;
}

/* Does the map, or the first map of a family, keep touch times? */
static bool record_has_ttl(const struct state *s, const struct object_record *r) {
    if (r->kind != OBJECT_MAP || r->roots[0] == 0) return false;
    return ((const struct map_root *)region_at(s, r->roots[0]))->has_ttl != 0;
}

static enum status put_object(struct export *x, const struct object_record *r) {
    assert(r->size_bytes == sizeof *r + r->field_count + r->name_bytes + r->text_bytes);
    const uint64_t head[] = {SAVEPOINT_OBJECT, r->kind,       r->mode,
                             r->key_bytes,     r->singleton,  record_has_ttl(x->state, r),
                             r->field_count,   r->name_bytes, r->text_bytes};
    TRY(put(x, head, sizeof head));
    TRY(put(x, object_kinds(r), r->field_count));
    TRY(put(x, object_name(r).at, r->name_bytes));
    TRY(put(x, object_text(r).at, r->text_bytes));
    switch ((enum object_kind)r->kind) {
    case OBJECT_MAP: return put_entries(x, r, r->roots[0]);
    case OBJECT_FAMILY: return put_family(x, r);
    case OBJECT_TIMERS: return put_timers(x, r);
    case OBJECT_ROWS: return put_rows(x, r);
    case OBJECT_KINDS: break;
    }
    return error_set(x->error, STATUS_BUG, "unknown state object kind %u", r->kind);
}

static enum status put_state(struct export *x) {
    const uint64_t head[] = {SAVEPOINT_MAGIC, SAVEPOINT_VERSION, x->state->config.max_parallelism};
    TRY(put(x, head, sizeof head));
    for (state_ref ref = region_root(x->state)->objects; ref != 0;) {
        const struct object_record *r = region_at(x->state, ref);
        TRY(put_object(x, r));
        ref = r->next;
    }
    TRY(put_u64(x, SAVEPOINT_END));
    if (x->frame.size_bytes > 0) TRY(frame_flush(x));
    return frame_flush(x); /* the empty one */
}

enum status state_export(struct state *s, struct state_writer *w, struct error *e) {
    assert(w->write != NULL);
    struct export x = {.state = s, .out = w, .error = e};
    enum status status = put_state(&x);
    buf_deinit(&x.frame);
    return status;
}
