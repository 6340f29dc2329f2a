/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_nested: nested JSON values from the tape into ROW, ARRAY, MAP and MULTISET vecs, and into
 * STRING as the compact text that Jackson's tree prints. A row stops reading its members once it has
 * met as many known names as it has fields, even if one came twice, because Flink's converter does.
 */
#include "format/json.h"

#include "type/number.h"

#include <assert.h>

static void print_string(struct buf *out, struct json_convert *c, const struct json_token *t) {
    struct str s = {t->at, t->size};
    if (t->escaped) {
        buf_reset(&c->text);
        json_unescape(&c->text, s);
        s = buf_view(&c->text);
    }
    json_print_string(out, s);
}

static void print_number(struct buf *out, const struct json_token *t) {
    struct str s = {t->at, t->size};
    bool real = memchr(s.at, '.', s.size_bytes) != NULL || memchr(s.at, 'e', s.size_bytes) != NULL || memchr(s.at, 'E', s.size_bytes) != NULL;
    double d;
    if (real && double_parse(s, &d)) {
        double_print(out, d);
    } else {
        buf_str(out, str_equal(s, STR("-0")) ? STR("0") : s);
    }
}

bool json_name_is(struct json_convert *c, const struct json_token *t, struct str name) {
    if (!t->escaped) return str_equal((struct str){t->at, t->size}, name);
    buf_reset(&c->text);
    json_unescape(&c->text, (struct str){t->at, t->size});
    return str_equal(buf_view(&c->text), name);
}

uint32_t json_last_member(struct json_convert *c, const struct json_token *tape, uint32_t at, struct str name) {
    uint32_t found = 0;
    for (uint32_t i = at + 1; i < tape[at].next; i = tape[i + 1].next) {
        if (json_name_is(c, &tape[i], name)) found = i;
    }
    return found;
}

enum { MAP_DUPLICATES_CHECKED = 4096 };

/* Does a later member of the object have the same name? Then this one is replaced by it. */
static bool is_replaced(struct json_convert *c, const struct json_token *tape, uint32_t at, uint32_t member) {
    struct buf name = BUF_INIT;
    const struct json_token *t = &tape[member];
    if (t->escaped) json_unescape(&name, (struct str){t->at, t->size});
    struct str s = t->escaped ? buf_view(&name) : (struct str){t->at, t->size};
    bool found = false;
    for (uint32_t i = tape[member + 1].next; i < tape[at].next && !found; i = tape[i + 1].next) found = json_name_is(c, &tape[i], s);
    buf_deinit(&name);
    return found;
}

/* Are there few enough members to look for equal names? */
static bool checks_duplicates(const struct json_token *tape, uint32_t at) {
    uint32_t members = 0;
    for (uint32_t i = at + 1; i < tape[at].next; i = tape[i + 1].next) members++;
    return members <= MAP_DUPLICATES_CHECKED;
}

/* Compact text of the value at tape[at]; depth is bounded by the bridge. */
static void print_tree(struct buf *out, struct json_convert *c, const struct json_token *tape, uint32_t at) {
    const struct json_token *t = &tape[at];
    switch ((enum json_kind)t->kind) {
    case JSON_NULL: buf_text(out, "null"); return;
    case JSON_TRUE: buf_text(out, "true"); return;
    case JSON_FALSE: buf_text(out, "false"); return;
    case JSON_NUMBER: print_number(out, t); return;
    case JSON_STRING: print_string(out, c, t); return;
    case JSON_OBJECT: case JSON_ARRAY: break;
    }
    bool object = t->kind == JSON_OBJECT, first = true, duplicates = object && checks_duplicates(tape, at);
    buf_char(out, object ? '{' : '[');
    for (uint32_t i = at + 1; i < t->next; i = tape[i].next) {
        uint32_t name = i;
        if (object) i++;
        if (duplicates && is_replaced(c, tape, at, name)) continue;
        if (!first) buf_char(out, ',');
        first = false;
        if (object) {
            print_string(out, c, &tape[name]);
            buf_char(out, ':');
        }
        print_tree(out, c, tape, i);
    }
    buf_char(out, object ? '}' : ']');
}

static bool convert_text(struct json_convert *c, const struct json_token *tape, uint32_t at, struct vec *v, uint32_t row) {
    buf_reset(&c->tree);
    print_tree(&c->tree, c, tape, at);
    vec_set_valid(v, row);
    return !c->tree.failed && vec_set_str(v, row, buf_view(&c->tree)) == STATUS_OK;
}

static bool wrong_kind(struct json_convert *c, const char *why) {
    c->bad = why;
    return false;
}

