/* SPDX-License-Identifier: Apache-2.0 */
/*
 * type: the pool of logical types.
 *
 * A pool interns: type_intern looks a candidate up by value in an open-addressing table and copies it
 * into the pool's arena only when it is new, so equality within one pool is pointer equality. The
 * children of a type are always of the same pool, which keeps hash and comparison shallow: nested
 * types compare by pointer.
 *
 * Invariants: a stored type never changes (but for the private `flipped` cache); parameters that a
 * root does not have are zero, so that equal types have equal bytes in every field.
 */
#include "type/type.h"

#include "base/hash.h"

#include <assert.h>

struct types {
    struct arena *arena;
    struct type **slots;
    uint32_t capacity; /* a power of two */
    uint32_t count;
};

enum { TYPES_CAPACITY_MIN = 64 };

struct types *types_new(struct arena *a)
{
    assert(a != NULL);
    struct types *p = ARENA_NEW(a, struct types);
    if (p == NULL) return NULL;
    p->arena = a;
    p->capacity = TYPES_CAPACITY_MIN;
    p->slots = ARENA_ARRAY(a, struct type *, p->capacity);
    return p->slots == NULL ? NULL : p;
}

static enum phys type_phys(const struct type *t)
{
    switch (t->root) {
    case TYPE_CHAR: case TYPE_VARCHAR: case TYPE_BINARY: case TYPE_VARBINARY: return PHYS_STRING;
    case TYPE_BOOLEAN: return PHYS_BOOL;
    case TYPE_DECIMAL: return t->precision <= 18 ? PHYS_I64 : PHYS_I128;
    case TYPE_TINYINT: return PHYS_I8;
    case TYPE_SMALLINT: return PHYS_I16;
    case TYPE_INT: case TYPE_DATE: case TYPE_TIME: case TYPE_INTERVAL_YM: return PHYS_I32;
    case TYPE_BIGINT: case TYPE_INTERVAL_DT: return PHYS_I64;
    case TYPE_FLOAT: return PHYS_F32;
    case TYPE_DOUBLE: return PHYS_F64;
    case TYPE_TIMESTAMP: case TYPE_TIMESTAMP_LTZ: return t->precision <= 6 ? PHYS_I64 : PHYS_TS;
    case TYPE_ARRAY: case TYPE_MULTISET: case TYPE_MAP: return PHYS_LIST;
    case TYPE_ROW: return PHYS_ROW;
    case TYPE_NULL: return PHYS_NULL;
    }
    assert(!"unknown type root");
    return PHYS_NULL;
}

static uint64_t type_hash(const struct type *t)
{
    uint64_t h = hash_u64((uint64_t)t->root | (uint64_t)t->nullable << 8 | (uint64_t)t->time_attr << 9 |
                          (uint64_t)t->interval << 12 | (uint64_t)t->child_count << 32);
    h = hash_combine(h, (uint64_t)(uint32_t)t->length << 32 | (uint32_t)(t->precision * 64 + t->scale));
    for (uint32_t i = 0; i < t->child_count; i++) {
        h = hash_combine(h, (uint64_t)(uintptr_t)t->children[i].type);
        h = hash_combine(h, hash_bytes(t->children[i].name.at, t->children[i].name.size_bytes, 0));
    }
    return h;
}

static bool field_equal(const struct type_field *a, const struct type_field *b)
{
    return a->type == b->type && str_equal(a->name, b->name) && (a->comment.at == NULL) == (b->comment.at == NULL) &&
           str_equal(a->comment, b->comment);
}

static bool type_identical(const struct type *a, const struct type *b)
{
    if (a->root != b->root || a->nullable != b->nullable || a->time_attr != b->time_attr || a->interval != b->interval ||
        a->length != b->length || a->precision != b->precision || a->scale != b->scale || a->child_count != b->child_count) {
        return false;
    }
    for (uint32_t i = 0; i < a->child_count; i++) {
        if (!field_equal(&a->children[i], &b->children[i])) return false;
    }
    return true;
}

static struct type **types_slot(struct type **slots, uint32_t capacity, const struct type *t)
{
    uint32_t i = (uint32_t)type_hash(t) & (capacity - 1);
    while (slots[i] != NULL && !type_identical(slots[i], t)) i = (i + 1) & (capacity - 1);
    return &slots[i];
}

