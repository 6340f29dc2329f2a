/* SPDX-License-Identifier: Apache-2.0 */
/*
 * object: the directory of what a state holds, by name.
 *
 * A record lies in the region and carries everything that the generic walkers (export, release)
 * need: kind, key size, field kinds, and the schema as text. The text is also what a restored
 * record is compared by, so that a refusal can show both sides as a reader would write them.
 * Records are few; they form one list, and opening looks through it.
 */
#include "state/object.h"

#include "base/alloc.h"

#include <string.h>

const uint8_t *object_kinds(const struct object_record *r) { return (const uint8_t *)(r + 1); }

struct str object_name(const struct object_record *r) {
    return (struct str){(const char *)(r + 1) + r->field_count, r->name_bytes};
}

struct str object_text(const struct object_record *r) {
    return (struct str){(const char *)(r + 1) + r->field_count + r->name_bytes, r->text_bytes};
}

struct object_record *object_find(const struct state *s, struct str name) {
    for (state_ref ref = region_root(s)->objects; ref != 0;) {
        struct object_record *r = region_at(s, ref);
        if (str_equal(object_name(r), name)) return r;
        ref = r->next;
    }
    return NULL;
}

static const char *const field_kind_names[] = {"WORD", "WIDE", "BLOB", "SORTED", "LIST"};
static const char *const object_kind_names[] = {"MAP", "FAMILY", "TIMERS", "ROWS"};
static const char *const mode_names[] = {"SPLIT", "UNION", "BROADCAST", "SINGLE"};

static void types_text(struct buf *out, const char *label, const struct type *const *types,
                       uint32_t count) {
    buf_format(out, " %s(", label);
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0) buf_text(out, ", ");
        type_serializable(out, types[i]);
    }
    buf_char(out, ')');
}

/* "MAP key(BIGINT, STRING) value(count WORD, sum WIDE) rows(INT)". */
static void decl_text(struct buf *out, const struct object_decl *d) {
    buf_text(out, object_kind_names[d->kind]);
    if (d->kind == OBJECT_ROWS) buf_format(out, " %s", mode_names[d->mode]);
    const struct state_schema *c = d->schema;
    if (c == NULL) return;
    types_text(out, "key", c->key_types, c->key_count);
    buf_text(out, " value(");
    for (uint32_t i = 0; i < c->field_count; i++)
        buf_format(out, "%s%s %s", i > 0 ? ", " : "", c->fields[i].name,
                   field_kind_names[c->fields[i].kind]);
    buf_char(out, ')');
    if (c->row_count > 0) types_text(out, "rows", c->row_types, c->row_count);
}

/* Size of a key row of these types, or OBJECT_KEY_VARIABLE. */
static uint32_t key_size(const struct state_schema *c) {
    uint32_t bytes = (c->key_count + 63) / 64 * 8;
    for (uint32_t i = 0; i < c->key_count; i++) {
        enum phys p = c->key_types[i]->phys;
        if (p == PHYS_STRING || p == PHYS_LIST || p == PHYS_ROW) return OBJECT_KEY_VARIABLE;
        bytes += p == PHYS_I128 || p == PHYS_TS ? 16 : 8;
    }
    return bytes;
}

static enum status record_new(struct state *s, const struct object_record *head,
                              const uint8_t *kinds, struct str name, struct str text,
                              struct object_record **ret, struct error *e) {
    uint64_t size = sizeof *head + head->field_count + name.size_bytes + text.size_bytes;
    assert(name.size_bytes > 0 && size <= UINT32_MAX);
    state_ref ref = 0;
    TRY(slab_alloc(s, size, &ref, e));
    struct object_record *r = region_at(s, ref);
    *r = *head;
    r->size_bytes = (uint32_t)size;
    r->name_bytes = (uint32_t)name.size_bytes;
    r->text_bytes = (uint32_t)text.size_bytes;
    r->roots[0] = r->roots[1] = 0;
    r->imported = 0;
    char *at = (char *)(r + 1);
    if (r->field_count > 0) memcpy(at, kinds, r->field_count);
    memcpy(at + r->field_count, name.at, name.size_bytes);
    memcpy(at + r->field_count + name.size_bytes, text.at, text.size_bytes);
    struct region_root *root = region_root(s);
    state_write(s, root, sizeof *root);
    r->next = root->objects;
    root->objects = ref;
    *ret = r;
    return STATUS_OK;
}

static enum status decl_record(struct state *s, const struct object_decl *d, struct str text,
                               struct object_record **ret, struct error *e) {
    assert(d->name != NULL && d->kind < OBJECT_KINDS);
    struct object_record head = {
        .kind = d->kind, .mode = d->mode, .key_bytes = OBJECT_KEY_VARIABLE};
    uint8_t kinds[OBJECT_FIELDS_MAX];
    if (d->schema != NULL) {
        assert(d->schema->field_count <= OBJECT_FIELDS_MAX);
        head.key_bytes = key_size(d->schema);
        head.field_count = d->schema->field_count;
        head.singleton = d->schema->key_count == 0;
        for (uint32_t i = 0; i < head.field_count; i++)
            kinds[i] = (uint8_t)d->schema->fields[i].kind;
    }
    return record_new(s, &head, kinds, str_of(d->name), text, ret, e);
}

