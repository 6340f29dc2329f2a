/* SPDX-License-Identifier: Apache-2.0 */
/*
 * import: entries of an exported state that belong to this one: those of its key groups, and the
 * operator rows that their rule gives to this subtask. Objects appear in the directory and wait to be
 * opened by the job.
 *
 * The bytes may be anything: sizes are bounded, no memory is taken for a size before its bytes have
 * come, and every frame is checked before its content is used.
 */
#include "base/alloc.h"
#include "base/hash.h"
#include "state/savepoint_format.h"
#include "state/timers.h"

#include <string.h>

struct import {
    struct state *state;
    struct state_reader *in;
    struct error *error;
    uint32_t index, count; /* this subtask, of how many */
    struct buf frame;
    uint64_t at; /* in the frame */
    uint64_t frames;
    bool ended;
    struct buf key, value;
};

/* What the bytes behind an OBJECT belong to. */
struct import_object {
    struct object_record *record;
    bool has_ttl, has_map;
    struct state_map map; /* of a MAP or of the current id of a FAMILY */
    struct state_timers timers;
    uint32_t export_rows; /* ROWS: seen in this export */
};

static enum status damaged(struct import *x, const char *what) {
    return error_set(x->error, STATUS_CORRUPT, "The savepoint of %s is damaged: %s.",
                     x->state->owner, what);
}

static enum status frame_next(struct import *x) {
    struct savepoint_frame head;
    if (x->ended) return damaged(x, "it ends early");
    TRY(x->in->read(x->in->context, &head, sizeof head, x->error));
    if (head.size_bytes > SAVEPOINT_FRAME_BYTES) return damaged(x, "a frame is too large");
    buf_reset(&x->frame);
    if (!buf_reserve(&x->frame, head.size_bytes + 1))
        return error_no_memory(x->error, head.size_bytes);
    if (head.size_bytes > 0)
        TRY(x->in->read(x->in->context, x->frame.at, head.size_bytes, x->error));
    if (head.checksum != hash_bytes(x->frame.at, head.size_bytes, x->frames++))
        return damaged(x, "a checksum differs");
    x->frame.size_bytes = head.size_bytes;
    x->at = 0;
    x->ended = head.size_bytes == 0;
    return STATUS_OK;
}

static enum status get(struct import *x, void *bytes, uint64_t size) {
    assert(x->at <= x->frame.size_bytes);
    char *to = bytes;
    while (size > 0) {
        if (x->at == x->frame.size_bytes) {
            TRY(frame_next(x));
            if (x->ended) return damaged(x, "it ends early");
        }
        uint64_t there = x->frame.size_bytes - x->at, part = size < there ? size : there;
        memcpy(to, x->frame.at + x->at, part);
        to += part;
        x->at += part;
        size -= part;
    }
    return STATUS_OK;
}

static enum status get_u64(struct import *x, uint64_t *ret) { return get(x, ret, sizeof *ret); }

/* size bytes into b, which grows as they come. */
static enum status get_bytes(struct import *x, struct buf *b, uint64_t size) {
    if (size > SAVEPOINT_BYTES_MAX) return damaged(x, "a value is too large");
    buf_reset(b);
    while (size > 0) {
        uint64_t part = size < SAVEPOINT_FRAME_BYTES ? size : SAVEPOINT_FRAME_BYTES;
        if (!buf_reserve(b, part)) return error_no_memory(x->error, part);
        TRY(get(x, b->at + b->size_bytes, part));
        b->size_bytes += part;
        size -= part;
    }
    return STATUS_OK;
}

static enum status get_str(struct import *x, struct buf *b) {
    uint64_t size = 0;
    TRY(get_u64(x, &size));
    return get_bytes(x, b, size);
}

static struct str view(const struct buf *b) {
    return (struct str){b->size_bytes == 0 ? "" : b->at, b->size_bytes};
}

/* ---- values: `to` is NULL for entries of other subtasks, which are only read over ---- */

