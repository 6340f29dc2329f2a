/* SPDX-License-Identifier: Apache-2.0 */
/*
 * state: the life of a region and what belongs to no object: configuration, time, key groups, and
 * the arithmetic of schemas.
 */
#include "state/state.h"

#include "base/alloc.h"
#include "state/object.h"
#include "state/snapshot_pool.h"

#include <stdio.h>

uint32_t state_field_word(const struct state_schema *s, uint32_t field) {
    assert(field <= s->field_count);
    uint32_t word = 0;
    for (uint32_t i = 0; i < field; i++) word += s->fields[i].kind == STATE_WIDE ? 2 : 1;
    return word;
}

uint32_t state_schema_words(const struct state_schema *s) {
    return state_field_word(s, s->field_count);
}

uint32_t state_key_group(uint64_t hash, uint32_t max_parallelism) {
    assert(max_parallelism > 0);
    return (uint32_t)(((hash >> 32) * max_parallelism) >> 32);
}

static void config_defaults(struct state_config *c) {
    assert(c->key_group_begin <= c->key_group_end || c->key_group_end == 0);
    const uint64_t gib = UINT64_C(1) << 30;
    if (c->reserve_bytes == 0) c->reserve_bytes = 64 * gib;
    if (c->reserve_bytes > 128 * gib) c->reserve_bytes = 128 * gib;
    if (c->budget_bytes == 0 || c->budget_bytes > c->reserve_bytes)
        c->budget_bytes = c->reserve_bytes;
    if (c->snapshot_pool_bytes == 0) c->snapshot_pool_bytes = gib;
    if (c->max_parallelism == 0) c->max_parallelism = 128;
    if (c->key_group_end == 0) c->key_group_end = c->max_parallelism;
}

enum status state_new(const struct state_config *c, struct state **ret, struct error *e) {
    struct state *s = mem_calloc(1, sizeof *s);
    if (s == NULL) return error_no_memory(e, sizeof *s);
    s->config = *c;
    config_defaults(&s->config);
    if (c->owner.size_bytes == 0)
        snprintf(s->owner, sizeof s->owner, "an operator");
    else
        snprintf(s->owner, sizeof s->owner, "%.*s", STR_ARG(c->owner));
    s->config.owner = str_of(s->owner);
    enum status status = region_init(s, e);
    if (status != STATUS_OK)
        state_free(s);
    else
        *ret = s;
    return status;
}

void state_free(struct state *s) {
    if (s == NULL) return;
    assert(s->snapshot == NULL);
    while (s->objects != NULL) {
        struct object *o = s->objects;
        s->objects = o->next;
        o->free(o);
    }
    snapshot_pool_free(s->pool);
    mem_free(s->page_sums);
    mem_free(s->maps);
    region_deinit(s);
    mem_free(s);
}

uint64_t state_bytes(const struct state *s) { return s->page_used << REGION_PAGE_SHIFT; }

void state_set_time(struct state *s, int64_t now_ms) { s->now_ms = now_ms; }
