/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rank_update: Top-N over updates whose sort key only gets better (Flink's UpdatableTopNFunction,
 * FastTop1Function for one row): only the rows in the range are kept, found by their unique key. A
 * known row moves up and the ones it passes move down by one; a new one is treated as in an
 * insert-only input. A sort key that gets worse after all (expired state upstream) is tolerated as
 * Flink tolerates it.
 */
#include "op/rank.h"

#include <assert.h>

static struct str stored_key(struct rank *r) {
    return state_sorted_get(r->op.context.state, r->value[RANK_KEYS], buf_view(&r->key_bytes));
}

/* The unique key of a stored row, for taking it out of the index. */
static enum status forget_key_of(struct rank *r, struct str sorted_key) {
    struct state *s = r->op.context.state;
    struct sorted_cursor c;
    bool more = state_sorted_seek(s, r->value[RANK_KEYS], (struct str){NULL, 0}, &c);
    for (; more; more = state_sorted_next(s, &c)) {
        if (!str_equal(state_sorted_value(s, &c), sorted_key)) continue;
        struct str key = state_sorted_key(s, &c);
        buf_reset(&r->key_bytes);
        buf_append(&r->key_bytes, key.at, key.size_bytes);
        if (r->key_bytes.failed) return STATUS_NO_MEMORY;
        state_sorted_remove(s, &r->value[RANK_KEYS], buf_view(&r->key_bytes));
        return STATUS_OK;
    }
    return STATUS_OK;
}

static enum status insert_known(struct rank *r, struct sorted_cursor *ret_cursor, struct error *e) {
    struct state *s = r->op.context.state;
    TRY(rank_insert(r, ret_cursor, e));
    struct str key = state_sorted_key(s, ret_cursor);
    buf_reset(&r->found);
    buf_append(&r->found, key.at, key.size_bytes);
    if (r->found.failed) return STATUS_NO_MEMORY;
    return state_sorted_put(s, &r->value[RANK_KEYS], buf_view(&r->key_bytes), buf_view(&r->found), e);
}

/* Takes out the last row; it is in r->kept afterwards. */
static enum status remove_last(struct rank *r) {
    struct state *s = r->op.context.state;
    struct sorted_cursor last;
    bool there = state_sorted_last(s, *rank_rows(r), &last);
    assert(there);
    (void)there;
    TRY(rank_keep(r, &last, &r->kept));
    struct str key = state_sorted_key(s, &last);
    buf_reset(&r->found);
    buf_append(&r->found, key.at, key.size_bytes);
    if (r->found.failed) return STATUS_NO_MEMORY;
    TRY(forget_key_of(r, buf_view(&r->found)));
    state_sorted_remove(s, rank_rows(r), buf_view(&r->found));
    return STATUS_OK;
}

static enum status new_row(struct rank *r, struct error *e) {
    struct sorted_cursor c;
    if (!rank_accepts(r)) return STATUS_OK;
    TRY(insert_known(r, &c, e));
    bool over = (int64_t)rank_count(r) > r->to;
    if (r->numbered) {
        TRY(rank_shift_down(r, c, r->bytes.at, rank_of(r, buf_view(&r->found), r->to), e));
        return over ? remove_last(r) : STATUS_OK;
    }
    if (over) {
        TRY(remove_last(r));
        TRY(rank_send(r, ROW_DELETE, r->kept.at, 0, e));
    }
    return rank_send(r, ROW_INSERT, r->bytes.at, 0, e);
}

/* The row keeps its place; only its content changes. r->kept is the old row. */
static enum status same_place(struct rank *r, struct error *e) {
    struct state *s = r->op.context.state;
    int64_t rank = r->numbered ? rank_of(r, buf_view(&r->found), r->to) : 0;
    TRY(state_sorted_put(s, rank_rows(r), buf_view(&r->found), buf_view(&r->bytes), e));
    TRY(rank_send(r, ROW_UPDATE_BEFORE, r->kept.at, rank, e));
    return rank_send(r, ROW_UPDATE_AFTER, r->bytes.at, rank, e);
}

