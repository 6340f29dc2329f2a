/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unparse_expr: expressions as text, with as few parentheses as the parser's levels allow (see
 * parse_expr.c). Every operand is written for the level that its place demands; an expression of a
 * lower level gets parentheses.
 */
#include "sql/keyword.h"
#include "sql/parser.h"
#include "sql/unparse_internal.h"

#include <assert.h>

enum { LEVEL_IS = 28, LEVEL_COMPARE = 30, LEVEL_RANGE = 32, LEVEL_ADD = 40, LEVEL_SIGN = 80, LEVEL_PRIMARY = 100 };

struct op_row {
    const char *text;
    int level;
};

static const struct op_row op_rows[] = {
    [AST_OP_OR] = {"OR", 22},  [AST_OP_AND] = {"AND", 24}, [AST_OP_NOT] = {"NOT ", 26},
    [AST_OP_EQ] = {"=", 30},   [AST_OP_NE] = {"<>", 30},   [AST_OP_LT] = {"<", 30},
    [AST_OP_LE] = {"<=", 30},  [AST_OP_GT] = {">", 30},    [AST_OP_GE] = {">=", 30},
    [AST_OP_ADD] = {"+", 40},  [AST_OP_SUB] = {"-", 40},   [AST_OP_MUL] = {"*", 60},
    [AST_OP_DIV] = {"/", 60},  [AST_OP_MOD] = {"%", 60},   [AST_OP_CONCAT] = {"||", 60},
    [AST_OP_PLUS] = {"+", 80}, [AST_OP_MINUS] = {"-", 80},
};

static const struct op_row *op_row(enum ast_op op) {
    assert(op > AST_OP_NONE && op < AST_OP_COLLATE_UNUSED);
    return &op_rows[op];
}

static int expr_level(const struct ast_expr *e) {
    switch (e->kind) {
    case AST_UNARY:
    case AST_BINARY: return op_row(e->op)->level;
    case AST_IS: return LEVEL_IS;
    case AST_IS_DISTINCT:
    case AST_QUANTIFIED:
    case AST_OVERLAPS: return LEVEL_COMPARE;
    case AST_BETWEEN:
    case AST_IN_LIST:
    case AST_IN_QUERY:
    case AST_LIKE: return LEVEL_RANGE;
    default: return LEVEL_PRIMARY;
    }
}

static void write_at(struct writer *out, const struct ast_expr *e, int level) {
    bool parens = expr_level(e) < level;
    if (parens) buf_char(out->to, '(');
    put_expr(out, e);
    if (parens) buf_char(out->to, ')');
}

static const struct ast_expr *argument(const struct ast_expr *e, uint32_t i) {
    assert(i < e->arguments.count);
    return e->arguments.at[i];
}

static void write_argument(struct writer *out, const struct ast_expr *e, uint32_t i) {
    put_expr(out, argument(e, i));
}

/* Arguments from the first one on, with separators in between. */
/* (a - b) DAY */
static void write_difference(struct writer *out, const struct ast_expr *e) {
    buf_char(out->to, '(');
    write_at(out, e->arguments.at[0], LEVEL_ADD);
    buf_text(out->to, " - ");
    write_at(out, e->arguments.at[1], LEVEL_ADD + 1);
    buf_format(out->to, ") %.*s", STR_ARG(e->unit));
}

static void write_from(struct writer *out, const struct ast_expr *e, uint32_t first) {
    for (uint32_t i = first; i < e->arguments.count; i++) {
        if (i > first) buf_text(out->to, ", ");
        write_argument(out, e, i);
    }
}

void put_exprs(struct writer *out, const struct list *exprs) {
    for (uint32_t i = 0; i < exprs->count; i++) {
        if (i > 0) buf_text(out->to, ", ");
        put_expr(out, exprs->at[i]);
    }
}

