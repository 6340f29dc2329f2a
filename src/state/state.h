/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_STATE_STATE_H
#define WEIR_STATE_STATE_H

#include "base/arena.h"
#include "base/error.h"
#include "type/type.h"
#include "vec/row.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * state: everything the operators of one subtask remember, as one region of bytes.
 *
 * A region is reserved address space with pages. Objects (maps, sorted sets, lists, blobs) allocate
 * in it and refer to each other by offset (state_ref), so a region can be stored and loaded as
 * bytes. Objects are declared once at open, by name and schema; a restored region is opened by the
 * same declarations, and a schema that does not fit is refused (STATUS_STATE_MISMATCH).
 *
 * A map's value pointers stay valid until the next upsert into or removal from the same map (blobs,
 * lists and sorted maps elsewhere in the region do not move them); bytes of blobs, lists and sorted
 * maps until the next change of that very object. Every write to bytes obtained from here is announced first by state_write: that marks
 * the pages dirty and saves their old content while a snapshot still needs it.
 *
 * One state belongs to one worker thread at a time; only the snapshot writer reads beside it.
 */
struct state;

/* An offset into the region; 0 = none. Multiples of 8. */
typedef uint64_t state_ref;

struct env;

/* ---- schema of a value: a fixed number of 8-byte words ------------------------------------ */

enum state_field_kind {
    STATE_WORD, /* 8 bytes of plain data: integer, double bits, flags */
    STATE_WIDE, /* 16 bytes of plain data (two words): decimal sums */
    STATE_BLOB, /* state_ref to bytes owned by this field (state_blob_*); 0 = absent */
    STATE_SORTED, /* state_ref: root of an ordered map owned by this field (state_sorted_*); 0 = empty */
    STATE_LIST, /* state_ref: root of an append-only list of byte rows owned by this field; 0 = empty */
};

struct state_field {
    const char *name; /* part of the schema: stable, by meaning */
    enum state_field_kind kind;
};

struct state_schema {
    const struct type *const *key_types; /* columns of the key row (row_layout) */
    uint32_t key_count;
    const struct state_field *fields;
    uint32_t field_count;
    /* Types of the rows kept in BLOB/LIST/SORTED values are part of the schema too, for the report on mismatch. */
    const struct type *const *row_types;
    uint32_t row_count;
};

/* Words of one value; field i starts at word state_field_word(schema, i). */
uint32_t state_schema_words(const struct state_schema *s);
uint32_t state_field_word(const struct state_schema *s, uint32_t field);

/* ---- life --------------------------------------------------------------------------------- */

struct state_config {
    struct env *env; /* where memory comes from; may be NULL */
    /* "operator 'GroupAggregate' (subtask 1/4)": how messages call the owner; copied. */
    struct str owner;
    uint64_t reserve_bytes; /* address space; 0: 64 GiB; at most 128 GiB */
    uint64_t budget_bytes;  /* memory the region may use; 0: all of it; STATUS_LIMIT beyond */
    /* For old pages while a snapshot is written, at most as much as the state has; 0: 1 GiB. */
    uint64_t snapshot_pool_bytes;
    uint32_t max_parallelism;                /* key groups; 0: 128 */
    uint32_t key_group_begin, key_group_end; /* this subtask's share, [begin, end) */
};

enum status state_new(const struct state_config *c, struct state **ret, struct error *e);
void state_free(struct state *s);
uint64_t state_bytes(const struct state *s);
/* Processing time for TTL from now on, in ms. */
void state_set_time(struct state *s, int64_t now_ms);

enum { STATE_PAGE_SHIFT = 12 }; /* pages of 4 KiB */

/*
 * What the write barrier looks at; the beginning of every struct state. A HOT page is known to have
 * changed since the last snapshot, and nobody needs its old content.
 */
enum { STATE_PAGE_CLEAN, STATE_PAGE_HOT, STATE_PAGE_NEEDED };
struct state_pages {
    char *base;
    uint8_t *page_states; /* STATE_PAGE_*; read and written atomically */
    uint64_t size_bytes;
};
/* The first write to a page since the last snapshot. */
void state_write_page(struct state *s, uint64_t page);

/* Announce a write of [p, p + size_bytes) before doing it; memory outside the region is let through. */
static inline void state_write(struct state *s, const void *p, uint64_t size_bytes) {
    const struct state_pages *v = (const struct state_pages *)(const void *)s;
    uint64_t at = (uint64_t)((const char *)p - v->base);
    if (at >= v->size_bytes) return;
    uint64_t last = (at + size_bytes - 1) >> STATE_PAGE_SHIFT;
    for (uint64_t page = at >> STATE_PAGE_SHIFT; page <= last; page++) {
        if (__builtin_expect(
                __atomic_load_n(&v->page_states[page], __ATOMIC_RELAXED) != STATE_PAGE_HOT, 0))
            state_write_page(s, page);
    }
}

