/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_path_match: whether a filter's condition holds for one node. Numbers compare as decimals of any
 * length, a number and a string as one of the two, by which stands on the left; anything else of
 * two kinds is neither equal nor ordered.
 */
#include "func/json_path_parts.h"

#include "func/kernel.h"
#include "type/number.h"

#include <assert.h>
#include <math.h>

/* ---- numbers ------------------------------------------------------------------------------------------------------- */

/* A decimal number as its digits without leading zeros, and the power of ten of the first. */
struct number {
    bool negative;
    const char *at, *end;
    int64_t power;
};

static void number_read(struct str s, struct number *ret)
{
    int64_t exponent = 0;
    size_t end = 0, point = SIZE_MAX;
    bool minus = false;
    while (end < s.size_bytes && (s.at[end] | 32) != 'e') {
        if (s.at[end] == '.') point = end;
        end++;
    }
    for (size_t i = end + 1; i < s.size_bytes; i++) {
        if (s.at[i] == '-') minus = true;
        else if (s.at[i] != '+') exponent = exponent * 10 + (s.at[i] - '0');
    }
    size_t first = s.size_bytes > 0 && (s.at[0] == '-' || s.at[0] == '+') ? 1 : 0;
    while (first < end && (s.at[first] == '0' || s.at[first] == '.')) first++;
    if (point == SIZE_MAX) point = end;
    *ret = (struct number){s.size_bytes > 0 && s.at[0] == '-', s.at + first, s.at + end, minus ? -exponent : exponent};
    ret->power += first < point ? (int64_t)(point - first) : -(int64_t)(first - point - 1);
}

static char next_digit(struct number *n)
{
    if (n->at < n->end && *n->at == '.') n->at++;
    return n->at < n->end ? *n->at++ : '\0';
}

static int number_compare(struct str a, struct str b)
{
    struct number x, y;
    number_read(a, &x);
    number_read(b, &y);
    bool zero_x = x.at == x.end, zero_y = y.at == y.end;
    if (zero_x || zero_y) return zero_x && zero_y ? 0 : zero_x ? (y.negative ? 1 : -1) : (x.negative ? -1 : 1);
    if (x.negative != y.negative) return x.negative ? -1 : 1;
    int sign = x.negative ? -1 : 1;
    if (x.power != y.power) return x.power < y.power ? -sign : sign;
    while (true) {
        char p = next_digit(&x), q = next_digit(&y);
        if (p == '\0' && q == '\0') return 0;
        if (p == '\0') p = '0';
        if (q == '\0') q = '0';
        if (p != q) return p < q ? -sign : sign;
    }
}

/* What java.math.BigDecimal reads. */
static bool is_decimal(struct str s)
{
    size_t i = s.size_bytes > 0 && (s.at[0] == '-' || s.at[0] == '+') ? 1 : 0, digits = 0;
    bool point = false;
    for (; i < s.size_bytes && ((s.at[i] >= '0' && s.at[i] <= '9') || (s.at[i] == '.' && !point)); i++) {
        point |= s.at[i] == '.';
        digits += s.at[i] != '.';
    }
    if (digits == 0) return false;
    if (i == s.size_bytes) return true;
    if ((s.at[i++] | 32) != 'e') return false;
    if (i < s.size_bytes && (s.at[i] == '-' || s.at[i] == '+')) i++;
    size_t first = i;
    while (i < s.size_bytes && s.at[i] >= '0' && s.at[i] <= '9') i++;
    return i == s.size_bytes && i > first && i - first <= 9;
}

/* A number as BigDecimal prints it. */
static enum path_end number_text(struct path_walk *w, struct str number, struct str *ret)
{
    struct buf out = BUF_INIT;
    json_number_print(&out, number);
    *ret = out.failed ? (struct str){NULL, 0} : arena_str(w->arena, buf_view(&out));
    buf_deinit(&out);
    return ret->at == NULL ? PATH_NO_MEMORY : PATH_OK;
}

/* ---- equality ------------------------------------------------------------------------------------------------------- */

static bool nodes_equal(const struct json_node *a, const struct json_node *b);

