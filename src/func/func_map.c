/* SPDX-License-Identifier: Apache-2.0 */
/*
 * func_map: the MAP_ functions, and what makes arrays and maps out of text. Where a key comes twice
 * the last value counts.
 */
#include "func/java_regex.h"
#include "func/list_kernel.h"

#include <assert.h>

static enum status typed(struct func_bind *b, const struct type *t, kernel_fn kernel)
{
    b->type = t;
    b->impl.kernel = kernel;
    return t == NULL ? error_no_memory(b->error, sizeof *t) : STATUS_OK;
}

/* ---- parts of a map ------------------------------------------------------------------------------------------ */

static enum status copy_part(const struct list_view *l, const struct vec *part, uint32_t row, struct vec *out)
{
    struct list_build build;
    TRY(list_open(&build, out, row, l->count));
    for (uint32_t i = 0; i < l->count; i++) TRY(list_add(&build, part, l->offset + i));
    return list_close(&build);
}

static enum status keys_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    struct list_view l = arg_list(args[0], row);
    return copy_part(&l, l.elements, row, out);
}
KERNEL(keys)
static enum status values_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    struct list_view l = arg_list(args[0], row);
    return copy_part(&l, l.values, row, out);
}
KERNEL(values)

static enum status entries_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    struct list_view l = arg_list(args[0], row);
    struct list_build build;
    TRY(list_open(&build, out, row, l.count));
    struct vec *entry = out->children[0];
    for (uint32_t i = 0; i < l.count; i++) {
        vec_set_valid(entry, build.offset + i);
        TRY(vec_copy_value(entry->children[0], build.offset + i, l.elements, l.offset + i));
        TRY(vec_copy_value(entry->children[1], build.offset + i, l.values, l.offset + i));
    }
    build.count = l.count;
    return list_close(&build);
}
KERNEL(entries)

static enum status bind_part(struct func_bind *b, uint32_t child, kernel_fn kernel)
{
    const struct type *t = b->args[0]->type;
    if (t->root != TYPE_MAP) return bind_wrong_types(b);
    return typed(b, type_array(b->types, t->children[child].type, t->nullable), kernel);
}
static enum status bind_keys(struct func_bind *b) { return bind_part(b, 0, keys_kernel); }
static enum status bind_values(struct func_bind *b) { return bind_part(b, 1, values_kernel); }

static enum status bind_entries(struct func_bind *b)
{
    const struct type *t = b->args[0]->type;
    if (t->root != TYPE_MAP) return bind_wrong_types(b);
    struct type_field fields[2] = {{.name = STR("key"), .type = t->children[0].type}, {.name = STR("value"), .type = t->children[1].type}};
    const struct type *entry = type_row(b->types, fields, 2, true);
    return typed(b, entry == NULL ? NULL : type_array(b->types, entry, t->nullable), entries_kernel);
}

/* ---- making maps -------------------------------------------------------------------------------------------------- */

static enum status from_arrays_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    struct list_view k = arg_list(args[0], row), v = arg_list(args[1], row);
    struct list_build build;
    if (k.count != v.count) {
        return call_row_error(c, out, row, "Invalid function MAP_FROM_ARRAYS call:\nThe length of the keys array %u is not equal to "
                              "the length of the values array %u", k.count, v.count);
    }
    TRY(list_open(&build, out, row, k.count));
    for (uint32_t i = 0; i < k.count; i++) TRY(list_put(&build, k.elements, k.offset + i, v.elements, v.offset + i));
    return list_close(&build);
}
KERNEL(from_arrays)

static enum status bind_from_arrays(struct func_bind *b)
{
    const struct type *k = b->args[0]->type, *v = b->args[1]->type;
    if (k->root != TYPE_ARRAY || v->root != TYPE_ARRAY) return bind_wrong_types(b);
    return typed(b, type_map(b->types, k->children[0].type, v->children[0].type, bind_any_nullable(b)), from_arrays_kernel);
}

static enum status union_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    uint32_t maps = *(const uint32_t *)c->impl->prepared, room = 0;
    struct list_build build;
    for (uint32_t k = 0; k < maps; k++) room += arg_list(args[k], row).count;
    TRY(list_open(&build, out, row, room));
    for (uint32_t k = 0; k < maps; k++) {
        struct list_view l = arg_list(args[k], row);
        for (uint32_t i = l.offset; i < l.offset + l.count; i++) TRY(list_put(&build, l.elements, i, l.values, i));
    }
    return list_close(&build);
}
KERNEL(union)

