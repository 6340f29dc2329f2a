/* SPDX-License-Identifier: Apache-2.0 */
/*
 * agg set: the aggregate calls of one operator over one value: rows are filtered per call, run
 * through the distinct sets where asked for, and handed to the implementations as (accumulator,
 * row) lists, one call after the other.
 */
#include "agg/agg_set.h"

#include "vec/batch.h"

/* ---- layout ---- */

static bool same_columns(const struct agg_call *a, const struct agg_call *b) {
    if (a->arg_count != b->arg_count) return false;
    for (uint32_t i = 0; i < a->arg_count; i++)
        if ((a->constants[i] == NULL) != (b->constants[i] == NULL) ||
            (a->constants[i] == NULL && a->args[i] != b->args[i]))
            return false;
    return true;
}

bool agg_needs_distinct(const struct agg_call *c) {
    return c->distinct && c->arg_count > 0 && !str_equal(c->func->name, STR("MIN")) &&
           !str_equal(c->func->name, STR("MAX"));
}

uint32_t agg_distinct_sets(const struct agg_call *calls, uint32_t count, int32_t *ret_set_of) {
    uint32_t sets = 0;
    for (uint32_t i = 0; i < count; i++) {
        ret_set_of[i] = -1;
        if (!agg_needs_distinct(&calls[i])) continue;
        for (uint32_t k = 0; k < i && ret_set_of[i] < 0; k++)
            if (ret_set_of[k] >= 0 && same_columns(&calls[k], &calls[i]))
                ret_set_of[i] = ret_set_of[k];
        if (ret_set_of[i] < 0) ret_set_of[i] = (int32_t)sets++;
    }
    return sets;
}

static enum status picked_new(struct arena *a, struct picked *p, struct error *e) {
    if (p->accs != NULL) return STATUS_OK;
    p->accs = ARENA_ARRAY(a, uint64_t *, BATCH_ROWS_MAX);
    p->sel = ARENA_ARRAY(a, uint32_t, BATCH_ROWS_MAX);
    p->signs = ARENA_ARRAY(a, int8_t, BATCH_ROWS_MAX);
    return p->accs == NULL || p->sel == NULL || p->signs == NULL
               ? error_no_memory(e, BATCH_ROWS_MAX)
               : STATUS_OK;
}

static enum status calls_copy(struct agg_set *g, struct arena *a, struct types *t,
                              const struct agg_call *calls, struct error *e) {
    for (uint32_t i = 0; i < g->count; i++) {
        struct agg_call *c = &g->calls[i];
        *c = calls[i];
        c->scratch = NULL;
        c->distinct = agg_needs_distinct(c);
        g->delta |= c->delta;
        TRY(c->func->choose(c, &c->impl, e));
        TRY(agg_scratch_new(a, t, c, &c->scratch, e));
        TRY(picked_new(a, &g->picked[i], e));
        g->can_merge &= c->distinct || c->impl->merge != NULL;
        g->can_subtract &= !c->distinct && c->impl->subtract != NULL;
    }
    return STATUS_OK;
}

static enum status sets_layout(struct agg_set *g, struct arena *a, struct error *e) {
    int32_t *set_of = ARENA_ARRAY(a, int32_t, g->count);
    if (set_of == NULL) return error_no_memory(e, g->count);
    g->set_count = agg_distinct_sets(g->calls, g->count, set_of);
    for (uint32_t k = 0; k < g->set_count; k++) {
        g->sets[k].calls = ARENA_ARRAY(a, uint32_t, g->count);
        if (g->sets[k].calls == NULL) return error_no_memory(e, g->count);
        g->sets[k].word = g->words++;
        g->fields[g->field_count++] = (struct state_field){"distinct", STATE_SORTED};
    }
    for (uint32_t i = 0; i < g->count; i++) {
        if (set_of[i] < 0) continue;
        struct distinct_set *d = &g->sets[set_of[i]];
        d->calls[d->count++] = i;
        d->retract |= g->calls[i].retract;
    }
    return STATUS_OK;
}

static void accumulators_layout(struct agg_set *g) {
    for (uint32_t i = 0; i < g->count; i++) {
        const struct agg_impl *impl = g->calls[i].impl;
        g->offsets[i] = g->words;
        for (uint32_t f = 0; f < impl->field_count; f++) {
            g->fields[g->field_count++] = impl->fields[f];
            g->words += impl->fields[f].kind == STATE_WIDE ? 2 : 1;
        }
    }
}

