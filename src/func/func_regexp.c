/* SPDX-License-Identifier: Apache-2.0 */
/*
 * func_regexp: the REGEXP functions. A literal pattern is compiled once, when the call is bound, and
 * what cannot be translated from Java is refused then; a pattern from a column is compiled where it
 * changes. As in Flink a text that is no pattern makes the result NULL (FALSE for REGEXP).
 */
#include "func/java_regex.h"
#include "func/kernel.h"

#include <assert.h>

/* A literal pattern; regex is NULL when it is none. */
struct fixed_pattern {
    const struct java_regex *regex;
};

/* The pattern in use by a call. */
struct matcher {
    const struct java_regex *regex; /* NULL: no pattern */
    struct java_match *match;
    struct str pattern;
    bool fixed;
};

static enum status matcher_take(struct call *c, struct matcher *m, const struct java_regex *r)
{
    m->regex = r;
    m->match = NULL;
    return r == NULL ? STATUS_OK : java_match_new(c->scratch, r, &m->match);
}

static enum status matcher_begin(struct call *c, struct matcher *m)
{
    const struct fixed_pattern *fixed = c->impl->prepared;
    *m = (struct matcher){.fixed = fixed != NULL};
    return fixed == NULL ? STATUS_OK : matcher_take(c, m, fixed->regex);
}

/* Makes m fit the row's pattern. *ret_ok is false when the row has failed. */
static enum status matcher_row(struct call *c, struct matcher *m, const struct vec *patterns, uint32_t row, struct vec *out, bool *ret_ok)
{
    *ret_ok = true;
    if (m->fixed) return STATUS_OK;
    struct str p = arg_str(patterns, row);
    if (m->pattern.at != NULL && str_equal(p, m->pattern)) return STATUS_OK;
    const struct java_regex *r = NULL;
    struct error error = ERROR_INIT;
    enum status s = java_regex_compile(c->scratch, p, 0, &r, &error);
    if (s == STATUS_NO_MEMORY) return s;
    if (s != STATUS_OK) {
        *ret_ok = false;
        m->pattern.at = NULL;
        return call_row_error(c, out, row, "%s", error.message);
    }
    m->pattern = p;
    return matcher_take(c, m, r);
}

typedef enum status (*match_fn)(struct call *c, struct matcher *m, const struct vec *const *args, uint32_t row, struct vec *out);

static enum status gave_up(struct call *c, struct vec *out, uint32_t row)
{
    return call_row_error(c, out, row, "A regular expression backtracks too much");
}

static inline __attribute__((always_inline)) enum status
match_rows(struct call *c, const struct rows *rows, const struct vec *const *args, struct vec *out, match_fn f)
{
    struct matcher m;
    TRY(matcher_begin(c, &m));
    for (uint32_t i = 0; i < rows->count; i++) {
        uint32_t row = rows_at(rows, i);
        bool ok;
        TRY(matcher_row(c, &m, args[1], row, out, &ok));
        if (ok) TRY(f(c, &m, args, row, out));
    }
    return STATUS_OK;
}