static bool members_equal(const struct json_node *a, const struct json_node *b)
{
    size_t count = 0;
    for (const struct json_node *m = a->first; m != NULL; m = m->next, count++) {
        const struct json_node *o = b->first;
        while (o != NULL && !str_equal(o->key, m->key)) o = o->next;
        if (o == NULL || !nodes_equal(m, o)) return false;
    }
    for (const struct json_node *m = b->first; m != NULL; m = m->next) count--;
    return count == 0;
}

/* As Java's lists and maps are: numbers by their texts. */
static bool nodes_equal(const struct json_node *a, const struct json_node *b)
{
    if (a->kind != b->kind) return false;
    switch (a->kind) {
    case JSON_NULL: return true;
    case JSON_BOOL: return a->boolean == b->boolean;
    case JSON_NUMBER:
    case JSON_STRING: return str_equal(a->text, b->text);
    case JSON_OBJECT: return members_equal(a, b);
    case JSON_ARRAY: break;
    }
    const struct json_node *x = a->first, *y = b->first;
    while (x != NULL && y != NULL && nodes_equal(x, y)) {
        x = x->next;
        y = y->next;
    }
    return x == NULL && y == NULL;
}

static enum path_end values_equal(struct path_walk *w, const struct path_value *l, const struct path_value *r, bool *ret)
{
    struct str text;
    *ret = false;
    if (l->kind == VALUE_STRING && r->kind == VALUE_NUMBER) {
        PATH_TRY(number_text(w, r->text, &text));
        *ret = str_equal(l->text, text);
    } else if (l->kind == VALUE_NUMBER && r->kind == VALUE_STRING) {
        *ret = is_decimal(r->text) && number_compare(l->text, r->text) == 0;
    } else if (l->kind == r->kind) {
        switch (l->kind) {
        case VALUE_NULL: *ret = true; break;
        case VALUE_BOOL: *ret = l->boolean == r->boolean; break;
        case VALUE_NUMBER: *ret = number_compare(l->text, r->text) == 0; break;
        case VALUE_STRING: *ret = str_equal(l->text, r->text); break;
        case VALUE_JSON: *ret = nodes_equal(l->node, r->node); break;
        default: break;
        }
    }
    return PATH_OK;
}

static enum path_end values_order(struct path_walk *w, const struct path_value *l, const struct path_value *r, enum path_operator op, bool *ret)
{
    struct str a = l->text, b = r->text;
    int order = 0;
    *ret = false;
    bool known = (l->kind == VALUE_NUMBER || l->kind == VALUE_STRING) && (r->kind == VALUE_NUMBER || r->kind == VALUE_STRING);
    if (!known) return PATH_OK;
    if (l->kind == VALUE_NUMBER && r->kind == VALUE_NUMBER) {
        order = number_compare(a, b);
    } else {
        if (l->kind == VALUE_NUMBER) PATH_TRY(number_text(w, a, &a));
        if (r->kind == VALUE_NUMBER) PATH_TRY(number_text(w, b, &b));
        order = str_compare(a, b);
    }
    *ret = op == OP_LT ? order < 0 : op == OP_LTE ? order <= 0 : op == OP_GT ? order > 0 : order >= 0;
    return PATH_OK;
}

/* ---- values ---------------------------------------------------------------------------------------------------------- */

static struct path_value value_of(const struct json_node *n)
{
    struct path_value v = {.kind = VALUE_JSON, .node = n};
    switch (n->kind) {
    case JSON_NULL: v.kind = VALUE_NULL; break;
    case JSON_BOOL: v.kind = VALUE_BOOL; v.boolean = n->boolean; break;
    case JSON_NUMBER: v.kind = VALUE_NUMBER; v.text = n->text; break;
    case JSON_STRING: v.kind = VALUE_STRING; v.text = n->text; break;
    case JSON_ARRAY:
    case JSON_OBJECT: break;
    }
    return v;
}