enum { FIELDS_PER_CALL = 6 };

static enum status set_layout(struct agg_set *g, struct arena *a, struct types *t,
                              const struct agg_call *calls, struct error *e) {
    TRY(calls_copy(g, a, t, calls, e));
    if (g->count_rows) {
        g->fields[g->field_count++] = (struct state_field){"rows", STATE_WORD};
        g->words++;
    }
    TRY(sets_layout(g, a, e));
    accumulators_layout(g);
    assert(g->field_count <= 1 + (size_t)g->count * FIELDS_PER_CALL);
    for (uint32_t i = 0; i < g->field_count; i++)
        g->has_refs |= g->fields[i].kind != STATE_WORD && g->fields[i].kind != STATE_WIDE;
    return STATUS_OK;
}

enum status agg_set_new(struct arena *a, struct types *t, const struct agg_call *calls,
                        uint32_t count, bool count_rows, struct agg_set **ret, struct error *e) {
    struct agg_set *g = ARENA_NEW(a, struct agg_set);
    if (g == NULL) return error_no_memory(e, sizeof *g);
    *g = (struct agg_set){.count = count,
                          .count_rows = count_rows,
                          .can_merge = true,
                          .can_subtract = true};
    g->calls = ARENA_ARRAY(a, struct agg_call, count);
    g->offsets = ARENA_ARRAY(a, uint32_t, count);
    g->sets = ARENA_ARRAY(a, struct distinct_set, count);
    g->picked = ARENA_ARRAY(a, struct picked, count);
    g->fields = ARENA_ARRAY(a, struct state_field, 1 + (size_t)count * FIELDS_PER_CALL);
    if (g->calls == NULL || g->offsets == NULL || g->sets == NULL || g->picked == NULL ||
        g->fields == NULL)
        return error_no_memory(e, sizeof *g);
    enum status status = set_layout(g, a, t, calls, e);
    if (status != STATUS_OK)
        agg_set_free(g);
    else
        *ret = g;
    return status;
}

void agg_set_free(struct agg_set *g) {
    for (uint32_t i = 0; g != NULL && i < g->count; i++) agg_scratch_free(g->calls[i].scratch);
}

const struct state_field *agg_set_fields(const struct agg_set *g, uint32_t *ret_count) {
    *ret_count = g->field_count;
    return g->fields;
}

uint32_t agg_set_words(const struct agg_set *g) { return g->words; }

uint32_t agg_set_hidden_words(const struct agg_set *g) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < g->count; i++) n += g->calls[i].impl->hidden_count;
    return n;
}

void agg_set_hidden(const struct agg_set *g, const uint64_t *value, uint64_t *ret_words) {
    for (uint32_t i = 0, n = 0; i < g->count; i++)
        for (uint32_t k = 0; k < g->calls[i].impl->hidden_count; k++)
            ret_words[n++] = value[g->offsets[i] + g->calls[i].impl->hidden[k]];
}

bool agg_set_has_refs(const struct agg_set *g) { return g->has_refs; }
bool agg_set_can_merge(const struct agg_set *g) { return g->can_merge; }
bool agg_set_can_subtract(const struct agg_set *g) { return g->can_subtract; }

void agg_set_init(const struct agg_set *g, uint64_t *value) {
    memset(value, 0, g->words * sizeof *value);
    for (uint32_t i = 0; i < g->count; i++)
        if (g->calls[i].impl->init != NULL)
            g->calls[i].impl->init(&g->calls[i], value + g->offsets[i]);
}

/* ---- folding ---- */

bool agg_set_passes(const struct agg_call *c, struct vec *const *columns, uint32_t row) {
    if (c->filter < 0) return true;
    const struct vec *f = columns[c->filter];
    return !vec_is_null(f, row) && VEC_VALUE(f, uint8_t, row) != 0;
}

void agg_set_args(const struct agg_call *c, struct vec *const *columns,
                  const struct vec *ret_args[4]) {
    for (uint32_t i = 0; i < c->arg_count; i++)
        ret_args[i] = c->constants[i] != NULL ? c->constants[i] : columns[c->args[i]];
}