void put_orders(struct writer *out, const struct list *orders) {
    for (uint32_t i = 0; i < orders->count; i++) {
        const struct ast_order *o = orders->at[i];
        if (i > 0) buf_text(out->to, ", ");
        put_expr(out, o->expr);
        if (o->descending) buf_text(out->to, " DESC");
        if (o->nulls != 0) buf_text(out->to, o->nulls == 1 ? " NULLS FIRST" : " NULLS LAST");
    }
}

static void write_query(struct writer *out, const struct ast_query *q) {
    buf_char(out->to, '(');
    put_query(out, q);
    buf_char(out->to, ')');
}

static void write_bytes(struct writer *out, struct str s) {
    buf_text(out->to, "X'");
    for (size_t i = 0; i < s.size_bytes; i++) buf_format(out->to, "%02X", (unsigned char)s.at[i]);
    buf_char(out->to, '\'');
}

static void write_typed(struct writer *out, const char *word, struct str text) {
    buf_text(out->to, word);
    put_string(out, text);
}

static void write_literal(struct writer *out, const struct ast_expr *e) {
    switch (e->literal) {
    case AST_NULL: buf_text(out->to, "NULL"); break;
    case AST_TRUE: buf_text(out->to, "TRUE"); break;
    case AST_FALSE: buf_text(out->to, "FALSE"); break;
    case AST_UNKNOWN: buf_text(out->to, "UNKNOWN"); break;
    case AST_APPROX:
        for (size_t i = 0; i < e->text.size_bytes; i++) buf_char(out->to, out->full && e->text.at[i] == 'e' ? 'E' : e->text.at[i]);
        break;
    case AST_INTEGER:
    case AST_DECIMAL:
    case AST_SYMBOL: buf_str(out->to, e->text); break;
    case AST_STRING: put_string(out, e->text); break;
    case AST_BYTES: write_bytes(out, e->text); break;
    case AST_DATE: write_typed(out, "DATE ", e->text); break;
    case AST_TIME: write_typed(out, "TIME ", e->text); break;
    case AST_TIMESTAMP: write_typed(out, "TIMESTAMP ", e->text); break;
    case AST_TIMESTAMP_LTZ: write_typed(out, "TIMESTAMP WITH LOCAL TIME ZONE ", e->text); break;
    }
}

static void write_unary(struct writer *out, const struct ast_expr *e) {
    const struct op_row *op = op_row(e->op);
    const struct ast_expr *x = argument(e, 0);
    buf_text(out->to, op->text);
    /* Two signs in a row would begin a comment. */
    if (e->op != AST_OP_NOT && (out->full || x->kind == AST_UNARY)) buf_char(out->to, ' ');
    write_at(out, x, e->op == AST_OP_NOT ? op->level + 1 : LEVEL_SIGN);
}

static void write_binary(struct writer *out, const struct ast_expr *e) {
    const struct op_row *op = op_row(e->op);
    write_at(out, argument(e, 0), op->level);
    buf_format(out->to, " %s ", op->text);
    const struct ast_expr *right = argument(e, 1);
    bool chain = right->kind == AST_BINARY && right->op == e->op && right->chained && e->chained;
    write_at(out, right, chain ? op->level : op->level + 1);
}

static void write_range(struct writer *out, const struct ast_expr *e) {
    write_at(out, argument(e, 0), LEVEL_RANGE + 1);
    if (e->negated) buf_text(out->to, " NOT");
    switch (e->kind) {
    case AST_BETWEEN:
        buf_text(out->to, e->symmetric ? " BETWEEN SYMMETRIC " : out->full ? " BETWEEN ASYMMETRIC " : " BETWEEN ");
        write_at(out, argument(e, 1), LEVEL_RANGE + 1);
        buf_text(out->to, " AND ");
        write_at(out, argument(e, 2), LEVEL_RANGE + 1);
        break;
    case AST_LIKE:
        buf_format(out->to, " %.*s ", STR_ARG(e->text));
        write_at(out, argument(e, 1), LEVEL_RANGE + 1);
        if (e->arguments.count < 3) break;
        buf_text(out->to, " ESCAPE ");
        write_at(out, argument(e, 2), LEVEL_RANGE + 1);
        break;
    case AST_IN_QUERY:
        buf_text(out->to, " IN ");
        write_query(out, e->query);
        break;
    default:
        buf_text(out->to, " IN (");
        write_from(out, e, 1);
        buf_char(out->to, ')');
    }
}