static bool types_grow(struct types *p)
{
    uint32_t capacity = p->capacity * 2;
    struct type **slots = ARENA_ARRAY(p->arena, struct type *, capacity);
    if (slots == NULL) return false;
    for (uint32_t i = 0; i < p->capacity; i++) {
        if (p->slots[i] != NULL) *types_slot(slots, capacity, p->slots[i]) = p->slots[i];
    }
    p->slots = slots;
    p->capacity = capacity;
    return true;
}

static bool type_copy_children(struct arena *a, struct type *t)
{
    if (t->child_count == 0) return true;
    struct type_field *fields = ARENA_ARRAY(a, struct type_field, t->child_count);
    if (fields == NULL) return false;
    for (uint32_t i = 0; i < t->child_count; i++) {
        fields[i] = t->children[i];
        fields[i].name = arena_str(a, t->children[i].name);
        if (fields[i].name.at == NULL) return false;
        if (t->children[i].comment.at == NULL) continue;
        fields[i].comment = arena_str(a, t->children[i].comment);
        if (fields[i].comment.at == NULL) return false;
    }
    t->children = fields;
    return true;
}

static const struct type *type_intern(struct types *p, struct type t)
{
    assert(p != NULL);
    t.phys = type_phys(&t);
    t.flipped = NULL;
    if (p->count * 2 >= p->capacity && !types_grow(p)) return NULL;
    struct type **slot = types_slot(p->slots, p->capacity, &t);
    if (*slot != NULL) return *slot;
    struct type *copy = ARENA_NEW(p->arena, struct type);
    if (copy == NULL) return NULL;
    *copy = t;
    if (!type_copy_children(p->arena, copy)) return NULL;
    p->count++;
    return *slot = copy;
}

const struct type *type_simple(struct types *p, enum type_root root, bool nullable)
{
    assert(root != TYPE_DECIMAL && root != TYPE_TIMESTAMP && root != TYPE_TIMESTAMP_LTZ && root < TYPE_INTERVAL_YM);
    return type_intern(p, (struct type){.root = root, .nullable = nullable});
}

const struct type *type_string(struct types *p, bool nullable)
{
    return type_text(p, TYPE_VARCHAR, TYPE_LENGTH_MAX, nullable);
}

const struct type *type_text(struct types *p, enum type_root root, int32_t length, bool nullable)
{
    assert(root == TYPE_CHAR || root == TYPE_VARCHAR || root == TYPE_BINARY || root == TYPE_VARBINARY);
    assert(length >= 0); /* 0 only for the empty literal, as in Flink */
    return type_intern(p, (struct type){.root = root, .nullable = nullable, .length = length});
}

const struct type *type_decimal(struct types *p, int32_t precision, int32_t scale, bool nullable)
{
    assert(precision >= 1 && precision <= TYPE_DECIMAL_PRECISION_MAX);
    assert(scale >= 0 && scale <= precision);
    return type_intern(p, (struct type){.root = TYPE_DECIMAL, .nullable = nullable, .precision = precision, .scale = scale});
}

const struct type *type_time(struct types *p, enum type_root root, int32_t precision, bool nullable)
{
    assert(root == TYPE_TIME || root == TYPE_TIMESTAMP || root == TYPE_TIMESTAMP_LTZ);
    assert(precision >= 0 && precision <= 9);
    return type_intern(p, (struct type){.root = root, .nullable = nullable, .precision = precision});
}

const struct type *type_interval(struct types *p, enum interval_range range, int32_t precision, int32_t scale, bool nullable)
{
    assert(precision >= 0 && precision <= 9 && scale >= 0 && scale <= 9);
    enum type_root root = range <= INTERVAL_MONTH ? TYPE_INTERVAL_YM : TYPE_INTERVAL_DT;
    return type_intern(p, (struct type){.root = root, .nullable = nullable, .interval = range, .precision = precision, .scale = scale});
}

const struct type *type_array(struct types *p, const struct type *element, bool nullable)
{
    assert(element != NULL);
    struct type_field field = {.name = STR("element"), .type = element};
    return type_intern(p, (struct type){.root = TYPE_ARRAY, .nullable = nullable, .child_count = 1, .children = &field});
}