static bool convert_row(struct json_convert *c, const struct json_token *tape, uint32_t at, const struct type *type, struct vec *v, uint32_t row) {
    if (tape[at].kind != JSON_OBJECT) return wrong_kind(c, "not an object");
    for (uint32_t f = 0; f < type->child_count; f++) json_set_null(v->children[f], row);
    vec_set_valid(v, row);
    for (uint32_t f = 0; c->from_tree && f < type->child_count; f++) {
        uint32_t member = json_last_member(c, tape, at, type->children[f].name);
        if (member > 0 && !json_convert_value(c, tape, member + 1, type->children[f].type, v->children[f], row)) return false;
    }
    uint32_t met = c->from_tree ? type->child_count : 0;
    for (uint32_t i = at + 1; i < tape[at].next && met < type->child_count; i = tape[i + 1].next) {
        for (uint32_t f = 0; f < type->child_count; f++) {
            if (!json_name_is(c, &tape[i], type->children[f].name)) continue;
            met++;
            if (!json_convert_value(c, tape, i + 1, type->children[f].type, v->children[f], row)) return false;
            break;
        }
    }
    return true;
}

static bool convert_array(struct json_convert *c, const struct json_token *tape, uint32_t at, const struct type *type, struct vec *v, uint32_t row) {
    if (tape[at].kind != JSON_ARRAY) return wrong_kind(c, "not an array");
    uint32_t count = 0, offset;
    for (uint32_t i = at + 1; i < tape[at].next; i = tape[i].next) count++;
    if (vec_list_extend(v, count, &offset) != STATUS_OK) return wrong_kind(c, "out of memory");
    uint32_t to = offset;
    for (uint32_t i = at + 1; i < tape[at].next; i = tape[i].next) {
        if (!json_convert_value(c, tape, i, type->children[0].type, v->children[0], to++)) return false;
    }
    VEC_DATA(v, struct list_ref)[row] = (struct list_ref){offset, count};
    vec_set_valid(v, row);
    return true;
}

static bool convert_map(struct json_convert *c, const struct json_token *tape, uint32_t at, const struct type *type, struct vec *v, uint32_t row) {
    if (tape[at].kind != JSON_OBJECT && !c->from_tree) return wrong_kind(c, "not an object");
    if (tape[at].kind != JSON_OBJECT) {
        VEC_DATA(v, struct list_ref)[row] = (struct list_ref){0, 0}; /* a tree's node that is no object has no fields */
        vec_set_valid(v, row);
        return true;
    }
    uint32_t members = 0, kept = 0, offset;
    for (uint32_t i = at + 1; i < tape[at].next; i = tape[i + 1].next) members++;
    if (members > MAP_DUPLICATES_CHECKED) return wrong_kind(c, "too many entries in a map");
    for (uint32_t i = at + 1; i < tape[at].next; i = tape[i + 1].next) kept += !is_replaced(c, tape, at, i);
    if (vec_list_extend(v, kept, &offset) != STATUS_OK) return wrong_kind(c, "out of memory");
    uint32_t to = offset;
    for (uint32_t i = at + 1; i < tape[at].next; i = tape[i + 1].next) {
        if (kept < members && is_replaced(c, tape, at, i)) continue;
        if (!json_convert_scalar(c, &tape[i], type->children[0].type, v->children[0], to)) return false;
        if (!json_convert_value(c, tape, i + 1, type->children[1].type, v->children[1], to)) return false;
        to++;
    }
    assert(to == offset + kept);
    VEC_DATA(v, struct list_ref)[row] = (struct list_ref){offset, kept};
    vec_set_valid(v, row);
    return true;
}

static bool convert(struct json_convert *c, const struct json_token *tape, uint32_t at, const struct type *type, struct vec *v, uint32_t row) {
    const struct json_token *t = &tape[at];
    if (t->kind == JSON_NULL) return json_set_null(v, row), true;
    switch (type->root) {
    case TYPE_ROW: return convert_row(c, tape, at, type, v, row);
    case TYPE_ARRAY: return convert_array(c, tape, at, type, v, row);
    case TYPE_MAP: case TYPE_MULTISET: return convert_map(c, tape, at, type, v, row);
    case TYPE_CHAR: case TYPE_VARCHAR:
        if (t->kind == JSON_OBJECT || t->kind == JSON_ARRAY) return convert_text(c, tape, at, v, row);
        break;
    default: break;
    }
    if ((t->kind == JSON_OBJECT || t->kind == JSON_ARRAY) && type->root != TYPE_BOOLEAN)
        return wrong_kind(c, "an object or array where a scalar belongs");
    return json_convert_scalar(c, t, type, v, row);
}

bool json_convert_value(struct json_convert *c, const struct json_token *tape, uint32_t at, const struct type *type, struct vec *v, uint32_t row) {
    if (convert(c, tape, at, type, v, row)) return true;
    if (!c->lenient) return false;
    c->nulled++;
    json_set_null(v, row);
    return true;
}
