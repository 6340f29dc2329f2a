/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_path_filter: the condition of [?(...)]: comparisons, or a path alone that must exist, under
 * !, && and || with brackets. The grammar is that of Flink's library; what it does not take makes the
 * whole path invalid.
 */
#include "func/json_path_parts.h"

#include "func/kernel.h"

#include <assert.h>

static struct path_condition *read_or(struct path_reader *r);

static struct path_condition *condition_new(struct path_reader *r, enum path_operator op)
{
    struct path_condition *c = ARENA_NEW(r->arena, struct path_condition);
    if (c == NULL) r->no_memory = true;
    else c->op = op;
    return c;
}

static char skip(struct path_reader *r)
{
    r->at = path_skip(r, r->at);
    return path_char(r, r->at);
}

/* ---- operands ---------------------------------------------------------------------------------------------------- */

static bool is_operator_char(char c) { return c != '\0' && strchr("<>=~!", c) != NULL; }

/* Is the ) at r->at the end of a function call without arguments? */
static bool ends_call(const struct path_reader *r, size_t begin)
{
    size_t i = r->at;
    while (i > begin && r->s.at[i - 1] == ' ') i--;
    if (i == begin || r->s.at[i - 1] != '(') return false;
    for (i--; i > begin; i--) {
        if (r->s.at[i] == '.') return true;
    }
    return false;
}

static bool read_path(struct path_reader *r, bool exists, struct path_value *ret)
{
    size_t begin = r->at++;
    while (r->at < r->s.size_bytes) {
        if (path_char(r, r->at) == '[') {
            r->at = path_closing(r, r->at, '[', ']', false);
            if (r->at == SIZE_MAX) return false;
            r->at++;
        }
        char c = path_char(r, r->at);
        if (c == '\0' || c == ' ' || is_operator_char(c) || (c == ')' && !ends_call(r, begin))) break;
        r->at++;
    }
    *ret = (struct path_value){.kind = VALUE_PATH, .boolean = exists};
    ret->path = path_compile(r, text_part(r->s, begin, r->at));
    return ret->path != NULL;
}

static bool read_string(struct path_reader *r, struct path_value *ret)
{
    size_t begin = r->at, end = path_unescaped(r, begin, r->s.at[begin]);
    *ret = (struct path_value){.kind = VALUE_STRING};
    if (end == SIZE_MAX) return false;
    r->at = end + 1;
    return path_unescape(r, text_part(r->s, begin + 1, end), &ret->text);
}

/* /pattern/flags; the library takes everything up to the next = or ) for flags. */
static bool read_pattern(struct path_reader *r, struct path_value *ret)
{
    size_t begin = r->at, close = path_unescaped(r, begin, '/');
    if (close == SIZE_MAX) return false;
    size_t end = close + 1;
    while (end < r->s.size_bytes && r->s.at[end] != '=' && r->s.at[end] != ')') end++;
    struct str flags = text_part(r->s, close + 1, end), body = text_part(r->s, begin + 1, close);
    for (size_t i = 0; i < flags.size_bytes; i++) {
        if (strchr("dixmsuU", flags.at[i]) == NULL || flags.at[i] == '\0') return false;
    }
    r->at = end;
    struct str text = flags.size_bytes == 0 ? body : arena_format(r->arena, "(?%.*s)%.*s", STR_ARG(flags), STR_ARG(body));
    struct error ignored = ERROR_INIT;
    *ret = (struct path_value){.kind = VALUE_PATTERN};
    if (text.at == NULL || java_regex_compile(r->arena, text, JAVA_REGEX_WHOLE, &ret->regex, &ignored) == STATUS_NO_MEMORY) r->no_memory = true;
    error_clear(&ignored);
    return ret->regex != NULL;
}

static bool read_word(struct path_reader *r, const char *word)
{
    size_t n = strlen(word);
    if (r->s.size_bytes - r->at < n || memcmp(r->s.at + r->at, word, n) != 0) return false;
    r->at += n;
    return true;
}

static bool is_number(struct str s)
{
    size_t i = s.size_bytes > 0 && s.at[0] == '-' ? 1 : 0, digits = 0;
    for (; i < s.size_bytes && s.at[i] >= '0' && s.at[i] <= '9'; i++) digits++;
    if (i < s.size_bytes && s.at[i] == '.') {
        for (i++; i < s.size_bytes && s.at[i] >= '0' && s.at[i] <= '9'; i++) digits++;
    }
    if (digits > 0 && i < s.size_bytes && (s.at[i] | 32) == 'e') {
        i += i + 1 < s.size_bytes && s.at[i + 1] == '-' ? 2 : 1;
        size_t first = i;
        while (i < s.size_bytes && s.at[i] >= '0' && s.at[i] <= '9') i++;
        if (i == first || i - first > 9) return false;
    }
    return digits > 0 && i == s.size_bytes;
}

static bool read_number(struct path_reader *r, struct path_value *ret)
{
    size_t begin = r->at;
    while (path_char(r, r->at) != '\0' && strchr("0123456789-.eE", path_char(r, r->at)) != NULL) r->at++;
    *ret = (struct path_value){.kind = VALUE_NUMBER, .text = text_part(r->s, begin, r->at)};
    return is_number(ret->text);
}