static enum status get_sorted(struct import *x, uint64_t *to) {
    uint64_t count = 0;
    TRY(get_u64(x, &count));
    for (uint64_t i = 0; i < count; i++) {
        struct buf key = BUF_INIT;
        enum status status = get_str(x, &key);
        if (status == STATUS_OK) status = get_str(x, &x->value);
        if (status == STATUS_OK && to != NULL)
            status = state_sorted_put(x->state, to, view(&key), view(&x->value), x->error);
        buf_deinit(&key);
        TRY(status);
    }
    return STATUS_OK;
}

static enum status get_list(struct import *x, uint64_t *to) {
    uint64_t count = 0;
    TRY(get_u64(x, &count));
    for (uint64_t i = 0; i < count; i++) {
        TRY(get_str(x, &x->value));
        if (to != NULL) TRY(state_list_append(x->state, to, view(&x->value), x->error));
    }
    return STATUS_OK;
}

static enum status get_blob(struct import *x, uint64_t *to) {
    uint64_t size = 0;
    TRY(get_u64(x, &size));
    if (size == SAVEPOINT_NONE) return STATUS_OK;
    TRY(get_bytes(x, &x->value, size));
    return to == NULL ? STATUS_OK : state_blob_set(x->state, to, view(&x->value), x->error);
}

static enum status get_field(struct import *x, enum state_field_kind kind, uint64_t *to) {
    uint64_t skipped[2];
    switch (kind) {
    case STATE_WORD: return get(x, to == NULL ? skipped : to, 8);
    case STATE_WIDE: return get(x, to == NULL ? skipped : to, 16);
    case STATE_BLOB: return get_blob(x, to);
    case STATE_SORTED: return get_sorted(x, to);
    case STATE_LIST: return get_list(x, to);
    }
    return damaged(x, "a field has an unknown kind");
}

static bool is_mine(const struct import *x, const struct object_record *r, struct str key) {
    assert(x->state->config.key_group_begin <= x->state->config.key_group_end);
    const struct state_config *c = &x->state->config;
    uint32_t group =
        r->singleton ? 0
                     : state_key_group(hash_bytes(key.at, key.size_bytes, 0), c->max_parallelism);
    return group >= c->key_group_begin && group < c->key_group_end;
}

static enum status get_key(struct import *x, const struct object_record *r) {
    TRY(get_str(x, &x->key));
    bool fits = x->key.size_bytes % 8 == 0 &&
                (r->key_bytes == OBJECT_KEY_VARIABLE || r->key_bytes == x->key.size_bytes);
    return fits ? STATUS_OK : damaged(x, "a key has the wrong size");
}

static enum status get_entry(struct import *x, struct import_object *o) {
    if (!o->has_map) return damaged(x, "an entry stands alone");
    TRY(get_key(x, o->record));
    uint64_t touched = 0;
    TRY(get_u64(x, &touched));
    struct str key = view(&x->key);
    uint64_t *value = NULL;
    if (is_mine(x, o->record, key)) {
        bool created = false;
        TRY(state_map_upsert(&o->map, key, hash_bytes(key.at, key.size_bytes, 0), &value, &created,
                             x->error));
        if (!created) return damaged(x, "a key comes twice");
        if (o->map.shape.has_ttl) value[o->map.shape.words] = touched;
    }
    assert(value == NULL || o->map.shape.words > 0 || o->map.shape.field_count == 0);
    for (uint32_t i = 0, word = 0; i < o->map.shape.field_count; i++) {
        enum state_field_kind kind = (enum state_field_kind)o->map.shape.kinds[i];
        TRY(get_field(x, kind, value == NULL ? NULL : value + word));
        word += kind == STATE_WIDE ? 2 : 1;
    }
    return STATUS_OK;
}

/* ---- objects ---- */