static void write_quantified(struct writer *out, const struct ast_expr *e) {
    write_at(out, argument(e, 0), LEVEL_COMPARE);
    buf_format(out->to, " %s %.*s ", op_row(e->op)->text, STR_ARG(e->text));
    if (e->query != NULL) {
        write_query(out, e->query);
        return;
    }
    buf_char(out->to, '(');
    write_from(out, e, 1);
    buf_char(out->to, ')');
}

static void write_is(struct writer *out, const struct ast_expr *e) {
    bool distinct = e->kind == AST_IS_DISTINCT;
    write_at(out, argument(e, 0), distinct ? LEVEL_COMPARE : LEVEL_IS);
    buf_text(out->to, e->negated ? " IS NOT " : " IS ");
    if (!distinct) {
        buf_str(out->to, e->text);
        return;
    }
    buf_text(out->to, "DISTINCT FROM ");
    write_at(out, argument(e, 1), LEVEL_COMPARE + 1);
}

/* In full a CASE has conditions and an ELSE. */
static void write_full_case(struct writer *out, const struct ast_expr *e) {
    uint32_t i = e->simple, end = e->arguments.count - (e->has_else ? 1 : 0);
    buf_text(out->to, "CASE");
    for (; i + 1 < end || (i + 1 == end && !e->has_else && i < end); i += 2) {
        buf_text(out->to, " WHEN ");
        if (e->simple) {
            write_at(out, argument(e, 0), LEVEL_COMPARE);
            buf_text(out->to, " = ");
            write_at(out, argument(e, i), LEVEL_COMPARE + 1);
        } else {
            write_argument(out, e, i);
        }
        buf_text(out->to, " THEN ");
        write_argument(out, e, i + 1);
    }
    buf_text(out->to, " ELSE ");
    if (e->has_else) write_argument(out, e, end);
    else buf_text(out->to, "NULL");
    buf_text(out->to, " END");
}

static void write_case(struct writer *out, const struct ast_expr *e) {
    if (out->full) {
        write_full_case(out, e);
        return;
    }
    uint32_t i = 0, end = e->arguments.count - (e->has_else ? 1 : 0);
    buf_text(out->to, "CASE");
    if (e->simple) {
        buf_char(out->to, ' ');
        write_argument(out, e, i++);
    }
    for (; i + 1 < end; i += 2) {
        buf_text(out->to, " WHEN ");
        write_argument(out, e, i);
        buf_text(out->to, " THEN ");
        write_argument(out, e, i + 1);
    }
    if (e->has_else) {
        buf_text(out->to, " ELSE ");
        write_argument(out, e, end);
    }
    buf_text(out->to, " END");
}

static void write_bound(struct writer *out, enum ast_bound bound, const struct ast_expr *e) {
    if (e != NULL) put_expr(out, e);
    switch (bound) {
    case AST_UNBOUNDED_PRECEDING: buf_text(out->to, "UNBOUNDED PRECEDING"); break;
    case AST_PRECEDING: buf_text(out->to, " PRECEDING"); break;
    case AST_CURRENT_ROW: buf_text(out->to, "CURRENT ROW"); break;
    case AST_FOLLOWING: buf_text(out->to, " FOLLOWING"); break;
    case AST_UNBOUNDED_FOLLOWING: buf_text(out->to, "UNBOUNDED FOLLOWING"); break;
    }
}

void put_window(struct writer *out, const struct ast_window *w) {
    const char *gap = "";
    buf_char(out->to, '(');
    if (w->partition_by.count != 0) {
        buf_text(out->to, "PARTITION BY ");
        put_exprs(out, &w->partition_by);
        gap = " ";
    }
    if (w->order_by.count != 0) {
        buf_format(out->to, "%sORDER BY ", gap);
        put_orders(out, &w->order_by);
        gap = " ";
    }
    if (w->has_frame) {
        buf_format(out->to, "%s%s BETWEEN ", gap, w->rows ? "ROWS" : "RANGE");
        write_bound(out, w->from, w->from_expr);
        buf_text(out->to, " AND ");
        write_bound(out, w->to, w->to_expr);
    }
    buf_char(out->to, ')');
}