static enum path_end value_evaluate(struct path_walk *w, const struct path_value *v, struct json_node *item, bool exists, struct path_value *ret)
{
    struct json_node *found = NULL;
    *ret = *v;
    if (v->kind != VALUE_PATH) return PATH_OK;
    struct path_walk inner = {.arena = w->arena, .root = w->root, .lax = w->lax && !exists, .require = exists, .steps = w->steps};
    enum path_end end = path_evaluate(&inner, v->path, v->path->from_root && !exists ? w->root : item, &found);
    if (exists) *ret = (struct path_value){.kind = VALUE_BOOL, .boolean = end == PATH_OK};
    else if (end == PATH_OK) *ret = value_of(found);
    else *ret = (struct path_value){.kind = VALUE_UNDEFINED};
    return end == PATH_NOT_FOUND ? PATH_OK : end;
}

static size_t array_length(const struct json_node *n)
{
    size_t count = 0;
    for (const struct json_node *c = n->first; c != NULL; c = c->next) count++;
    return count;
}

static bool is_array(const struct path_value *v) { return v->kind == VALUE_JSON && v->node->kind == JSON_ARRAY; }

static enum path_end array_has(struct path_walk *w, const struct json_node *array, const struct path_value *v, bool *ret)
{
    *ret = false;
    for (const struct json_node *c = array->first; c != NULL && !*ret; c = c->next) {
        struct path_value element = value_of(c);
        PATH_TRY(values_equal(w, v, &element, ret));
    }
    return PATH_OK;
}

/* How many elements of one array are in the other. */
static enum path_end array_common(struct path_walk *w, const struct json_node *of, const struct json_node *in, size_t *ret)
{
    *ret = 0;
    for (const struct json_node *c = of->first; c != NULL; c = c->next) {
        struct path_value element = value_of(c);
        bool has = false;
        PATH_TRY(array_has(w, in, &element, &has));
        *ret += has;
    }
    return PATH_OK;
}

static enum path_end match_lists(struct path_walk *w, enum path_operator op, const struct path_value *l, const struct path_value *r, bool *ret)
{
    size_t common = 0;
    *ret = false;
    if (op == OP_ALL && l->kind != VALUE_JSON) return PATH_OK;
    if (!is_array(r)) return r->kind == VALUE_JSON && op != OP_ALL ? PATH_OK : PATH_INVALID;
    if (!is_array(l)) {
        *ret = op == OP_ALL;
        return l->kind == VALUE_JSON ? PATH_OK : PATH_INVALID;
    }
    if (op == OP_ALL) PATH_TRY(array_common(w, r->node, l->node, &common));
    else PATH_TRY(array_common(w, l->node, r->node, &common));
    *ret = op == OP_ANYOF ? common > 0 : op == OP_NONEOF ? common == 0 : common == array_length(op == OP_ALL ? r->node : l->node);
    return PATH_OK;
}

static enum path_end match_in(struct path_walk *w, const struct path_value *l, const struct path_value *r, bool *ret)
{
    *ret = false;
    if (r->kind != VALUE_JSON) return PATH_INVALID;
    return is_array(r) ? array_has(w, r->node, l, ret) : PATH_OK;
}

static enum path_end match_contains(struct path_walk *w, const struct path_value *l, const struct path_value *r, bool *ret)
{
    *ret = l->kind == VALUE_STRING && r->kind == VALUE_STRING && text_find(l->text, r->text, 0) != SIZE_MAX;
    return is_array(l) ? array_has(w, l->node, r, ret) : PATH_OK;
}

static enum path_end match_size(const struct path_value *l, const struct path_value *r, bool *ret)
{
    double size = 0;
    *ret = false;
    if (r->kind != VALUE_NUMBER || !double_parse(r->text, &size)) return PATH_OK;
    if (l->kind == VALUE_STRING) *ret = (double)utf8_java_length(l->text) == trunc(size);
    else if (l->kind == VALUE_JSON) *ret = (is_array(l) ? (double)array_length(l->node) : -1.0) == trunc(size);
    return PATH_OK;
}

static enum path_end match_empty(const struct path_value *l, const struct path_value *r, bool *ret)
{
    *ret = false;
    if (l->kind != VALUE_STRING && l->kind != VALUE_JSON) return PATH_OK;
    if (r->kind != VALUE_BOOL) return PATH_INVALID;
    if (l->kind == VALUE_JSON && l->node->kind == JSON_OBJECT) return PATH_ERROR; /* a Java map is no collection */
    *ret = (l->kind == VALUE_STRING ? l->text.size_bytes == 0 : l->node->first == NULL) == r->boolean;
    return PATH_OK;
}

