/* SPDX-License-Identifier: Apache-2.0 */
/*
 * expr_print: expressions as Flink's plans print them: operators infix in parentheses, functions as
 * calls, literals as SQL.
 */
#include "func/func.h"
#include "vec/value.h"

#include <assert.h>

static void print_args(struct buf *out, const struct expr *e, const struct str *names, const char *between) {
    for (uint32_t i = 0; i < e->arg_count; i++) {
        if (i != 0) buf_text(out, between);
        expr_print(out, e->args[i], names);
    }
}

static void print_literal(struct buf *out, const struct expr *e) {
    if (vec_is_null(e->value, 0)) {
        buf_text(out, "null:");
        type_plain(out, e->type);
        return;
    }
    bool quoted = e->type->phys == PHYS_STRING;
    if (type_is_text(e->type)) {
        struct str s = strv_str(&VEC_DATA(e->value, struct strv)[0]);
        buf_char(out, '\'');
        buf_str(out, s);
        buf_char(out, '\'');
        return;
    }
    if (quoted) buf_text(out, "X'");
    value_print_sql(out, e->value, 0, NULL);
    if (quoted) buf_char(out, '\'');
    if (type_is_interval(e->type)) {
        buf_char(out, ':');
        type_plain(out, e->type);
    }
}

static bool is_word(struct str name) {
    return name.size_bytes > 0 && ((name.at[0] >= 'A' && name.at[0] <= 'Z') || name.at[0] == '$');
}

static void print_operator(struct buf *out, const struct expr *e, const struct str *names) {
    struct str name = e->func->name;
    if (e->arg_count == 2) {
        buf_char(out, '(');
        expr_print(out, e->args[0], names);
        buf_format(out, " %.*s ", STR_ARG(name));
        expr_print(out, e->args[1], names);
        buf_char(out, ')');
    } else if (name.size_bytes > 3 && memcmp(name.at, "IS ", 3) == 0) {
        expr_print(out, e->args[0], names);
        buf_format(out, " %.*s", STR_ARG(name));
    } else {
        buf_format(out, "%.*s(", STR_ARG(name));
        print_args(out, e, names, ", ");
        buf_char(out, ')');
    }
}

static void print_call(struct buf *out, const struct expr *e, const struct str *names) {
    if ((e->func->flags & FUNC_OPERATOR) != 0 || !is_word(e->func->name)) {
        print_operator(out, e, names);
        return;
    }
    buf_format(out, "%.*s(", STR_ARG(e->func->name));
    print_args(out, e, names, ", ");
    if (str_equal(e->func->name, STR("CAST")) || str_equal(e->func->name, STR("TRY_CAST"))) {
        buf_text(out, " AS ");
        type_plain(out, type_is_text(e->type) || e->type->nullable ? e->type : e->type);
    }
    buf_char(out, ')');
}

void expr_print(struct buf *out, const struct expr *e, const struct str *names) {
    switch (e->kind) {
    case EXPR_INPUT:
        if (names == NULL) {
            buf_format(out, "$%u", e->index);
        } else {
            buf_str(out, names[e->index]);
        }
        break;
    case EXPR_LITERAL: print_literal(out, e); break;
    case EXPR_CALL: print_call(out, e, names); break;
    case EXPR_AND:
    case EXPR_OR:
        buf_char(out, '(');
        print_args(out, e, names, e->kind == EXPR_AND ? " AND " : " OR ");
        buf_char(out, ')');
        break;
    case EXPR_CASE:
        buf_text(out, "CASE(");
        print_args(out, e, names, ", ");
        buf_char(out, ')');
        break;
    case EXPR_COALESCE:
        buf_text(out, "COALESCE(");
        print_args(out, e, names, ", ");
        buf_char(out, ')');
        break;
    case EXPR_FIELD:
        assert(e->arg_count == 1 && e->args[0]->type->root == TYPE_ROW);
        expr_print(out, e->args[0], names);
        buf_format(out, ".%.*s", STR_ARG(e->args[0]->type->children[e->index].name));
        break;
    }
}