static void write_call_tail(struct writer *out, const struct ast_expr *e) {
    if (e->ignore_nulls) buf_text(out->to, " IGNORE NULLS");
    if (e->respect_nulls) buf_text(out->to, " RESPECT NULLS");
    if (e->within_order.count != 0) {
        buf_text(out->to, " WITHIN GROUP (ORDER BY ");
        put_orders(out, &e->within_order);
        buf_char(out->to, ')');
    }
    if (e->filter != NULL) {
        buf_text(out->to, " FILTER (WHERE ");
        put_expr(out, e->filter);
        buf_char(out->to, ')');
    }
    if (e->over == NULL) return;
    buf_text(out->to, " OVER ");
    if (e->over->name.at != NULL) put_identifier(out, e->over->name);
    else put_window(out, e->over);
}

static void write_function_name(struct writer *out, const struct ast_expr *e) {
    if (e->name != NULL) {
        put_name(out, e->name);
    } else if (!e->quoted_name && keyword_is_reserved(e->text)) {
        buf_str(out->to, e->text); /* COUNT: reserved, and a function */
    } else if (e->quoted_name) {
        buf_char(out->to, '`');
        for (size_t i = 0; i < e->text.size_bytes; i++) {
            if (e->text.at[i] == '`') buf_char(out->to, '`');
            buf_char(out->to, e->text.at[i]);
        }
        buf_char(out->to, '`');
    } else {
        buf_str(out->to, e->text);
    }
}

static void write_call(struct writer *out, const struct ast_expr *e) {
    enum keyword_class class = keyword_class(keyword_find(e->text));
    if (out->full && e->name == NULL && e->arguments.count == 2 && str_equal_ignore_case(e->text, STR("NULLIF"))) {
        buf_text(out->to, "CASE WHEN ");
        write_at(out, argument(e, 0), LEVEL_COMPARE);
        buf_text(out->to, " = ");
        write_at(out, argument(e, 1), LEVEL_COMPARE + 1);
        buf_text(out->to, " THEN NULL ELSE ");
        write_argument(out, e, 0);
        buf_text(out->to, " END");
        return;
    }
    write_function_name(out, e);
    bool alone = class == KEYWORD_CONTEXT || class == KEYWORD_MOMENT;
    if (alone && !e->quoted_name && e->name == NULL && e->arguments.count == 0) return;
    buf_char(out->to, '(');
    if (e->distinct) buf_text(out->to, "DISTINCT ");
    write_from(out, e, 0);
    buf_char(out->to, ')');
    write_call_tail(out, e);
}

/* word(first SEPARATOR second ...): functions with words between their arguments. */
static void write_worded(struct writer *out, const struct ast_expr *e, const char *word, const char *const *separators) {
    buf_text(out->to, word);
    for (uint32_t i = 0; i < e->arguments.count; i++) {
        buf_text(out->to, separators[i]);
        write_at(out, argument(e, i), e->kind == AST_POSITION && i == 0 ? LEVEL_ADD : 0);
    }
    buf_char(out->to, ')');
}

static void write_trim(struct writer *out, const struct ast_expr *e) {
    buf_format(out->to, "TRIM(%.*s ", STR_ARG(e->text));
    if (e->arguments.count == 2) {
        write_argument(out, e, 0);
        buf_char(out->to, ' ');
    } else if (out->full) {
        buf_text(out->to, "' ' ");
    }
    buf_text(out->to, "FROM ");
    write_argument(out, e, e->arguments.count - 1);
    buf_char(out->to, ')');
}

