/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rank_append: Top-N over an insert-only input (Flink's AppendOnlyTopNFunction, and FastTop1Function
 * for a single row). A partition keeps at most `to` rows; a row that cannot get in costs one
 * comparison with the worst. Top-1 replaces by -U/+U, larger ones by -D/+I or by shifting ranks.
 */
#include "op/rank.h"

#include <assert.h>

/* The single best row: replaced only by a strictly better one. */
static enum status top1(struct rank *r, struct error *e) {
    struct state *s = r->op.context.state;
    struct sorted_cursor c;
    if (!state_sorted_seek(s, *rank_rows(r), (struct str){NULL, 0}, &c)) {
        TRY(rank_insert(r, &c, e));
        return rank_send(r, ROW_INSERT, r->bytes.at, 1, e);
    }
    struct str key = state_sorted_key(s, &c);
    if (str_compare(buf_view(&r->sort_key), (struct str){key.at, key.size_bytes - 8}) >= 0) return STATUS_OK;
    TRY(rank_keep(r, &c, &r->kept));
    state_sorted_free(s, rank_rows(r));
    TRY(rank_insert(r, &c, e));
    TRY(rank_send(r, ROW_UPDATE_BEFORE, r->kept.at, 1, e));
    return rank_send(r, ROW_UPDATE_AFTER, r->bytes.at, 1, e);
}

/* Takes out the last row; it is in r->kept afterwards. */
static enum status remove_last(struct rank *r) {
    struct state *s = r->op.context.state;
    struct sorted_cursor last;
    bool found = state_sorted_last(s, *rank_rows(r), &last);
    assert(found);
    (void)found;
    TRY(rank_keep(r, &last, &r->kept));
    struct str key = state_sorted_key(s, &last);
    buf_reset(&r->found);
    buf_append(&r->found, key.at, key.size_bytes);
    if (r->found.failed) return STATUS_NO_MEMORY;
    state_sorted_remove(s, rank_rows(r), buf_view(&r->found));
    return STATUS_OK;
}

enum status rank_append_row(struct rank *r, struct error *e) {
    if (r->from == 1 && r->to == 1 && r->to_column < 0) return top1(r, e);
    if (!rank_accepts(r)) return STATUS_OK;
    struct sorted_cursor c;
    TRY(rank_insert(r, &c, e));
    bool over = (int64_t)rank_count(r) > r->to;
    if (r->numbered) {
        struct str key = state_sorted_key(r->op.context.state, &c);
        TRY(rank_shift_down(r, c, r->bytes.at, rank_of(r, key, r->to), e));
        return over ? remove_last(r) : STATUS_OK;
    }
    if (over) {
        TRY(remove_last(r));
        TRY(rank_send(r, ROW_DELETE, r->kept.at, 0, e));
    }
    return rank_send(r, ROW_INSERT, r->bytes.at, 0, e);
}
