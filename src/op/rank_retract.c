/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rank_retract: Top-N over any changelog (Flink's RetractableTopNFunction): all rows are kept. An
 * added row shifts the ones behind it down, a retracted one lets them move up; without a rank
 * column only what enters or leaves the range is sent. A retraction that matches no row is ignored.
 */
#include "op/rank.h"

#include <assert.h>

/* ---- adding ------------------------------------------------------------------------------------ */

/* The entry `steps` behind c; false when there are fewer. */
static bool advance(const struct state *s, struct sorted_cursor *c, int64_t steps) {
    for (; steps > 0; steps--) {
        if (!state_sorted_next(s, c)) return false;
    }
    return true;
}

static enum status add_row(struct rank *r, struct error *e) {
    const struct state *s = r->op.context.state;
    struct sorted_cursor c;
    TRY(rank_insert(r, &c, e));
    int64_t rank = rank_of(r, state_sorted_key(s, &c), r->to);
    if (rank > r->to) return STATUS_OK;
    if (r->numbered) return rank_shift_down(r, c, r->bytes.at, rank, e);
    if (advance(s, &c, r->to + 1 - rank)) TRY(rank_send(r, ROW_DELETE, state_sorted_value(s, &c).at, 0, e));
    return rank_send(r, ROW_INSERT, r->bytes.at, 0, e);
}

/* ---- retracting ---------------------------------------------------------------------------------- */

/* Finds the first stored row equal to the one at hand; its full key goes to r->found. */
static enum status find_row(struct rank *r, bool *ret_found) {
    const struct state *s = r->op.context.state;
    struct sorted_cursor c;
    struct str wanted = buf_view(&r->sort_key);
    bool more = state_sorted_seek(s, *rank_rows(r), wanted, &c);
    *ret_found = false;
    while (more) {
        struct str key = state_sorted_key(s, &c);
        if (!str_equal((struct str){key.at, key.size_bytes - 8}, wanted)) return STATUS_OK;
        if (str_equal(state_sorted_value(s, &c), buf_view(&r->bytes))) {
            buf_reset(&r->found);
            buf_append(&r->found, key.at, key.size_bytes);
            *ret_found = true;
            return r->found.failed ? STATUS_NO_MEMORY : STATUS_OK;
        }
        more = state_sorted_next(s, &c);
    }
    return STATUS_OK;
}

/* The rows behind the removed one take the rank before theirs; c stands on the removed entry. */
static enum status shift_up(struct rank *r, struct sorted_cursor c, int64_t rank, struct error *e) {
    const struct state *s = r->op.context.state;
    const void *before = r->bytes.at;
    while (rank <= r->to && state_sorted_next(s, &c)) {
        const void *row = state_sorted_value(s, &c).at;
        TRY(rank_send(r, ROW_UPDATE_BEFORE, before, rank, e));
        TRY(rank_send(r, ROW_UPDATE_AFTER, row, rank, e));
        before = row;
        rank++;
    }
    return rank <= r->to ? rank_send(r, ROW_DELETE, before, rank, e) : STATUS_OK;
}

static enum status retract_row(struct rank *r, struct error *e) {
    struct state *s = r->op.context.state;
    bool found = false;
    TRY(find_row(r, &found));
    if (!found) return STATUS_OK;
    int64_t rank = rank_of(r, buf_view(&r->found), r->to);
    struct sorted_cursor c;
    bool there = state_sorted_seek(s, *rank_rows(r), buf_view(&r->found), &c);
    assert(there);
    (void)there;
    if (rank <= r->to && r->numbered) {
        TRY(shift_up(r, c, rank, e));
    } else if (rank <= r->to) {
        TRY(rank_send(r, ROW_DELETE, r->bytes.at, 0, e));
        if (advance(s, &c, r->to + 1 - rank)) TRY(rank_send(r, ROW_INSERT, state_sorted_value(s, &c).at, 0, e));
    }
    state_sorted_remove(s, rank_rows(r), buf_view(&r->found));
    return STATUS_OK;
}

enum status rank_retract_row(struct rank *r, enum row_kind kind, struct error *e) {
    return row_kind_adds(kind) ? add_row(r, e) : retract_row(r, e);
}
