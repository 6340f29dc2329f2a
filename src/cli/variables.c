/* SPDX-License-Identifier: Apache-2.0 */
/*
 * variables: ${NAME} and ${NAME:default} in a script, from --var and then the environment. Text is
 * replaced before parsing, so a variable may stand anywhere; replaced text is not looked at again.
 */
#include "base/buf.h"
#include "cli/script.h"

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

static enum status append_variable(struct buf *out, struct str name, struct str def, struct str value, struct error *e) {
    if (value.at == NULL) value = def;
    if (value.at == NULL) {
        error_set(e, STATUS_INVALID, "The variable ${%.*s} has no value", STR_ARG(name));
        return error_hint(e, "Give one with --var %.*s=VALUE, or a default: ${%.*s:default}", STR_ARG(name), STR_ARG(name));
    }
    buf_str(out, value);
    return STATUS_OK;
}

enum status script_variables(struct arena *a, struct str text, const struct list *variables, struct env *env,
                             struct str *ret, struct error *e) {
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
        s = append_variable(&out, name, def, look_up(name, variables, env, a), e);
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
