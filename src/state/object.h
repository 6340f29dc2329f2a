/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_STATE_OBJECT_H
#define WEIR_STATE_OBJECT_H

#include "base/buf.h"
#include "state/region.h"

/*
 * object: what a job declares in a state by name: a record in the region (found again after a
 * restore) and a handle outside. Internal to src/state.
 */

enum object_kind { OBJECT_MAP, OBJECT_FAMILY, OBJECT_TIMERS, OBJECT_ROWS, OBJECT_KINDS };

enum {
    OBJECT_KEY_VARIABLE = UINT32_MAX,
    OBJECT_FIELDS_MAX = 1024,
    OBJECT_TEXT_MAX = 1 << 20,
    OBJECT_COUNT_MAX = 65536
};

/* In the region; behind it: field kinds (field_count bytes), name, schema text. */
struct object_record {
    state_ref next;
    uint32_t kind;
    uint32_t size_bytes; /* of the whole record */
    state_ref roots
        [2]; /* MAP: map root. FAMILY: sorted map id -> map root. TIMERS: map root, sorted. ROWS: list */
    uint32_t mode;      /* ROWS: enum state_mode */
    uint32_t key_bytes; /* of a key row when all keys have one size, else OBJECT_KEY_VARIABLE */
    uint32_t field_count;
    uint32_t name_bytes;
    uint32_t text_bytes;
    uint32_t imported;  /* ROWS: rows (BROADCAST: exports) seen by imports so far */
    uint32_t singleton; /* no key columns: all belongs to one subtask */
};

/* How the entries of a map look; shared by the maps of a family. */
struct shape {
    uint32_t words;     /* of the value's fields */
    uint32_t key_bytes; /* or OBJECT_KEY_VARIABLE */
    uint32_t field_count;
    bool has_refs; /* some field owns memory */
    bool has_ttl;  /* a word with the time of the last touch follows the value */
    int64_t ttl_ms;
    const uint8_t *kinds; /* in the region */
};

/* A declared object; the first member of every handle. */
struct object {
    struct object *next;
    struct state *state;
    struct object_record *record;
    void (*free)(struct object *o);
};

/* What a declaration says, before it is looked up. */
struct object_decl {
    const char *name;
    enum object_kind kind;
    const struct state_schema *schema; /* NULL for rows */
    enum state_mode mode;
};

/*
 * Finds the record of that name and checks it against the declaration, or makes it (*ret_created).
 * Opening a name twice is our bug.
 */
enum status object_open(struct state *s, const struct object_decl *d, struct object_record **ret,
                        bool *ret_created, struct error *e);
/* Adds a record as it was exported; STATUS_CORRUPT when the name exists with another schema. */
enum status object_import(struct state *s, const struct object_record *head, const uint8_t *kinds,
                          struct str name, struct str text, struct object_record **ret,
                          struct error *e);
struct object_record *object_find(const struct state *s, struct str name);
/* Registers the handle. */
void object_register(struct state *s, struct object *o, struct object_record *r,
                     void (*free)(struct object *o));
struct object *object_handle(const struct state *s, const struct object_record *r);

const uint8_t *object_kinds(const struct object_record *r);
struct str object_name(const struct object_record *r);
struct str object_text(const struct object_record *r);
void object_shape(const struct object_record *r, int64_t ttl_ms, struct shape *ret);

/* Frees what the fields of a value own and zeroes them. */
void value_release(struct state *s, const struct shape *shape, uint64_t *value);

#endif