static enum status bind_union(struct func_bind *b)
{
    const struct type *common = NULL;
    for (uint32_t i = 0; i < b->arg_count; i++) {
        if (b->args[i]->type->root != TYPE_MAP) return bind_wrong_types(b);
    }
    TRY(bind_list_common(b, 0, 1, &common));
    uint32_t *count = ARENA_NEW(b->arena, uint32_t);
    if (count == NULL) return error_no_memory(b->error, sizeof *count);
    *count = b->arg_count;
    b->impl.prepared = count;
    return typed(b, type_nullable(b->types, common, bind_any_nullable(b)), union_kernel);
}

/* ---- SPLIT ------------------------------------------------------------------------------------------------------------ */

/* One more element, behind those that the last list_open or add_piece made. */
static enum status add_piece(struct list_build *l, struct str piece)
{
    uint32_t at = 0;
    TRY(vec_list_extend(l->out, 1, &at));
    l->count++;
    vec_set_valid(l->out->children[0], at);
    return set_view(l->out->children[0], at, piece);
}

static enum status split_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    (void)c;
    struct str s = arg_str(args[0], row), separator = arg_str(args[1], row);
    struct list_build build;
    TRY(list_open(&build, out, row, 0));
    if (separator.size_bytes == 0) {
        for (size_t i = 0; i < s.size_bytes;) {
            uint32_t n = utf8_size(s, i);
            TRY(add_piece(&build, text_part(s, i, i + n)));
            i += n;
        }
        return list_close(&build);
    }
    size_t begin = 0, end = 0;
    for (; end != SIZE_MAX; begin = end + separator.size_bytes) {
        end = text_find(s, separator, begin);
        TRY(add_piece(&build, text_part(s, begin, end == SIZE_MAX ? s.size_bytes : end)));
    }
    return list_close(&build);
}
KERNEL(split)

static enum status bind_split(struct func_bind *b)
{
    const struct type *text = type_string(b->types, true);
    TRY(bind_form(b, "ss", RESULT_STRING, split_kernel));
    return typed(b, text == NULL ? NULL : type_array(b->types, text, bind_any_nullable(b)), split_kernel);
}

/* ---- STR_TO_MAP -------------------------------------------------------------------------------------------------------- */

/* Separators are Java patterns; one that is a single plain character, or none at all, needs no matcher. */
struct separator {
    struct str plain;
    struct java_match *match;
};

static bool is_plain(struct str s) { return s.size_bytes == 1 && strchr(".$|()[{^?*+\\", s.at[0]) == NULL && s.at[0] != '\0'; }

static enum status separator_of(struct call *c, struct str text, struct separator *ret, bool *ret_ok)
{
    *ret = (struct separator){.plain = text};
    *ret_ok = true;
    if (is_plain(text)) return STATUS_OK;
    const struct java_regex *r = NULL;
    struct error ignored = ERROR_INIT;
    enum status s = java_regex_compile(c->scratch, text, 0, &r, &ignored);
    if (s == STATUS_NO_MEMORY) return s;
    *ret_ok = r != NULL;
    return r == NULL ? STATUS_OK : java_match_new(c->scratch, r, &ret->match);
}

/*
 * The next separator at or behind *io_search, from where the search goes on: *ret_begin and *ret_end; false: none. Like
 * String.split: an empty match separates, but for one at the very beginning.
 */
static bool separator_find(const struct separator *p, struct str s, size_t *io_search, size_t *ret_begin, size_t *ret_end)
{
    if (p->match == NULL) {
        *ret_begin = text_find(s, p->plain, *io_search);
        *ret_end = *ret_begin + 1;
        *io_search = *ret_end;
        return *ret_begin != SIZE_MAX;
    }
    while (*io_search != SIZE_MAX && java_match_find(p->match, s, *io_search) == 1) {
        bool matched = java_match_group(p->match, 0, ret_begin, ret_end);
        *io_search = java_match_next(p->match, s);
        if (matched && *ret_end > 0) return true;
    }
    return false;
}

static enum status put_pair(struct list_build *l, struct str key, struct str value, bool has_value)
{
    struct vec *keys = l->out->children[0], *values = l->out->children[1];
    uint32_t at = 0;
    for (; at < l->count; at++) {
        if (str_equal(strv_str(&VEC_DATA(keys, struct strv)[l->offset + at]), key)) break;
    }
    if (at == l->count) {
        uint32_t added = 0;
        TRY(vec_list_extend(l->out, 1, &added));
        l->count++;
    }
    keys = l->out->children[0];
    values = l->out->children[1];
    vec_set_valid(keys, l->offset + at);
    TRY(set_view(keys, l->offset + at, key));
    if (!has_value) return set_null(values, l->offset + at);
    vec_set_valid(values, l->offset + at);
    return set_view(values, l->offset + at, value);
}