#define MATCH_KERNEL(name)                                                                                              \
    static enum status name##_kernel(struct call *c, const struct rows *rows, const struct vec *const *args,           \
                                     struct vec *out)                                                                   \
    {                                                                                                                   \
        return match_rows(c, rows, args, out, name##_match);                                                            \
    }

/* Compiles a literal pattern at plan time. */
static enum status bind_pattern(struct func_bind *b, const char *form, enum result_rule rule, kernel_fn kernel)
{
    struct str pattern;
    TRY(bind_form(b, form, rule, kernel));
    if (!bind_literal_str(b, 1, &pattern)) {
        b->impl.flags |= FUNC_CAN_FAIL;
        return STATUS_OK;
    }
    struct fixed_pattern *fixed = ARENA_NEW(b->arena, struct fixed_pattern);
    if (fixed == NULL) return error_no_memory(b->error, sizeof *fixed);
    b->impl.prepared = fixed;
    enum status s = java_regex_compile(b->arena, pattern, JAVA_REGEX_FAST, &fixed->regex, b->error);
    if (s != STATUS_OK && b->error != NULL && b->error->span.end == 0) b->error->span = b->span;
    return s;
}

/* ---- one match --------------------------------------------------------------------------------------------- */

static enum status extract(struct call *c, struct matcher *m, struct str s, int64_t group, struct vec *out, uint32_t row)
{
    if (m->regex == NULL) return set_null(out, row);
    int found = java_match_find(m->match, s, 0);
    if (found < 0) return gave_up(c, out, row);
    size_t begin, end;
    if (found == 0 || group < 0 || group > java_regex_group_count(m->regex)) return set_null(out, row);
    if (!java_match_group(m->match, (uint32_t)group, &begin, &end)) return set_null(out, row);
    return set_view(out, row, text_part(s, begin, end));
}

static enum status extract0_match(struct call *c, struct matcher *m, const struct vec *const *args, uint32_t row, struct vec *out)
{
    return extract(c, m, arg_str(args[0], row), 0, out, row);
}
MATCH_KERNEL(extract0)

static enum status extract_match(struct call *c, struct matcher *m, const struct vec *const *args, uint32_t row, struct vec *out)
{
    return extract(c, m, arg_str(args[0], row), arg_int(args[2], row), out, row);
}
MATCH_KERNEL(extract)

static enum status bind_extract(struct func_bind *b)
{
    return bind_pattern(b, "ssi", RESULT_STRING_NULL, b->arg_count == 2 ? extract0_kernel : extract_kernel);
}

static enum status substr_match(struct call *c, struct matcher *m, const struct vec *const *args, uint32_t row, struct vec *out)
{
    return extract(c, m, arg_str(args[0], row), 0, out, row);
}
MATCH_KERNEL(substr)
static enum status bind_substr(struct func_bind *b) { return bind_pattern(b, "ss", RESULT_STRING_NULL, substr_kernel); }

static enum status regexp_match(struct call *c, struct matcher *m, const struct vec *const *args, uint32_t row, struct vec *out)
{
    if (m->regex == NULL || arg_str(args[1], row).size_bytes == 0) return set_bool(out, row, false);
    int found = java_match_find(m->match, arg_str(args[0], row), 0);
    return found < 0 ? gave_up(c, out, row) : set_bool(out, row, found == 1);
}
MATCH_KERNEL(regexp)
static enum status bind_regexp(struct func_bind *b) { return bind_pattern(b, "ss", RESULT_BOOL, regexp_kernel); }

static enum status instr_match(struct call *c, struct matcher *m, const struct vec *const *args, uint32_t row, struct vec *out)
{
    if (m->regex == NULL) return set_null(out, row);
    struct str s = arg_str(args[0], row);
    int found = java_match_find(m->match, s, 0);
    if (found < 0) return gave_up(c, out, row);
    size_t begin = 0, end;
    if (found == 1) (void)java_match_group(m->match, 0, &begin, &end);
    return set_int(out, row, found == 0 ? 0 : (int32_t)utf8_java_length(text_part(s, 0, begin)) + 1);
}
MATCH_KERNEL(instr)
static enum status bind_instr(struct func_bind *b) { return bind_pattern(b, "ss", RESULT_INT_NULL, instr_kernel); }

/* ---- all matches --------------------------------------------------------------------------------------------- */

static enum status count_match(struct call *c, struct matcher *m, const struct vec *const *args, uint32_t row, struct vec *out)
{
    if (m->regex == NULL) return set_null(out, row);
    struct str s = arg_str(args[0], row);
    int32_t count = 0;
    for (size_t from = 0; from != SIZE_MAX; from = java_match_next(m->match, s)) {
        int found = java_match_find(m->match, s, from);
        if (found < 0) return gave_up(c, out, row);
        if (found == 0) break;
        count++;
    }
    return set_int(out, row, count);
}
MATCH_KERNEL(count)
static enum status bind_count(struct func_bind *b) { return bind_pattern(b, "ss", RESULT_INT_NULL, count_kernel); }

static enum status replace_match(struct call *c, struct matcher *m, const struct vec *const *args, uint32_t row, struct vec *out)
{
    if (m->regex == NULL) return set_null(out, row);
    struct str s = arg_str(args[0], row), by = arg_str(args[2], row);
    size_t copied = 0;
    buf_reset(c->text);
    for (size_t from = 0; from != SIZE_MAX; from = java_match_next(m->match, s)) {
        size_t begin = 0, end = 0;
        int found = java_match_find(m->match, s, from);
        if (found < 0) return gave_up(c, out, row);
        if (found == 0) break;
        (void)java_match_group(m->match, 0, &begin, &end);
        buf_append(c->text, s.at + copied, begin - copied);
        buf_str(c->text, by);
        copied = end;
    }
    buf_append(c->text, s.at + copied, s.size_bytes - copied);
    return set_text(c, out, row);
}
MATCH_KERNEL(replace)
static enum status bind_replace(struct func_bind *b) { return bind_pattern(b, "sss", RESULT_STRING, replace_kernel); }

/* Adds one element to the list that is being made at the end of out's elements. */
static enum status list_add(struct vec *out, struct str s, size_t begin, size_t end, bool present)
{
    uint32_t at = 0;
    TRY(vec_list_extend(out, 1, &at));
    struct vec *child = out->children[0];
    if (!present) return set_null(child, at);
    vec_set_valid(child, at);
    return set_view(child, at, text_part(s, begin, end));
}

static enum status extract_all(struct call *c, struct matcher *m, struct str s, int64_t group, struct vec *out, uint32_t row)
{
    if (m->regex == NULL || group < 0 || group > java_regex_group_count(m->regex)) return set_null(out, row);
    struct list_ref list = {out->element_count, 0};
    for (size_t from = 0; from != SIZE_MAX; from = java_match_next(m->match, s)) {
        size_t begin = 0, end = 0;
        int found = java_match_find(m->match, s, from);
        if (found < 0) return gave_up(c, out, row);
        if (found == 0) break;
        bool present = java_match_group(m->match, (uint32_t)group, &begin, &end);
        TRY(list_add(out, s, begin, end, present));
        list.count++;
    }
    VEC_DATA(out, struct list_ref)[row] = list;
    return STATUS_OK;
}

static enum status extract_all1_match(struct call *c, struct matcher *m, const struct vec *const *args, uint32_t row, struct vec *out)
{
    return extract_all(c, m, arg_str(args[0], row), 1, out, row);
}
MATCH_KERNEL(extract_all1)

static enum status extract_all_match(struct call *c, struct matcher *m, const struct vec *const *args, uint32_t row, struct vec *out)
{
    return extract_all(c, m, arg_str(args[0], row), arg_int(args[2], row), out, row);
}
MATCH_KERNEL(extract_all)

static enum status bind_extract_all(struct func_bind *b)
{
    TRY(bind_pattern(b, "ssi", RESULT_STRING_NULL, b->arg_count == 2 ? extract_all1_kernel : extract_all_kernel));
    b->type = type_array(b->types, type_string(b->types, true), true);
    return b->type == NULL ? error_no_memory(b->error, sizeof *b->type) : STATUS_OK;
}

static const struct func rows_of_regexp[] = {
    ROW_OF("REGEXP_EXTRACT", 2, 3, FUNC_TYPED_ARGS, extract, "REGEXP_EXTRACT(s STRING, pattern STRING[, group INT]) -> STRING",
           "The first match, or one of its groups.", "REGEXP_EXTRACT('abc123', '([a-z]+)([0-9]+)', 2) = '123'"),
    ROW_OF("REGEXP_EXTRACT_ALL", 2, 3, 0, extract_all, "REGEXP_EXTRACT_ALL(s STRING, pattern STRING[, group INT]) -> ARRAY<STRING>",
           "One group (1) of every match.", "REGEXP_EXTRACT_ALL('a1b2', '([a-z])([0-9])', 2) = ARRAY['1', '2']"),
    ROW_OF("REGEXP_REPLACE", 3, 3, FUNC_TYPED_ARGS, replace, "REGEXP_REPLACE(s STRING, pattern STRING, by STRING) -> STRING",
           "Every match replaced by a text as it is.", "REGEXP_REPLACE('a1b22', '[0-9]+', '#') = 'a#b#'"),
    ROW_OF("REGEXP", 2, 2, FUNC_TYPED_ARGS, regexp, "REGEXP(s STRING, pattern STRING) -> BOOLEAN", "Does a part of s match?",
           "REGEXP('abc', 'b|x') = TRUE"),
    ROW_OF("REGEXP_COUNT", 2, 2, 0, count, "REGEXP_COUNT(s STRING, pattern STRING) -> INT", "Number of matches.",
           "REGEXP_COUNT('abcabc', 'b') = 2"),
    ROW_OF("REGEXP_INSTR", 2, 2, 0, instr, "REGEXP_INSTR(s STRING, pattern STRING) -> INT", "Where the first match stands; 0: nowhere.",
           "REGEXP_INSTR('abcabc', 'ca') = 3"),
    ROW_OF("REGEXP_SUBSTR", 2, 2, 0, substr, "REGEXP_SUBSTR(s STRING, pattern STRING) -> STRING", "The first match.",
           "REGEXP_SUBSTR('abcabc', 'b.') = 'bc'"),
};
FAMILY_TITLED(regexp, "Regular expressions", rows_of_regexp);
