/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bind_window: TUMBLE, HOP and CUMULATE as table functions, with positional or named arguments. One
 * table gives each function's parameters in order; the result appends window_start, window_end and
 * window_time, the latter a time attribute of the same kind as the time column.
 */
#include "plan/bind.h"

#include "func/eval.h"

#include <assert.h>

enum parameter { PARAM_DATA, PARAM_TIMECOL, PARAM_SIZE, PARAM_SLIDE, PARAM_OFFSET, PARAM_COUNT };

struct tvf_row {
    const char *name;
    enum window_kind kind;
    const char *names[PARAM_COUNT];        /* in positional order */
    enum parameter parameters[PARAM_COUNT];
    uint32_t required, count;
    const char *signature;
};

static const struct tvf_row tvf_rows[] = {
    {"TUMBLE", WINDOW_TUMBLE, {"DATA", "TIMECOL", "SIZE", "OFFSET"}, {PARAM_DATA, PARAM_TIMECOL, PARAM_SIZE, PARAM_OFFSET}, 3, 4,
     "TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' MINUTE [, offset])"},
    {"HOP", WINDOW_HOP, {"DATA", "TIMECOL", "SLIDE", "SIZE", "OFFSET"}, {PARAM_DATA, PARAM_TIMECOL, PARAM_SLIDE, PARAM_SIZE, PARAM_OFFSET}, 4, 5,
     "HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '5' MINUTE, INTERVAL '10' MINUTE [, offset]): the slide, then the size"},
    {"CUMULATE", WINDOW_CUMULATE, {"DATA", "TIMECOL", "STEP", "SIZE", "OFFSET"}, {PARAM_DATA, PARAM_TIMECOL, PARAM_SLIDE, PARAM_SIZE, PARAM_OFFSET}, 4, 5,
     "CUMULATE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' HOUR, INTERVAL '1' DAY [, offset]): the step, then the size"},
};

static enum status find_parameter(struct binder *b, const struct tvf_row *row, const struct ast_expr *a, uint32_t position, enum parameter *ret) {
    if (a->kind != AST_NAMED_ARGUMENT) {
        if (position >= row->count) return error_at(b->rel.error, STATUS_INVALID, a->span, "%s has at most %u arguments", row->name, row->count);
        *ret = row->parameters[position];
        return STATUS_OK;
    }
    for (uint32_t i = 0; i < row->count; i++) {
        if (!str_equal_ignore_case(a->text, str_of(row->names[i]))) continue;
        *ret = row->parameters[i];
        return STATUS_OK;
    }
    error_at(b->rel.error, STATUS_INVALID, a->span, "%s has no parameter '%.*s'", row->name, STR_ARG(a->text));
    return error_hint(b->rel.error, "Its parameters are %s, %s, %s, %s%s%s", row->names[0], row->names[1], row->names[2], row->names[3],
                      row->count > 4 ? ", " : "", row->count > 4 ? row->names[4] : "");
}

static enum status sort_arguments(struct binder *b, const struct tvf_row *row, const struct ast_expr *call, const struct ast_expr **args) {
    for (uint32_t i = 0; i < call->arguments.count; i++) {
        const struct ast_expr *a = call->arguments.at[i];
        enum parameter p = PARAM_COUNT;
        TRY(find_parameter(b, row, a, i, &p));
        if (args[p] != NULL) return error_at(b->rel.error, STATUS_INVALID, a->span, "This argument of %s was given twice", row->name);
        args[p] = a->kind == AST_NAMED_ARGUMENT ? a->arguments.at[0] : a;
    }
    for (uint32_t i = 0; i < row->required; i++) {
        if (args[row->parameters[i]] != NULL) continue;
        error_at(b->rel.error, STATUS_INVALID, call->span, "The argument %s of %s is missing", row->names[i], row->name);
        return error_hint(b->rel.error, "Write %s", row->signature);
    }
    return STATUS_OK;
}

static enum status bind_data(struct binder *b, const struct ast_expr *a, struct rel **ret) {
    if (a->partition_by.count > 0 || a->order_by.count > 0) return bind_unsupported(b, a->span, "PARTITION BY and ORDER BY of a window's table argument");
    if (a->query != NULL) return bind_query(b, a->query, false, ret);
    if (a->name == NULL || a->kind != AST_TABLE_ARGUMENT) {
        error_at(b->rel.error, STATUS_INVALID, a->span, "The first argument of a window function is TABLE and a table's name");
        return a->name == NULL ? STATUS_INVALID : error_hint(b->rel.error, "Write TABLE %.*s", STR_ARG(a->name->parts[a->name->count - 1]));
    }
    struct str alias;
    struct scope_item item;
    struct list no_hints = {0};
    return bind_table_name(b, a->name, &no_hints, &alias, &item, ret);
}