/* Key group of a key hash: Weir's own spread (savepoints carry keys, not hashes). */
uint32_t state_key_group(uint64_t hash, uint32_t max_parallelism);

/* ---- maps: key row -> value words ---------------------------------------------------------- */

struct state_map;

/*
 * A map's value pointers stay valid until the next upsert or remove on that map (a batch of them
 * stays valid together); allocating elsewhere in the state does not move them.
 *
 * ttl_ms 0 = forever; else entries expire ttl_ms of processing time after the last create or
 * state_map_touch, and are never returned expired.
 */
enum status state_map_open(struct state *s, const char *name, const struct state_schema *schema,
                           int64_t ttl_ms, struct state_map **ret, struct error *e);
uint64_t state_map_count(const struct state_map *m);
/* NULL when absent. hash as row_keys computes it (hash_bytes(key, size, 0)). */
uint64_t *state_map_find(struct state_map *m, struct str key, uint64_t hash);
/* Finds or creates (value zeroed); *ret_created tells. */
enum status state_map_upsert(struct state_map *m, struct str key, uint64_t hash,
                             uint64_t **ret_value, bool *ret_created, struct error *e);
/*
 * The vectorised form for a batch: hashes and probes with prefetch. values[k] for key k; created[k]
 * 1 when this call made it (the first of equal keys). All pointers are valid together until the
 * next allocating call; an entry counts as announced for writing (no state_write needed for the
 * value words themselves until the next barrier).
 */
enum status state_map_upsert_batch(struct state_map *m, const struct row_keys *keys,
                                   uint64_t **ret_values, uint8_t *ret_created, struct error *e);
void state_map_find_batch(struct state_map *m, const struct row_keys *keys, uint64_t **ret_values);
/* Frees the value's blobs, sorted maps and lists too. */
void state_map_remove(struct state_map *m, struct str key, uint64_t hash);
/* Refreshes the TTL of an entry (its value pointer). */
void state_map_touch(struct state_map *m, uint64_t *value);
/* The key bytes of an entry by its value pointer; in the region. */
struct str state_map_key(const struct state_map *m, const uint64_t *value);
void state_map_clear(struct state_map *m);

/*
 * Visits all entries in insertion order (removed ones leave no trace; an entry re-created goes to the end). The cursor is plain data that survives changes of
 * the map: entries created after it passed may or may not be seen; no entry is seen twice.
 */
struct state_cursor {
    uint64_t position;
};
/*
 * What the cursor has passed is no longer visited, exported or restored: how far a map that is given out
 * has come, as part of the state. Until the map is cleared or dropped only visiting it makes sense.
 */
void state_map_pass(struct state_map *m, const struct state_cursor *c);
/* false at the end. Start with a zeroed cursor. */
bool state_map_next(struct state_map *m, struct state_cursor *c, struct str *ret_key,
                    uint64_t **ret_value);

/* ---- a family of maps, one per id (window slices) ------------------------------------------ */

struct state_family;

enum status state_family_open(struct state *s, const char *name, const struct state_schema *schema,
                              struct state_family **ret, struct error *e);
/* The map of an id, made when absent and create is set; else NULL in *ret. The handle is valid until the id is dropped. */
enum status state_family_map(struct state_family *f, int64_t id, bool create,
                             struct state_map **ret, struct error *e);
/* Smallest id >= from; false when none. */
bool state_family_next(struct state_family *f, int64_t from, int64_t *ret_id);
/* Frees whole runs of pages. */
void state_family_drop(struct state_family *f, int64_t id);

/* ---- blobs, sorted maps and lists inside a value -------------------------------------------- */

/* Replaces the blob at *ref (announces the write of *ref itself); an existing blob is freed or reused. */
enum status state_blob_set(struct state *s, state_ref *ref, struct str bytes, struct error *e);
/* Adds bytes at the end; room doubles, so that a long run of appends costs as much as its bytes. */
enum status state_blob_append(struct state *s, state_ref *ref, struct str bytes, struct error *e);
struct str state_blob_get(const struct state *s, state_ref ref);
void state_blob_free(struct state *s, state_ref *ref);

/*
 * An ordered map of byte strings under *root (memcmp order of keys). Values are byte strings; a
 * returned value may be changed in place after state_write if its size stays.
 */
enum status state_sorted_put(struct state *s, state_ref *root, struct str key, struct str value,
                             struct error *e);