static enum status map_begin(struct import *x, struct import_object *o, state_ref *root) {
    assert(o->record != NULL);
    struct shape shape;
    object_shape(o->record, o->has_ttl ? INT64_MAX : 0, &shape);
    if (*root == 0) TRY(map_root_new(x->state, &shape, root, x->error));
    map_over_record(&o->map, x->state, o->record, *root);
    if (o->map.shape.has_ttl != o->has_ttl)
        return damaged(x, "its parts differ in their time to live");
    o->has_map = true;
    return STATUS_OK;
}

/* A map of a family, by the bytes of its id. */
static enum status get_map(struct import *x, struct import_object *o) {
    if (o->record->kind != OBJECT_FAMILY) return damaged(x, "a family's map stands alone");
    char id[8];
    TRY(get(x, id, sizeof id));
    struct str key = {id, sizeof id};
    state_ref root = 0;
    struct str stored = state_sorted_get(x->state, o->record->roots[0], key);
    if (stored.at != NULL) memcpy(&root, stored.at, sizeof root);
    TRY(map_begin(x, o, &root));
    if (stored.at != NULL) return STATUS_OK;
    return state_sorted_put(x->state, &o->record->roots[0], key,
                            (struct str){(const char *)&root, sizeof root}, x->error);
}

static enum status get_timer(struct import *x, struct import_object *o) {
    if (o->record->kind != OBJECT_TIMERS) return damaged(x, "a timer stands alone");
    unsigned char order[8];
    TRY(get(x, order, sizeof order));
    uint64_t time = 0;
    for (int i = 0; i < 8; i++) time = time << 8 | order[i];
    TRY(get_key(x, o->record));
    if (!is_mine(x, o->record, view(&x->key))) return STATUS_OK;
    return state_timers_add(&o->timers, (int64_t)(time ^ (UINT64_C(1) << 63)), view(&x->key),
                            x->error);
}

/* Does the rule give this row to this subtask? */
static bool row_is_mine(const struct import *x, const struct import_object *o) {
    assert(x->index < x->count && o->export_rows <= o->record->imported);
    switch ((enum state_mode)o->record->mode) {
    case STATE_SPLIT: return o->record->imported % x->count == x->index;
    case STATE_UNION: return true;
    case STATE_BROADCAST:
        return o->record->imported == o->export_rows; /* nothing came from an earlier export */
    case STATE_SINGLE: return x->index == 0;
    }
    return false;
}

static enum status get_row(struct import *x, struct import_object *o) {
    if (o->record->kind != OBJECT_ROWS) return damaged(x, "a row stands alone");
    TRY(get_str(x, &x->value));
    if (row_is_mine(x, o))
        TRY(state_list_append(x->state, &o->record->roots[0], view(&x->value), x->error));
    state_write(x->state, o->record, sizeof *o->record);
    o->record->imported++;
    o->export_rows++;
    return STATUS_OK;
}

static enum status head_check(struct import *x, const uint64_t *h) {
    bool ok = h[0] < OBJECT_KINDS && h[1] <= STATE_SINGLE && h[2] <= UINT32_MAX && h[3] <= 1 &&
              h[4] <= 1 && h[5] <= OBJECT_FIELDS_MAX && h[6] <= OBJECT_TEXT_MAX &&
              h[7] <= OBJECT_TEXT_MAX && (h[2] == OBJECT_KEY_VARIABLE || h[2] % 8 == 0);
    if (ok && h[0] != OBJECT_MAP) ok = h[4] == 0;
    return ok ? STATUS_OK : damaged(x, "an object's description cannot be");
}

