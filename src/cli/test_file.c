/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_file: line by line; a line that begins with '%' and a known word starts a section.
 */
#include "cli/test_file.h"

#include <assert.h>

static const struct { const char *word; enum step_kind kind; } words[] = {
    {"%compare", STEP_COMPARE}, {"%needs", STEP_NEEDS}, {"%file", STEP_FILE},   {"%sql", STEP_SQL},
    {"%query", STEP_QUERY},     {"%expect", STEP_EXPECT}, {"%fails", STEP_FAILS}, {"%output", STEP_OUTPUT},
    {"%origin", STEP_ORIGIN},   {"%unsupported", STEP_UNSUPPORTED},
};

static struct str trim(struct str s) {
    while (s.size_bytes > 0 && (s.at[0] == ' ' || s.at[0] == '\t')) s.at++, s.size_bytes--;
    while (s.size_bytes > 0 && (unsigned char)s.at[s.size_bytes - 1] <= ' ') s.size_bytes--;
    return s;
}

/* The line at *at without its newline; moves *at behind it. */
static struct str next_line(struct str text, size_t *at) {
    const char *from = text.at + *at;
    const char *end = memchr(from, '\n', text.size_bytes - *at);
    size_t n = end == NULL ? text.size_bytes - *at : (size_t)(end - from);
    *at += n + (end != NULL);
    return (struct str){from, n};
}

static struct str first_word(struct str line) {
    size_t n = 0;
    while (n < line.size_bytes && (unsigned char)line.at[n] > ' ') n++;
    return (struct str){line.at, n};
}

static bool directive(struct str word, enum step_kind *ret) {
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (str_equal(word, str_of(words[i].word))) {
            *ret = words[i].kind;
            return true;
        }
    }
    return false;
}

struct reader {
    struct arena *arena;
    struct list *cases;
    struct test_case *current;
    struct test_step *step;
    uint32_t line;
};

static enum status start_case(struct reader *r, struct str line) {
    struct test_case *c = ARENA_NEW(r->arena, struct test_case);
    if (c == NULL) return STATUS_NO_MEMORY;
    c->name = trim((struct str){line.at + 5, line.size_bytes - 5});
    c->line = r->line;
    r->current = c;
    r->step = NULL;
    return list_push(r->cases, r->arena, c);
}

static enum status start_step(struct reader *r, enum step_kind kind, struct str line, struct str word, size_t body_at, struct str text, struct error *e) {
    if (r->current == NULL) return error_set(e, STATUS_INVALID, "line %u: %.*s before the first %%case", r->line, STR_ARG(word));
    struct test_step *s = ARENA_NEW(r->arena, struct test_step);
    if (s == NULL) return STATUS_NO_MEMORY;
    s->kind = kind;
    s->argument = trim((struct str){line.at + word.size_bytes, line.size_bytes - word.size_bytes});
    s->line = r->line;
    s->body = (struct str){text.at + body_at, 0};
    r->step = s;
    return list_push(&r->current->steps, r->arena, s);
}

enum status test_file_parse(struct arena *a, struct str text, struct list *ret_cases, struct error *e) {
    struct reader r = {.arena = a, .cases = ret_cases};
    for (size_t at = 0; at < text.size_bytes;) {
        struct str line = next_line(text, &at);
        struct str word = first_word(line);
        enum step_kind kind = STEP_SQL;
        r.line++;
        if (str_equal(word, STR("%case"))) {
            TRY(start_case(&r, line));
        } else if (directive(word, &kind)) {
            TRY(start_step(&r, kind, line, word, at, text, e));
        } else if (r.step != NULL) {
            r.step->body.size_bytes = (size_t)(text.at + at - r.step->body.at);
        } else if (word.size_bytes > 0 && word.at[0] != '#') {
            return error_set(e, STATUS_INVALID, "line %u: text before a directive", r.line);
        }
    }
    return STATUS_OK;
}

enum status test_lines(struct arena *a, struct str body, struct list *ret) {
    assert(ret->count == 0);
    for (size_t at = 0; at < body.size_bytes;) {
        struct str line = next_line(body, &at);
        if (line.size_bytes > 0 && line.at[0] == '#') continue;
        if (line.size_bytes == 0 && ret->count == 0) continue;
        struct str *copy = ARENA_NEW(a, struct str);
        if (copy == NULL) return STATUS_NO_MEMORY;
        *copy = line;
        TRY(list_push(ret, a, copy));
    }
    while (ret->count > 0 && ((struct str *)ret->at[ret->count - 1])->size_bytes == 0) ret->count--;
    return STATUS_OK;
}