const struct type *type_multiset(struct types *p, const struct type *element, bool nullable)
{
    assert(element != NULL);
    const struct type *count = type_simple(p, TYPE_INT, false);
    if (count == NULL) return NULL;
    struct type_field fields[2] = {{.name = STR("element"), .type = element}, {.name = STR("count"), .type = count}};
    return type_intern(p, (struct type){.root = TYPE_MULTISET, .nullable = nullable, .child_count = 2, .children = fields});
}

const struct type *type_map(struct types *p, const struct type *key, const struct type *value, bool nullable)
{
    assert(key != NULL && value != NULL);
    struct type_field fields[2] = {{.name = STR("key"), .type = key}, {.name = STR("value"), .type = value}};
    return type_intern(p, (struct type){.root = TYPE_MAP, .nullable = nullable, .child_count = 2, .children = fields});
}

const struct type *type_row(struct types *p, const struct type_field *fields, uint32_t count, bool nullable)
{
    assert(fields != NULL || count == 0);
    return type_intern(p, (struct type){.root = TYPE_ROW, .nullable = nullable, .child_count = count, .children = fields});
}

const struct type *type_null(struct types *p)
{
    return type_intern(p, (struct type){.root = TYPE_NULL, .nullable = true});
}

const struct type *type_nullable(struct types *p, const struct type *t, bool nullable)
{
    if (t == NULL) return NULL; /* no memory for it, said by the caller that asks last */
    if (t->nullable == nullable || t->root == TYPE_NULL) return t;
    if (t->flipped != NULL) return t->flipped;
    struct type copy = *t;
    copy.nullable = nullable;
    const struct type *other = type_intern(p, copy);
    if (other != NULL) ((struct type *)(uintptr_t)t)->flipped = other;
    return other;
}

const struct type *type_time_attr(struct types *p, const struct type *t, enum time_attr attr)
{
    if (t == NULL) return NULL;
    assert(attr == TIME_ATTR_NONE || type_is_timestamp(t));
    if (t->time_attr == attr) return t;
    struct type copy = *t;
    copy.time_attr = attr;
    return type_intern(p, copy);
}

static bool children_same(const struct type *a, const struct type *b)
{
    if (a->child_count != b->child_count) return false;
    for (uint32_t i = 0; i < a->child_count; i++) {
        const struct type_field *x = &a->children[i], *y = &b->children[i];
        if (a->root == TYPE_ROW && !str_equal(x->name, y->name)) return false;
        if (x->type == y->type) continue;
        if (x->type->nullable != y->type->nullable || !type_same(x->type, y->type)) return false;
    }
    return true;
}

bool type_same(const struct type *a, const struct type *b)
{
    assert(a != NULL && b != NULL);
    if (a == b) return true;
    return a->root == b->root && a->interval == b->interval && a->length == b->length && a->precision == b->precision &&
           a->scale == b->scale && children_same(a, b);
}

bool type_is_integer(const struct type *t) { return t->root >= TYPE_TINYINT && t->root <= TYPE_BIGINT; }

bool type_is_numeric(const struct type *t) { return t->root >= TYPE_DECIMAL && t->root <= TYPE_DOUBLE; }

bool type_is_text(const struct type *t) { return t->root == TYPE_CHAR || t->root == TYPE_VARCHAR; }

bool type_is_bytes(const struct type *t) { return t->root == TYPE_BINARY || t->root == TYPE_VARBINARY; }

bool type_is_timestamp(const struct type *t) { return t->root == TYPE_TIMESTAMP || t->root == TYPE_TIMESTAMP_LTZ; }

bool type_is_interval(const struct type *t) { return t->root == TYPE_INTERVAL_YM || t->root == TYPE_INTERVAL_DT; }

uint32_t phys_size_bytes(enum phys p)
{
    switch (p) {
    case PHYS_BOOL: case PHYS_I8: return 1;
    case PHYS_I16: return 2;
    case PHYS_I32: case PHYS_F32: return 4;
    case PHYS_I64: case PHYS_F64: case PHYS_LIST: return 8;
    case PHYS_I128: case PHYS_TS: case PHYS_STRING: return 16;
    case PHYS_ROW: case PHYS_NULL: return 0;
    }
    assert(!"unknown physical kind");
    return 0;
}