static void write_special(struct writer *out, const struct ast_expr *e) {
    static const char *const substring[] = {"", " FROM ", " FOR "}, *const commas[] = {"", ", ", ", "}, *const position[] = {"", " IN ", " FROM "},
                             *const overlay[] = {"", " PLACING ", " FROM ", " FOR "};
    switch (e->kind) {
    case AST_CAST:
        buf_format(out->to, "%.*s(", STR_ARG(e->text));
        write_argument(out, e, 0);
        buf_text(out->to, " AS ");
        put_type(out, e->type);
        buf_char(out->to, ')');
        break;
    case AST_EXTRACT:
        buf_format(out->to, "EXTRACT(%.*s FROM ", STR_ARG(e->text));
        write_argument(out, e, 0);
        buf_char(out->to, ')');
        break;
    case AST_FLOOR_TO:
        buf_format(out->to, "%.*s(", STR_ARG(e->text));
        write_at(out, argument(e, 0), out->full && argument(e, 0)->kind == AST_CALL ? LEVEL_PRIMARY + 1 : 0);
        buf_format(out->to, " TO %.*s)", STR_ARG(e->unit));
        break;
    case AST_TIMESTAMP_UNIT:
        if (str_equal(e->text, STR("-"))) {
            write_difference(out, e);
            break;
        }
        buf_format(out->to, "%.*s(%.*s, ", STR_ARG(e->text), STR_ARG(e->unit));
        write_from(out, e, 0);
        buf_char(out->to, ')');
        break;
    case AST_TRIM: write_trim(out, e); break;
    case AST_SUBSTRING: write_worded(out, e, "SUBSTRING(", out->full ? commas : substring); break;
    case AST_POSITION: write_worded(out, e, "POSITION(", position); break;
    case AST_OVERLAY: write_worded(out, e, "OVERLAY(", overlay); break;
    default: assert(false);
    }
}

static void write_collection(struct writer *out, const struct ast_expr *e, const char *word) {
    buf_text(out->to, word);
    if (e->query != NULL) {
        write_query(out, e->query);
        return;
    }
    buf_char(out->to, e->kind == AST_ROW ? '(' : '[');
    write_from(out, e, 0);
    buf_char(out->to, e->kind == AST_ROW ? ')' : ']');
}

static void write_access(struct writer *out, const struct ast_expr *e) {
    const struct ast_expr *x = argument(e, 0);
    bool parens = e->kind == AST_FIELD && (x->kind == AST_COLUMN || x->kind == AST_LITERAL || x->kind == AST_STAR);
    if (parens) buf_char(out->to, '(');
    write_at(out, x, parens ? 0 : LEVEL_PRIMARY);
    if (parens) buf_char(out->to, ')');
    if (e->kind == AST_FIELD) {
        buf_char(out->to, '.');
        put_identifier(out, e->text);
        return;
    }
    buf_char(out->to, '[');
    write_argument(out, e, 1);
    buf_char(out->to, ']');
}

static void write_table_argument(struct writer *out, const struct ast_expr *e) {
    if (e->query != NULL) {
        write_query(out, e->query);
    } else {
        buf_text(out->to, "TABLE ");
        put_name(out, e->name);
    }
    if (e->partition_by.count != 0) {
        buf_text(out->to, " PARTITION BY (");
        put_exprs(out, &e->partition_by);
        buf_char(out->to, ')');
    }
    if (e->order_by.count != 0) {
        buf_text(out->to, " ORDER BY (");
        put_orders(out, &e->order_by);
        buf_char(out->to, ')');
    }
}

static void write_json_clause(struct writer *out, const struct ast_expr *e, struct str clause) {
    bool empty = str_equal(clause, STR("DEFAULT ON EMPTY")), error = str_equal(clause, STR("DEFAULT ON ERROR"));
    if (empty || error) {
        buf_text(out->to, " DEFAULT ");
        put_expr(out, empty ? e->json_default_empty : e->json_default_error);
        buf_text(out->to, empty ? " ON EMPTY" : " ON ERROR");
        return;
    }
    buf_char(out->to, ' ');
    buf_str(out->to, clause);
}