static enum status object_begin(struct import *x, struct import_object *o,
                                const struct object_record *head, const uint8_t *kinds) {
    assert(head->field_count <= OBJECT_FIELDS_MAX);
    if (view(&x->key).size_bytes == 0) return damaged(x, "an object has no name");
    for (uint32_t i = 0; i < head->field_count; i++)
        if (kinds[i] > STATE_LIST) return damaged(x, "a field has an unknown kind");
    if (head->kind == OBJECT_TIMERS && (head->field_count != 1 || kinds[0] != STATE_WORD))
        return damaged(x, "timers have other fields");
    TRY(object_import(x->state, head, kinds, view(&x->key), view(&x->value), &o->record, x->error));
    if (object_handle(x->state, o->record) != NULL)
        return error_set(x->error, STATUS_BUG, "the state '%.*s' was opened before its import",
                         STR_ARG(view(&x->key)));
    state_write(x->state, o->record, sizeof *o->record);
    if (head->kind == OBJECT_TIMERS)
        return timers_over_record(&o->timers, x->state, o->record, x->error);
    return head->kind == OBJECT_MAP ? map_begin(x, o, &o->record->roots[0]) : STATUS_OK;
}

static enum status get_object(struct import *x, struct import_object *o) {
    uint64_t h[8];
    uint8_t kinds[OBJECT_FIELDS_MAX];
    buf_deinit(&o->timers.scratch);
    *o = (struct import_object){0};
    TRY(get(x, h, sizeof h));
    TRY(head_check(x, h));
    struct object_record head = {.kind = (uint32_t)h[0],
                                 .mode = (uint32_t)h[1],
                                 .key_bytes = (uint32_t)h[2],
                                 .singleton = (uint32_t)h[3],
                                 .field_count = (uint32_t)h[5]};
    o->has_ttl = h[4] != 0;
    TRY(get(x, kinds, head.field_count));
    TRY(get_bytes(x, &x->key, h[6]));
    TRY(get_bytes(x, &x->value, h[7]));
    return object_begin(x, o, &head, kinds);
}

static enum status get_state(struct import *x, struct import_object *o) {
    uint64_t head[3], tag = 0;
    TRY(get(x, head, sizeof head));
    if (head[0] != SAVEPOINT_MAGIC) return damaged(x, "it does not begin like one");
    if (head[1] != SAVEPOINT_VERSION)
        return error_set(x->error, STATUS_STATE_MISMATCH,
                         "The savepoint of %s has version %llu, known is %d.", x->state->owner,
                         (unsigned long long)head[1], SAVEPOINT_VERSION);
    if (head[2] != x->state->config.max_parallelism)
        return error_set(x->error, STATUS_STATE_MISMATCH,
                         "The savepoint of %s has a maximum parallelism of %llu, the job of %u: it "
                         "cannot change.",
                         x->state->owner, (unsigned long long)head[2],
                         x->state->config.max_parallelism);
    for (uint64_t objects = 0;;) {
        TRY(get_u64(x, &tag));
        if (tag == SAVEPOINT_END) break;
        if (tag == SAVEPOINT_OBJECT) {
            if (++objects > OBJECT_COUNT_MAX) return damaged(x, "it has too many objects");
            TRY(get_object(x, o));
            continue;
        }
        if (o->record == NULL) return damaged(x, "it has content before any object");
        if (tag == SAVEPOINT_ENTRY)
            TRY(get_entry(x, o));
        else if (tag == SAVEPOINT_MAP)
            TRY(get_map(x, o));
        else if (tag == SAVEPOINT_TIMER)
            TRY(get_timer(x, o));
        else if (tag == SAVEPOINT_ROW)
            TRY(get_row(x, o));
        else
            return damaged(x, "an unknown part");
    }
    if (x->at != x->frame.size_bytes) return damaged(x, "there is something behind its end");
    TRY(frame_next(x));
    return x->ended ? STATUS_OK : damaged(x, "there is something behind its end");
}

enum status state_import(struct state *s, struct state_reader *r, uint32_t index, uint32_t count,
                         struct error *e) {
    assert(index < count);
    struct import x = {.state = s, .in = r, .error = e, .index = index, .count = count};
    struct import_object o = {0};
    enum status status = get_state(&x, &o);
    buf_deinit(&o.timers.scratch);
    buf_deinit(&x.frame);
    buf_deinit(&x.key);
    buf_deinit(&x.value);
    return status;
}