static bool read_value(struct path_reader *r, struct path_value *ret)
{
    char c = skip(r);
    bool negated = c == '!';
    if (negated) {
        r->at++;
        c = skip(r);
    }
    if (c == '$' || c == '@') return read_path(r, !negated, ret);
    if (negated) return false;
    switch (c) {
    case '\'':
    case '"': return read_string(r, ret);
    case '{':
    case '[': r->json_text = true; return false;
    case '/': return read_pattern(r, ret);
    case 'n': *ret = (struct path_value){.kind = VALUE_NULL}; return read_word(r, "null");
    case 't':
    case 'f': *ret = (struct path_value){.kind = VALUE_BOOL, .boolean = c == 't'}; return read_word(r, c == 't' ? "true" : "false");
    default: return read_number(r, ret);
    }
}

/* ---- conditions ---------------------------------------------------------------------------------------------------- */

static bool read_operator(struct path_reader *r, enum path_operator *ret)
{
    static const struct {
        const char *text;
        enum path_operator op;
    } operators[] = {
        {">=", OP_GTE}, {"<=", OP_LTE}, {"==", OP_EQ}, {"===", OP_TSEQ}, {"!=", OP_NE}, {"!==", OP_TSNE}, {"<", OP_LT}, {">", OP_GT},
        {"=~", OP_REGEX}, {"NIN", OP_NIN}, {"IN", OP_IN}, {"CONTAINS", OP_CONTAINS}, {"ALL", OP_ALL}, {"SIZE", OP_SIZE},
        {"EXISTS", OP_EXISTS}, {"TYPE", OP_TYPE}, {"MATCHES", OP_MATCHES}, {"EMPTY", OP_EMPTY}, {"SUBSETOF", OP_SUBSETOF},
        {"ANYOF", OP_ANYOF}, {"NONEOF", OP_NONEOF},
    };
    bool symbol = is_operator_char(skip(r));
    size_t begin = r->at;
    while (r->at < r->s.size_bytes && (symbol ? is_operator_char(r->s.at[r->at]) : r->s.at[r->at] != ' ')) r->at++;
    struct str text = text_part(r->s, begin, r->at);
    for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++) {
        *ret = operators[i].op;
        if (str_equal_ignore_case(text, str_of(operators[i].text))) return true;
    }
    return false;
}

static struct path_condition *read_comparison(struct path_reader *r)
{
    struct path_condition *c = condition_new(r, OP_EXISTS);
    if (c == NULL || !read_value(r, &c->left)) return NULL;
    size_t behind = r->at;
    if (read_operator(r, &c->op) && read_value(r, &c->right)) return c;
    if (r->no_memory || c->left.kind != VALUE_PATH) return NULL;
    r->at = behind;
    c->op = OP_EXISTS;
    c->right = (struct path_value){.kind = VALUE_BOOL, .boolean = c->left.boolean};
    return c;
}

static struct path_condition *read_not(struct path_reader *r)
{
    struct path_condition *c = condition_new(r, OP_NOT);
    if (c == NULL) return NULL;
    size_t begin = r->at;
    if (skip(r) == '!') {
        r->at++;
        char next = skip(r);
        if (next != '$' && next != '@') {
            if (++r->nesting > PATH_NESTING_MAX) return NULL;
            c->first = read_not(r);
            r->nesting--;
            return c->first == NULL ? NULL : c;
        }
        r->at = begin;
    }
    if (skip(r) != '(') return read_comparison(r);
    r->at++;
    if (++r->nesting > PATH_NESTING_MAX) return NULL;
    c = read_or(r);
    r->nesting--;
    if (c == NULL || skip(r) != ')') return NULL;
    r->at++;
    return c;
}

static struct path_condition *read_chain(struct path_reader *r, enum path_operator op)
{
    char sign = op == OP_AND ? '&' : '|';
    struct path_condition *left = op == OP_AND ? read_not(r) : read_chain(r, OP_AND);
    while (left != NULL && skip(r) == sign && path_char(r, r->at + 1) == sign) {
        r->at += 2;
        struct path_condition *c = condition_new(r, op);
        if (c == NULL) return NULL;
        c->first = left;
        c->second = op == OP_AND ? read_not(r) : read_chain(r, OP_AND);
        if (c->second == NULL) return NULL;
        left = c;
    }
    return left;
}

static struct path_condition *read_or(struct path_reader *r) { return read_chain(r, OP_OR); }

const struct path_condition *path_filter_compile(struct path_reader *outer, struct str text)
{
    assert(text.size_bytes > 0);
    struct path_reader r = {.arena = outer->arena, .s = text, .nesting = outer->nesting + 1};
    if (r.nesting > PATH_NESTING_MAX) return NULL;
    struct path_condition *c = read_or(&r);
    bool ok = c != NULL && path_skip(&r, r.at) == text.size_bytes;
    outer->no_memory |= r.no_memory;
    outer->json_text |= r.json_text;
    return ok ? c : NULL;
}