static enum status bind_time_column(struct binder *b, const struct tvf_row *row, const struct ast_expr *a, struct rel *input, struct window *w) {
    if (a->kind != AST_DESCRIPTOR || a->arguments.count == 0) { /* Flink takes the first of several */
        error_at(b->rel.error, STATUS_INVALID, a->span, "%s takes its time column as DESCRIPTOR(column)", row->name);
        return error_hint(b->rel.error, "Write %s", row->signature);
    }
    struct scope scope = {.row = input->row};
    struct expr_scope es = {.binder = b, .scope = &scope, .clause = "DESCRIPTOR"};
    struct expr *e = NULL;
    TRY(bind_expr(&es, a->arguments.at[0], &e));
    if (e->kind != EXPR_INPUT || e->type->time_attr == TIME_ATTR_NONE) {
        struct buf text = BUF_INIT;
        type_plain(&text, e->type);
        error_at(b->rel.error, STATUS_INVALID, a->span, "%s needs a time attribute, this column is a plain %.*s", row->name,
                 (int)text.size_bytes, text.at == NULL ? "" : text.at);
        buf_deinit(&text);
        return error_hint(b->rel.error, "Declare WATERMARK FOR the column in CREATE TABLE, or take a column that is PROCTIME()");
    }
    w->time_column = (int32_t)e->index;
    w->event_time = e->type->time_attr == TIME_ATTR_ROWTIME;
    w->local_zone = e->type->root == TYPE_TIMESTAMP_LTZ;
    return STATUS_OK;
}

static enum status bind_duration(struct binder *b, const struct tvf_row *row, const struct ast_expr *a, bool positive, int64_t *ret) {
    struct scope scope = {0};
    struct expr_scope es = {.binder = b, .scope = &scope, .clause = "window function"};
    struct expr *e = NULL;
    struct vec *v = NULL;
    if (a == NULL) return STATUS_OK;
    TRY(bind_expr(&es, a, &e));
    if (e->type->root != TYPE_INTERVAL_DT || !expr_is_constant(e)) {
        error_at(b->rel.error, STATUS_INVALID, a->span, "%s needs a constant interval of days, hours, minutes or seconds here", row->name);
        return error_hint(b->rel.error, "Write INTERVAL '10' MINUTE, for example");
    }
    TRY(eval_constant(b->rel.arena, e, &b->session->eval, &v, b->rel.error));
    if (vec_is_null(v, 0)) return error_at(b->rel.error, STATUS_INVALID, a->span, "The interval of %s must not be NULL", row->name);
    *ret = VEC_VALUE(v, int64_t, 0);
    if (positive && *ret <= 0) return error_at(b->rel.error, STATUS_INVALID, a->span, "%s needs a positive interval", row->name);
    return STATUS_OK;
}

static enum status window_rel(struct binder *b, struct rel *input, const struct window *w, struct rel **ret) {
    struct types *p = b->rel.types;
    const struct type *time = rel_type(input, (uint32_t)w->time_column);
    const struct type *stamp = type_time(p, TYPE_TIMESTAMP, 3, false);
    const struct type *attr = type_time_attr(p, type_time(p, time->root, 3, false), time->time_attr);
    const struct type *types[3] = {stamp, stamp, attr};
    const struct str names[3] = {STR("window_start"), STR("window_end"), STR("window_time")};
    if (stamp == NULL || attr == NULL) return error_no_memory(b->rel.error, sizeof *stamp);
    *ret = rel_over_input(&b->rel, REL_TVF, input, rel_row_append(&b->rel, input->row, names, types, 3));
    if (*ret == NULL) return error_no_memory(b->rel.error, sizeof **ret);
    (*ret)->as.tvf.window = *w;
    return STATUS_OK;
}

enum status bind_window_tvf(struct binder *b, const struct ast_expr *call, struct rel **ret) {
    const struct tvf_row *row = NULL;
    for (size_t i = 0; i < sizeof tvf_rows / sizeof *tvf_rows; i++) {
        if (str_equal_ignore_case(call->text, str_of(tvf_rows[i].name))) row = &tvf_rows[i];
    }
    if (row == NULL) return bind_unsupported(b, call->span, "SESSION windows");
    const struct ast_expr *args[PARAM_COUNT] = {NULL};
    struct rel *input = NULL;
    struct window w = {.kind = row->kind};
    TRY(sort_arguments(b, row, call, args));
    TRY(bind_data(b, args[PARAM_DATA], &input));
    TRY(bind_time_column(b, row, args[PARAM_TIMECOL], input, &w));
    TRY(bind_duration(b, row, args[PARAM_SIZE], true, &w.size_ms));
    TRY(bind_duration(b, row, args[PARAM_SLIDE], true, &w.slide_ms));
    TRY(bind_duration(b, row, args[PARAM_OFFSET], false, &w.offset_ms));
    if (w.kind == WINDOW_TUMBLE) w.slide_ms = w.size_ms;
    TRY(window_rel(b, input, &w, ret));
    (*ret)->span = call->span;
    return STATUS_OK;
}