/* at == NULL when absent. */
struct str state_sorted_get(const struct state *s, state_ref root, struct str key);
bool state_sorted_remove(struct state *s, state_ref *root, struct str key);
uint64_t state_sorted_count(const struct state *s, state_ref root);
/* Cursors are positions, invalid after any change of the map: seek again by key. */
struct sorted_cursor {
    state_ref root;
    state_ref leaf;
    uint32_t slot;
};
/* First entry >= key (empty key: the very first); last entry; false when none. */
bool state_sorted_seek(const struct state *s, state_ref root, struct str key,
                       struct sorted_cursor *ret);
bool state_sorted_last(const struct state *s, state_ref root, struct sorted_cursor *ret);
bool state_sorted_next(const struct state *s, struct sorted_cursor *c);
bool state_sorted_prev(const struct state *s, struct sorted_cursor *c);
struct str state_sorted_key(const struct state *s, const struct sorted_cursor *c);
struct str state_sorted_value(const struct state *s, const struct sorted_cursor *c);
void state_sorted_free(struct state *s, state_ref *root);

enum status state_list_append(struct state *s, state_ref *root, struct str row, struct error *e);
uint64_t state_list_count(const struct state *s, state_ref root);
/* Walks in order; start with a zeroed cursor; false at the end. */
struct list_cursor {
    state_ref chunk;
    uint32_t offset;
};
bool state_list_next(const struct state *s, state_ref root, struct list_cursor *c,
                     struct str *ret_row);
void state_list_free(struct state *s, state_ref *root);

/* ---- timers: an ordered set of (time, key) -------------------------------------------------- */

struct state_timers;
/* key types as in the operator's map; event or processing time is the operator's business. */
enum status state_timers_open(struct state *s, const char *name,
                              const struct type *const *key_types, uint32_t key_count,
                              struct state_timers **ret, struct error *e);
/* Idempotent per (time, key). */
enum status state_timers_add(struct state_timers *t, int64_t time_ms, struct str key,
                             struct error *e);
void state_timers_remove(struct state_timers *t, int64_t time_ms, struct str key);
/* The earliest one; false when none. Equal times in the order they were added. The key is valid until the next change. */
bool state_timers_first(const struct state_timers *t, int64_t *ret_time_ms, struct str *ret_key);

/* ---- operator state: what has no key -------------------------------------------------------- */

enum state_mode { STATE_SPLIT, STATE_UNION, STATE_BROADCAST, STATE_SINGLE };

/*
 * A small ordered list of byte rows with a redistribution rule: SPLIT spreads the rows over the new
 * subtasks, UNION gives all to each, BROADCAST keeps one copy for each, SINGLE belongs to subtask 0.
 */
struct state_rows;
enum status state_rows_open(struct state *s, const char *name, enum state_mode mode,
                            struct state_rows **ret, struct error *e);
uint32_t state_rows_count(const struct state_rows *r);
struct str state_rows_at(const struct state_rows *r, uint32_t index);
/* Replaces the content. */
void state_rows_clear(struct state_rows *r);
enum status state_rows_add(struct state_rows *r, struct str row, struct error *e);

/* ---- snapshots ------------------------------------------------------------------------------ */

/*
 * Checkpoint: the region's pages as of now. begin is called by the worker at a barrier (no long
 * copy); the returned snapshot is then written out by another thread (snapshot_write, snapshot.h)
 * while the worker goes on and saves old pages at its first write to them. One at a time
 * (STATUS_DECLINED while another one is open).
 */
struct snapshot;
enum status snapshot_begin(struct state *s, struct snapshot **ret, struct error *e);
/*
 * By the worker, once snapshot_write has returned and the outcome is known. keep: the checkpoint is
 * complete, and the next snapshot holds only what changed since this one began; else its pages go
 * into the next one again.
 */
void snapshot_end(struct snapshot *n, bool keep);

/*
 * Savepoint: the logical form, independent of layout, page size and parallelism: per object its name, schema and
 * entries. Written to / read from a byte sink.
 */
struct state_writer {
    enum status (*write)(void *context, const void *bytes, size_t size, struct error *e);
    void *context;
};
struct state_reader {
    enum status (*read)(void *context, void *bytes, size_t size, struct error *e);
    void *context;
};
enum status state_export(struct state *s, struct state_writer *w, struct error *e);
/*
 * Reads one exported state into s, keeping the key groups of s's config and the operator-state rows
 * that the rule gives to subtask `index` of `count`. Called once per old subtask, before the
 * operators open their objects: declared later, objects find what was imported; after all
 * operators are open, state_check_claimed reports what nobody claimed.
 */
enum status state_import(struct state *s, struct state_reader *r, uint32_t index, uint32_t count,
                         struct error *e);
enum status state_check_claimed(const struct state *s, struct error *e);

#endif
