/* SPDX-License-Identifier: Apache-2.0 */
/*
 * operator rows: state without a key: a short list of byte rows and the rule by which it is spread
 * over other numbers of subtasks. The rows are a byte list in the region; positions of the rows are
 * cached outside, since they are read by index.
 */
#include "state/object.h"

#include "base/alloc.h"

#include <string.h>

struct state_rows {
    struct object object;
    struct str *rows;
    uint32_t count, capacity;
    struct list_cursor tail; /* behind the last row */
};

static void rows_free(struct object *o) {
    struct state_rows *r = (struct state_rows *)(void *)o;
    mem_free(r->rows);
    mem_free(r);
}

static enum status rows_reserve(struct state_rows *r, struct error *e) {
    assert(r->count <= r->capacity);
    if (r->count < r->capacity) return STATUS_OK;
    uint32_t capacity = r->capacity == 0 ? 16 : r->capacity * 2;
    struct str *rows = mem_realloc(r->rows, capacity * sizeof *rows);
    if (rows == NULL) return error_no_memory(e, capacity * sizeof *rows);
    r->rows = rows;
    r->capacity = capacity;
    return STATUS_OK;
}

enum status state_rows_open(struct state *s, const char *name, enum state_mode mode,
                            struct state_rows **ret, struct error *e) {
    struct object_record *record = NULL;
    bool created = false;
    TRY(object_open(s, &(struct object_decl){.name = name, .kind = OBJECT_ROWS, .mode = mode},
                    &record, &created, e));
    struct state_rows *r = mem_calloc(1, sizeof *r);
    if (r == NULL) return error_no_memory(e, sizeof *r);
    struct str row;
    while (state_list_next(s, record->roots[0], &r->tail, &row)) {
        enum status status = rows_reserve(r, e);
        if (status != STATUS_OK) {
            rows_free(&r->object);
            return status;
        }
        r->rows[r->count++] = row;
    }
    assert(r->count == state_list_count(s, record->roots[0]));
    object_register(s, &r->object, record, rows_free);
    *ret = r;
    return STATUS_OK;
}

uint32_t state_rows_count(const struct state_rows *r) { return r->count; }

struct str state_rows_at(const struct state_rows *r, uint32_t index) {
    assert(index < r->count);
    return r->rows[index];
}

void state_rows_clear(struct state_rows *r) {
    assert(r->object.record->kind == OBJECT_ROWS);
    state_list_free(r->object.state, &r->object.record->roots[0]);
    r->count = 0;
    r->tail = (struct list_cursor){0};
}

enum status state_rows_add(struct state_rows *r, struct str row, struct error *e) {
    assert(row.at != NULL || row.size_bytes == 0);
    assert(r->count == state_list_count(r->object.state, r->object.record->roots[0]));
    TRY(rows_reserve(r, e));
    struct state *s = r->object.state;
    TRY(state_list_append(s, &r->object.record->roots[0], row, e));
    struct str at = {NULL, 0};
    bool there = state_list_next(s, r->object.record->roots[0], &r->tail, &at);
    assert(there);
    (void)there;
    r->rows[r->count++] = at;
    return STATUS_OK;
}