static enum status call_fold(struct agg_set *g, uint32_t index, struct state *s,
                             uint64_t *const *values, struct vec *const *columns,
                             const struct rows *rows, const int8_t *signs, struct error *e) {
    const struct agg_call *c = &g->calls[index];
    struct picked *p = &g->picked[index];
    const struct vec *args[4] = {NULL};
    agg_set_args(c, columns, args);
    uint32_t offset = g->offsets[index];
    if (c->filter < 0) {
        for (uint32_t i = 0; i < rows->count; i++) p->accs[i] = values[i] + offset;
        return c->impl->fold(c, s, p->accs, args, rows, signs, e);
    }
    p->count = 0;
    for (uint32_t i = 0; i < rows->count; i++) {
        uint32_t row = rows_at(rows, i);
        if (!agg_set_passes(c, columns, row)) continue;
        p->accs[p->count] = values[i] + offset;
        p->sel[p->count] = row;
        p->signs[p->count++] = signs == NULL ? 1 : signs[i];
    }
    const struct rows chosen = {p->sel, p->count};
    return c->impl->fold(c, s, p->accs, args, &chosen, signs == NULL ? NULL : p->signs, e);
}

enum status agg_set_fold(struct agg_set *g, struct state *s, uint64_t *const *values,
                         struct vec *const *columns, const struct rows *rows, const int8_t *signs,
                         struct error *e) {
    assert(rows->count <= BATCH_ROWS_MAX);
    if (g->count_rows)
        for (uint32_t i = 0; i < rows->count; i++)
            values[i][0] += signs == NULL ? 1 : (uint64_t)(int64_t)signs[i];
    for (uint32_t i = 0; i < g->count; i++)
        if (!g->calls[i].distinct) TRY(call_fold(g, i, s, values, columns, rows, signs, e));
    for (uint32_t i = 0; i < g->set_count; i++)
        TRY(distinct_fold(g, &g->sets[i], s, values, columns, rows, signs, e));
    return STATUS_OK;
}

/* ---- combining ---- */

enum status agg_set_merge(struct agg_set *g, struct state *s, uint64_t *dst, const uint64_t *src,
                          struct error *e) {
    assert(g->can_merge);
    if (g->count_rows) dst[0] += src[0];
    for (uint32_t i = 0; i < g->count; i++) {
        const struct agg_call *c = &g->calls[i];
        if (!c->distinct)
            TRY(c->impl->merge(c, s, dst + g->offsets[i], src + g->offsets[i], e));
    }
    for (uint32_t i = 0; i < g->set_count; i++) TRY(distinct_merge(g, &g->sets[i], s, dst, src, e));
    return STATUS_OK;
}

enum status agg_set_subtract(struct agg_set *g, struct state *s, uint64_t *dst, const uint64_t *src,
                             struct error *e) {
    assert(g->can_subtract);
    if (g->count_rows) dst[0] -= src[0];
    for (uint32_t i = 0; i < g->count; i++) {
        const struct agg_call *c = &g->calls[i];
        TRY(c->impl->subtract(c, s, dst + g->offsets[i], src + g->offsets[i], e));
    }
    return STATUS_OK;
}

enum status agg_set_result(struct agg_set *g, struct state *s, const uint64_t *value,
                           struct vec *const *out, uint32_t row, struct error *e) {
    for (uint32_t i = 0; i < g->count; i++) {
        const struct agg_call *c = &g->calls[i];
        TRY(c->impl->result(c, s, value + g->offsets[i], out[i], row, e));
    }
    return STATUS_OK;
}

int64_t agg_set_rows(const struct agg_set *g, const uint64_t *value) {
    assert(g->count_rows);
    (void)g;
    return (int64_t)value[0];
}

void agg_set_release(struct agg_set *g, struct state *s, uint64_t *value) {
    state_write(s, value, g->words * sizeof *value);
    uint64_t *at = value;
    for (uint32_t i = 0; i < g->field_count; i++) {
        switch (g->fields[i].kind) {
        case STATE_WORD: break;
        case STATE_WIDE: at++; break;
        case STATE_BLOB: state_blob_free(s, at); break;
        case STATE_SORTED: state_sorted_free(s, at); break;
        case STATE_LIST: state_list_free(s, at); break;
        }
        at++;
    }
    memset(value, 0, g->words * sizeof *value);
}