/* The row came up from old_rank to where c stands; the rows between go down by one. */
static enum status moved_up(struct rank *r, struct sorted_cursor c, int64_t rank, int64_t old_rank, struct error *e) {
    const struct state *s = r->op.context.state;
    const void *current = r->bytes.at;
    bool retracted = false;
    while (rank < old_rank && state_sorted_next(s, &c)) {
        const void *row = state_sorted_value(s, &c).at;
        TRY(rank_send(r, ROW_UPDATE_BEFORE, row, rank, e));
        if (!retracted) TRY(rank_send(r, ROW_UPDATE_BEFORE, r->kept.at, old_rank, e));
        retracted = true;
        TRY(rank_send(r, ROW_UPDATE_AFTER, current, rank, e));
        current = row;
        rank++;
    }
    if (!retracted) TRY(rank_send(r, ROW_UPDATE_BEFORE, r->kept.at, old_rank, e));
    return rank_send(r, ROW_UPDATE_AFTER, current, rank, e);
}

/* The row fell from old_rank to new_rank; the rows between go up by one. */
static enum status moved_down(struct rank *r, int64_t new_rank, int64_t old_rank, struct error *e) {
    const struct state *s = r->op.context.state;
    struct sorted_cursor c;
    const void *previous = NULL;
    bool more = state_sorted_seek(s, *rank_rows(r), (struct str){NULL, 0}, &c);
    for (int64_t rank = 1; more && rank <= new_rank; rank++, more = state_sorted_next(s, &c)) {
        if (rank == old_rank) TRY(rank_send(r, ROW_UPDATE_BEFORE, r->kept.at, old_rank, e));
        if (rank > old_rank) {
            TRY(rank_send(r, ROW_UPDATE_BEFORE, previous, rank, e));
            TRY(rank_send(r, ROW_UPDATE_AFTER, previous, rank - 1, e));
            if (rank == new_rank) TRY(rank_send(r, ROW_UPDATE_AFTER, r->bytes.at, rank, e));
        }
        previous = state_sorted_value(s, &c).at;
    }
    return STATUS_OK;
}

static enum status known_row(struct rank *r, struct error *e) {
    struct state *s = r->op.context.state;
    struct sorted_cursor c;
    bool there = state_sorted_seek(s, *rank_rows(r), buf_view(&r->found), &c);
    assert(there);
    (void)there;
    TRY(rank_keep(r, &c, &r->kept));
    struct str old_sort = {r->found.at, r->found.size_bytes - 8};
    int order = str_compare(buf_view(&r->sort_key), old_sort);
    if (order == 0) return same_place(r, e);
    int64_t old_rank = r->numbered ? rank_of(r, buf_view(&r->found), r->to) : 0;
    state_sorted_remove(s, rank_rows(r), buf_view(&r->found));
    TRY(insert_known(r, &c, e));
    if (!r->numbered) {
        TRY(rank_send(r, ROW_UPDATE_BEFORE, r->kept.at, 0, e));
        return rank_send(r, ROW_UPDATE_AFTER, r->bytes.at, 0, e);
    }
    int64_t rank = rank_of(r, buf_view(&r->found), INT64_MAX - 1);
    return order < 0 ? moved_up(r, c, rank, old_rank, e) : moved_down(r, rank, old_rank, e);
}

enum status rank_update_row(struct rank *r, struct error *e) {
    if (r->from == 1 && r->to == 1 && r->to_column < 0) return rank_append_row(r, e);
    struct str key = stored_key(r);
    if (key.at == NULL) return new_row(r, e);
    buf_reset(&r->found);
    buf_append(&r->found, key.at, key.size_bytes);
    if (r->found.failed) return STATUS_NO_MEMORY;
    return known_row(r, e);
}