static enum status put_entry(struct list_build *l, struct str entry, const struct separator *between)
{
    size_t begin = 0, end = 0, search = 0;
    if (!separator_find(between, entry, &search, &begin, &end)) return put_pair(l, entry, entry, false);
    return put_pair(l, text_part(entry, 0, begin), text_part(entry, end, entry.size_bytes), true);
}

/* Like String.split: empty entries at the end do not count, those before do. */
static enum status put_entries(struct list_build *l, struct str s, const struct separator *entries, const struct separator *pairs)
{
    size_t from = 0, search = 0, begin = 0, end = 0, empty = 0;
    bool more = s.size_bytes > 0;
    while (more) {
        more = separator_find(entries, s, &search, &begin, &end);
        struct str entry = text_part(s, from, more ? begin : s.size_bytes);
        from = end;
        if (entry.size_bytes == 0) {
            empty++;
            continue;
        }
        if (empty > 0) TRY(put_entry(l, (struct str){s.at, 0}, pairs));
        empty = 0;
        TRY(put_entry(l, entry, pairs));
    }
    return STATUS_OK;
}

static enum status to_map(struct call *c, struct str s, struct str between_entries, struct str between, uint32_t row, struct vec *out)
{
    struct separator entries, pairs;
    struct list_build build;
    bool ok = true, pairs_ok = true;
    TRY(separator_of(c, between_entries, &entries, &ok));
    TRY(separator_of(c, between, &pairs, &pairs_ok));
    if (!ok || !pairs_ok) return call_row_error(c, out, row, "STR_TO_MAP: a separator is no regular expression");
    TRY(list_open(&build, out, row, 0));
    TRY(put_entries(&build, s, &entries, &pairs));
    return list_close(&build);
}

static enum status to_map1_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    return to_map(c, arg_str(args[0], row), STR(","), STR("="), row, out);
}
KERNEL(to_map1)
static enum status to_map3_row(struct call *c, const struct vec *const *args, uint32_t row, struct vec *out)
{
    return to_map(c, arg_str(args[0], row), arg_str(args[1], row), arg_str(args[2], row), row, out);
}
KERNEL(to_map3)

static enum status bind_to_map(struct func_bind *b)
{
    if (b->arg_count == 2) return bind_wrong_types(b);
    const struct type *text = type_string(b->types, true);
    TRY(bind_form(b, "sss", RESULT_STRING_NULL, b->arg_count == 1 ? to_map1_kernel : to_map3_kernel));
    return typed(b, text == NULL ? NULL : type_map(b->types, text, text, true), b->impl.kernel);
}

static const struct func rows_of_map[] = {
    ROW_OF("MAP_KEYS", 1, 1, 0, keys, "MAP_KEYS(m MAP) -> ARRAY", "The keys.", "MAP_KEYS(MAP['a', 1]) = ARRAY['a']"),
    ROW_OF("MAP_VALUES", 1, 1, 0, values, "MAP_VALUES(m MAP) -> ARRAY", "The values.", "MAP_VALUES(MAP['a', 1]) = ARRAY[1]"),
    ROW_OF("MAP_ENTRIES", 1, 1, 0, entries, "MAP_ENTRIES(m MAP) -> ARRAY<ROW<key, value>>", "The entries.",
           "MAP_ENTRIES(MAP['a', 1]) = ARRAY[ROW('a', 1)]"),
    ROW_OF("MAP_FROM_ARRAYS", 2, 2, FUNC_CAN_FAIL, from_arrays, "MAP_FROM_ARRAYS(keys ARRAY, values ARRAY) -> MAP",
           "A map of keys and values at the same places.", "MAP_FROM_ARRAYS(ARRAY['a'], ARRAY[1]) = MAP['a', 1]"),
    ROW_OF("MAP_UNION", 1, 255, 0, union, "MAP_UNION(m1 MAP, m2 MAP, ...) -> MAP", "All entries; later maps win.",
           "MAP_UNION(MAP['a', 1], MAP['b', 2]) = MAP['a', 1, 'b', 2]"),
    ROW_OF("SPLIT", 2, 2, 0, split, "SPLIT(s STRING, separator STRING) -> ARRAY<STRING>", "The pieces between separators.",
           "SPLIT('a,b', ',') = ARRAY['a', 'b']"),
    ROW_OF("STR_TO_MAP", 1, 3, FUNC_CAN_FAIL | FUNC_TYPED_ARGS, to_map, "STR_TO_MAP(s STRING[, between_entries STRING, between STRING]) -> MAP<STRING, STRING>",
           "A map of the text's entries.", "STR_TO_MAP('k1=v1') = MAP['k1', 'v1']"),
};
FAMILY(map, rows_of_map);