static void write_json(struct writer *out, const struct ast_expr *e) {
    bool pairs = str_equal(e->text, STR("JSON_OBJECT")) || str_equal(e->text, STR("JSON_OBJECTAGG"));
    buf_str(out->to, e->text);
    buf_char(out->to, '(');
    for (uint32_t i = 0; i < e->arguments.count; i++) {
        bool value = pairs && i % 2 == 1;
        if (i > 0) buf_text(out->to, value ? " VALUE " : ", ");
        if (pairs && !value) buf_text(out->to, "KEY ");
        write_argument(out, e, i);
    }
    if (e->type != NULL) {
        buf_text(out->to, " RETURNING ");
        put_type(out, e->type);
    }
    for (uint32_t i = 0; i < e->json.count; i++) write_json_clause(out, e, *(const struct str *)e->json.at[i]);
    buf_char(out->to, ')');
    write_call_tail(out, e);
}

static void write_overlaps(struct writer *out, const struct ast_expr *e) {
    for (uint32_t i = 0; i < 4; i++) {
        buf_text(out->to, i == 0 ? "(" : i == 2 ? ") OVERLAPS (" : ", ");
        write_argument(out, e, i);
    }
    buf_char(out->to, ')');
}

static void write_star(struct writer *out, const struct ast_expr *e) {
    if (e->name != NULL) put_name(out, e->name);
    else buf_char(out->to, '*');
}

static void write_interval(struct writer *out, const struct ast_expr *e) {
    buf_text(out->to, e->negated ? "INTERVAL -" : "INTERVAL ");
    put_string(out, e->text);
    buf_char(out->to, ' ');
    put_interval_unit(out, e->unit, e->unit_to, e->precision, e->scale);
}

static void write_named_argument(struct writer *out, const struct ast_expr *e) {
    put_identifier(out, e->text);
    buf_text(out->to, " => ");
    write_argument(out, e, 0);
}

void put_expr(struct writer *out, const struct ast_expr *e) {
    assert(e != NULL);
    switch (e->kind) {
    case AST_LITERAL: write_literal(out, e); break;
    case AST_COLUMN: put_name(out, e->name); break;
    case AST_STAR: write_star(out, e); break;
    case AST_CALL: write_call(out, e); break;
    case AST_UNARY: write_unary(out, e); break;
    case AST_BINARY: write_binary(out, e); break;
    case AST_BETWEEN:
    case AST_IN_LIST:
    case AST_IN_QUERY:
    case AST_LIKE: write_range(out, e); break;
    case AST_QUANTIFIED: write_quantified(out, e); break;
    case AST_EXISTS: buf_text(out->to, "EXISTS "); write_query(out, e->query); break;
    case AST_SUBQUERY: write_query(out, e->query); break;
    case AST_IS:
    case AST_IS_DISTINCT: write_is(out, e); break;
    case AST_CASE: write_case(out, e); break;
    case AST_CAST:
    case AST_EXTRACT:
    case AST_FLOOR_TO:
    case AST_TRIM:
    case AST_SUBSTRING:
    case AST_POSITION:
    case AST_OVERLAY:
    case AST_TIMESTAMP_UNIT: write_special(out, e); break;
    case AST_ROW: write_collection(out, e, "ROW"); break;
    case AST_ARRAY: write_collection(out, e, "ARRAY"); break;
    case AST_MAP: write_collection(out, e, "MAP"); break;
    case AST_MULTISET: write_collection(out, e, "MULTISET"); break;
    case AST_ITEM:
    case AST_FIELD: write_access(out, e); break;
    case AST_INTERVAL: write_interval(out, e); break;
    case AST_NAMED_ARGUMENT: write_named_argument(out, e); break;
    case AST_TABLE_ARGUMENT: write_table_argument(out, e); break;
    case AST_DESCRIPTOR: buf_text(out->to, "DESCRIPTOR("); write_from(out, e, 0); buf_char(out->to, ')'); break;
    case AST_DEFAULT: buf_text(out->to, "DEFAULT"); break;
    case AST_JSON_CALL: write_json(out, e); break;
    case AST_OVERLAPS: write_overlaps(out, e); break;
    }
}