/* ---- patterns ------------------------------------------------------------------------------------------------------- */

static enum path_end pattern_matches(struct path_walk *w, const struct java_regex *regex, const struct path_value *v, bool *ret)
{
    struct str text = {"", 0};
    struct java_match *m = NULL;
    if (v->kind == VALUE_STRING) text = v->text;
    else if (v->kind == VALUE_NUMBER) PATH_TRY(number_text(w, v->text, &text));
    else if (v->kind == VALUE_BOOL) text = v->boolean ? STR("true") : STR("false");
    if (java_match_new(w->arena, regex, &m) != STATUS_OK) return PATH_NO_MEMORY;
    *ret = java_match_find(m, text, 0) == 1;
    return PATH_OK;
}

static enum path_end match_regex(struct path_walk *w, const struct path_value *l, const struct path_value *r, bool *ret)
{
    *ret = false;
    if ((l->kind == VALUE_PATTERN) == (r->kind == VALUE_PATTERN)) return PATH_OK;
    const struct java_regex *regex = l->kind == VALUE_PATTERN ? l->regex : r->regex;
    const struct path_value *v = l->kind == VALUE_PATTERN ? r : l;
    if (!is_array(v)) return pattern_matches(w, regex, v, ret);
    for (const struct json_node *c = v->node->first; c != NULL && !*ret; c = c->next) {
        struct path_value element = value_of(c);
        PATH_TRY(pattern_matches(w, regex, &element, ret));
    }
    return PATH_OK;
}

/* ---- conditions ------------------------------------------------------------------------------------------------------ */

static enum path_end compare(struct path_walk *w, enum path_operator op, const struct path_value *l, const struct path_value *r, bool *ret)
{
    bool same = false;
    switch (op) {
    case OP_EXISTS:
        if (l->kind != VALUE_BOOL || r->kind != VALUE_BOOL) return PATH_INVALID;
        *ret = l->boolean == r->boolean;
        return PATH_OK;
    case OP_EQ: return values_equal(w, l, r, ret);
    case OP_NE:
        PATH_TRY(values_equal(w, l, r, &same));
        *ret = !same;
        return PATH_OK;
    case OP_TSEQ:
    case OP_TSNE:
        if (l->kind == r->kind) PATH_TRY(values_equal(w, l, r, &same));
        *ret = same == (op == OP_TSEQ);
        return PATH_OK;
    case OP_LT:
    case OP_LTE:
    case OP_GT:
    case OP_GTE: return values_order(w, l, r, op, ret);
    case OP_REGEX: return match_regex(w, l, r, ret);
    case OP_SIZE: return match_size(l, r, ret);
    case OP_EMPTY: return match_empty(l, r, ret);
    case OP_IN: return match_in(w, l, r, ret);
    case OP_NIN:
        PATH_TRY(match_in(w, l, r, &same));
        *ret = !same;
        return PATH_OK;
    case OP_CONTAINS: return match_contains(w, l, r, ret);
    case OP_ALL:
    case OP_SUBSETOF:
    case OP_ANYOF:
    case OP_NONEOF: return match_lists(w, op, l, r, ret);
    default: return PATH_INVALID; /* TYPE and MATCHES have no operands in a text */
    }
}

enum path_end path_matches(struct path_walk *w, const struct path_condition *c, struct json_node *item, bool *ret)
{
    assert(c != NULL && item != NULL);
    struct path_value l, r;
    if (c->op == OP_NOT || c->op == OP_AND || c->op == OP_OR) {
        PATH_TRY(path_matches(w, c->first, item, ret));
        if (c->op == OP_NOT) *ret = !*ret;
        else if (*ret == (c->op == OP_AND)) PATH_TRY(path_matches(w, c->second, item, ret));
        return PATH_OK;
    }
    PATH_TRY(value_evaluate(w, &c->left, item, c->op == OP_EXISTS, &l));
    PATH_TRY(value_evaluate(w, &c->right, item, false, &r));
    return compare(w, c->op, &l, &r, ret);
}
