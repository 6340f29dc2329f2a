/* SPDX-License-Identifier: Apache-2.0 */
/*
 * variables: ${NAME} and ${NAME:default} in a script, from --var and then the environment. Text is
 * replaced before parsing, so a variable may stand anywhere; replaced text is not looked at again.
 */
#include "base/buf.h"
#include "cli/script.h"
#include "sql/position.h"

#include <stdio.h>

static struct str look_up(struct str name, const struct list *variables, struct env *env, struct arena *a) {
    for (uint32_t i = variables->count; i > 0; i--) {
        const struct setting *s = variables->at[i - 1];
        if (str_equal(s->key, name)) return s->value;
    }
    struct str copy = arena_str(a, name);
    return copy.at == NULL ? (struct str){NULL, 0} : env_variable(env, copy.at);
}

/* text starts behind "${"; *ret_used counts up to and with the '}'. 0: not a variable. */
static size_t variable_end(struct str text, struct str *ret_name, struct str *ret_default) {
    size_t i = 0;
    while (i < text.size_bytes && text.at[i] != '}' && text.at[i] != ':' && text.at[i] != '\n') i++;
    *ret_name = (struct str){text.at, i};
    *ret_default = (struct str){NULL, 0};
    if (i == 0 || i == text.size_bytes || text.at[i] == '\n') return 0;
    if (text.at[i] == '}') return i + 1;
    size_t from = i + 1;
    for (i = from; i < text.size_bytes && text.at[i] != '}' && text.at[i] != '\n'; i++) {}
    if (i == text.size_bytes || text.at[i] == '\n') return 0;
    *ret_default = (struct str){text.at + from, i - from};
    return i + 1;
}

static enum status append_variable(struct buf *out, struct str name, struct str def, struct str value, struct span written, struct error *e) {
    if (value.at == NULL) value = def;
    if (value.at == NULL) {
        error_at(e, STATUS_INVALID, written, "The variable ${%.*s} has no value", STR_ARG(name));
        return error_hint(e, "Give one with --var %.*s=VALUE, or a default: ${%.*s:default}", STR_ARG(name), STR_ARG(name));
    }
    buf_str(out, value);
    return STATUS_OK;
}

static enum status push_use(struct arena *a, struct list *uses, struct variable_use use) {
    struct variable_use *copy = ARENA_NEW(a, struct variable_use);
    if (copy == NULL) return STATUS_NO_MEMORY;
    *copy = use;
    return list_push(uses, a, copy);
}

/* Where an offset of the replaced text was written; *ret_use is the variable whose value it is in, or NULL. */
static uint32_t written_offset(const struct list *uses, uint32_t offset, bool end, const struct variable_use **ret_use) {
    const struct variable_use *last = NULL;
    *ret_use = NULL;
    for (uint32_t i = 0; i < uses->count; i++) {
        const struct variable_use *u = uses->at[i];
        if (end ? u->value.begin < offset : u->value.begin <= offset) last = u;
    }
    if (last == NULL) return offset;
    if (end ? offset > last->value.end : offset >= last->value.end) return offset - last->value.end + last->written.end;
    *ret_use = last;
    return end ? last->written.end : last->written.begin;
}

void script_place(struct error *e, struct str sql, const struct list *uses) {
    const struct variable_use *first, *last;
    struct span span = e->span;
    if (span.end == 0 || uses->count == 0) return;
    e->span.begin = written_offset(uses, span.begin, false, &first);
    e->span.end = written_offset(uses, span.end, true, &last);
    if (first == NULL || e->note[0] != '\0') return;
    char title[160];
    snprintf(title, sizeof title, "${%.*s} is here:", (int)(first->name.size_bytes < 100 ? first->name.size_bytes : 100), first->name.at);
    struct str value = {sql.at + first->value.begin, first->value.end - first->value.begin};
    uint32_t from = span.begin - first->value.begin, to = span.end < first->value.end ? span.end - first->value.begin : (uint32_t)value.size_bytes;
    error_note_source(e, title, value, (struct span){from, to});
}

enum status script_variables(struct arena *a, struct str text, const struct list *variables, struct env *env,
                             struct str *ret, struct list *ret_uses, struct error *e) {
    struct buf out = BUF_INIT;
    enum status s = STATUS_OK;
    for (size_t i = 0; i < text.size_bytes && s == STATUS_OK; i++) {
        struct str name, def;
        bool starts = text.at[i] == '$' && i + 1 < text.size_bytes && text.at[i + 1] == '{';
        size_t used = starts ? variable_end((struct str){text.at + i + 2, text.size_bytes - i - 2}, &name, &def) : 0;
        if (used == 0) {
            buf_char(&out, text.at[i]);
            continue;
        }
        struct variable_use use = {.value = {.begin = (uint32_t)out.size_bytes}, .written = {(uint32_t)i, (uint32_t)(i + 2 + used)}, .name = name};
        s = append_variable(&out, name, def, look_up(name, variables, env, a), use.written, e);
        use.value.end = (uint32_t)out.size_bytes;
        if (s == STATUS_OK) s = push_use(a, ret_uses, use);
        i += 1 + used;
    }
    if (s == STATUS_OK && out.failed) s = error_no_memory(e, text.size_bytes);
    if (s == STATUS_OK) {
        *ret = arena_str(a, buf_view(&out));
        if (ret->at == NULL) s = error_no_memory(e, out.size_bytes);
    }
    buf_deinit(&out);
    return s;
}

enum status script_settings(struct session *session, const struct list *settings, struct error *e) {
    for (uint32_t i = 0; i < settings->count; i++) {
        const struct setting *s = settings->at[i];
        TRY(session_set(session, s->key, s->value, (struct span){0, 0}, e));
    }
    return STATUS_OK;
}

struct str script_text(struct str file) {
    static const char mark[] = "\xef\xbb\xbf";
    size_t n = sizeof mark - 1;
    bool marked = file.size_bytes >= n && memcmp(file.at, mark, n) == 0;
    return marked ? (struct str){file.at + n, file.size_bytes - n} : file;
}