static enum status refuse(const struct state *s, struct str name, struct str stored,
                          struct str declared, struct error *e) {
    (void)error_set(
        e, STATUS_STATE_MISMATCH,
        "The stored state '%.*s' of %s does not fit the job: stored is %.*s, the job needs %.*s.",
        STR_ARG(name), s->owner, STR_ARG(stored), STR_ARG(declared));
    (void)error_hint(
        e, "Start without this state, or bring the query back to the form that wrote it.");
    return STATUS_STATE_MISMATCH;
}

enum status object_open(struct state *s, const struct object_decl *d, struct object_record **ret,
                        bool *ret_created, struct error *e) {
    assert((d->schema == NULL) == (d->kind == OBJECT_ROWS));
    struct buf text = BUF_INIT;
    decl_text(&text, d);
    enum status status = text.failed ? error_no_memory(e, 1) : STATUS_OK;
    if (status != STATUS_OK) goto out;
    struct object_record *r = object_find(s, str_of(d->name));
    *ret_created = r == NULL;
    if (r == NULL) {
        status = decl_record(s, d, buf_view(&text), ret, e);
        goto out;
    }
    assert(object_handle(s, r) == NULL);
    if (!str_equal(object_text(r), buf_view(&text)))
        status = refuse(s, object_name(r), object_text(r), buf_view(&text), e);
    else
        *ret = r;
out:
    buf_deinit(&text);
    return status;
}

enum status object_import(struct state *s, const struct object_record *head, const uint8_t *kinds,
                          struct str name, struct str text, struct object_record **ret,
                          struct error *e) {
    struct object_record *r = object_find(s, name);
    if (r == NULL) return record_new(s, head, kinds, name, text, ret, e);
    bool same = r->kind == head->kind && r->key_bytes == head->key_bytes &&
                r->field_count == head->field_count && r->mode == head->mode &&
                str_equal(object_text(r), text) &&
                (r->field_count == 0 || memcmp(object_kinds(r), kinds, r->field_count) == 0);
    if (!same)
        return error_set(e, STATUS_CORRUPT,
                         "The savepoint has two different schemas for the state '%.*s'.",
                         STR_ARG(name));
    *ret = r;
    return STATUS_OK;
}

void object_register(struct state *s, struct object *o, struct object_record *r,
                     void (*free)(struct object *o)) {
    assert(object_handle(s, r) == NULL);
    o->state = s;
    o->record = r;
    o->free = free;
    o->next = s->objects;
    s->objects = o;
}

struct object *object_handle(const struct state *s, const struct object_record *r) {
    struct object *o = s->objects;
    while (o != NULL && o->record != r) o = o->next;
    return o;
}

enum status state_check_claimed(const struct state *s, struct error *e) {
    for (state_ref ref = region_root(s)->objects; ref != 0;) {
        const struct object_record *r = region_at(s, ref);
        if (object_handle(s, r) == NULL) {
            (void)error_set(e, STATUS_STATE_MISMATCH,
                            "The stored state '%.*s' (%.*s) belongs to nothing in the job.",
                            STR_ARG(object_name(r)), STR_ARG(object_text(r)));
            (void)error_hint(e, "Set 'execution.state-recovery.ignore-unclaimed-state' = 'true' to "
                                "leave it behind.");
            return STATUS_STATE_MISMATCH;
        }
        ref = r->next;
    }
    return STATUS_OK;
}

void object_shape(const struct object_record *r, int64_t ttl_ms, struct shape *ret) {
    assert(r->field_count <= OBJECT_FIELDS_MAX);
    *ret = (struct shape){.key_bytes = r->key_bytes,
                          .field_count = r->field_count,
                          .kinds = object_kinds(r),
                          .has_ttl = ttl_ms > 0,
                          .ttl_ms = ttl_ms};
    for (uint32_t i = 0; i < r->field_count; i++) {
        ret->words += ret->kinds[i] == STATE_WIDE ? 2 : 1;
        if (ret->kinds[i] >= STATE_BLOB) ret->has_refs = true;
    }
}

void value_release(struct state *s, const struct shape *shape, uint64_t *value) {
    assert(value != NULL && region_has(s, value));
    if (!shape->has_refs) return;
    for (uint32_t i = 0; i < shape->field_count; i++) {
        switch ((enum state_field_kind)shape->kinds[i]) {
        case STATE_WORD: break;
        case STATE_WIDE: value++; break;
        case STATE_BLOB: state_blob_free(s, value); break;
        case STATE_SORTED: state_sorted_free(s, value); break;
        case STATE_LIST: state_list_free(s, value); break;
        }
        value++;
    }
}
