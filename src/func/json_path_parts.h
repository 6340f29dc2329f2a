/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_FUNC_JSON_PATH_PARTS_H
#define WEIR_FUNC_JSON_PATH_PARTS_H

#include "func/java_regex.h"
#include "func/json_path.h"

/* What a compiled path is made of; internal to the json_path files. */

enum { PATH_TOKENS_MAX = 512, PATH_NESTING_MAX = 32, PATH_STEPS_MAX = 1 << 24 };

enum path_token_kind { TOKEN_KEYS, TOKEN_INDEXES, TOKEN_SLICE, TOKEN_WILDCARD, TOKEN_SCAN, TOKEN_FILTER, TOKEN_CALL };

struct path_argument {
    const struct json_path *path; /* NULL: a JSON text */
    struct str json;
};

struct path_token {
    enum path_token_kind kind;
    bool upstream_definite; /* everything before leads to one place at most */
    struct path_token *next;
    struct str *keys;
    int32_t *indexes; /* INDEXES; SLICE: from and to */
    uint32_t count;   /* of keys, indexes or arguments */
    bool has_from, has_to;
    const struct path_condition *filter;
    struct str name; /* CALL */
    struct path_argument *args;
};

struct json_path {
    bool lax, invalid;
    bool from_root;   /* $, not @ */
    bool definite;    /* leads to one value; else to a list */
    struct path_token *first;
    uint32_t token_count;
};

/* ---- filters ---- */

enum path_value_kind { VALUE_UNDEFINED, VALUE_NULL, VALUE_BOOL, VALUE_NUMBER, VALUE_STRING, VALUE_JSON, VALUE_PATTERN, VALUE_PATH };

struct path_value {
    enum path_value_kind kind;
    bool boolean;                  /* BOOL; PATH: exists is asked for */
    struct str text;               /* NUMBER, STRING */
    const struct json_node *node;  /* JSON: an array or object of the document */
    const struct java_regex *regex;
    const struct json_path *path;
};

enum path_operator {
    OP_EXISTS, OP_GTE, OP_LTE, OP_EQ, OP_TSEQ, OP_NE, OP_TSNE, OP_LT, OP_GT, OP_REGEX, OP_NIN, OP_IN, OP_CONTAINS, OP_ALL, OP_SIZE,
    OP_TYPE, OP_MATCHES, OP_EMPTY, OP_SUBSETOF, OP_ANYOF, OP_NONEOF, OP_NOT, OP_AND, OP_OR,
};

struct path_condition {
    enum path_operator op;
    struct path_value left, right;                /* of a comparison */
    const struct path_condition *first, *second;  /* of NOT, AND, OR */
};

/* ---- compiling: json_path.c, json_path_filter.c ---- */

struct path_reader {
    struct arena *arena;
    struct str s;
    size_t at;
    uint32_t nesting;
    bool no_memory;
    bool json_text; /* a filter holds a JSON text, which Flink cannot read either */
};

/* The character at i; 0 behind the end. */
static inline char path_char(const struct path_reader *r, size_t i) { return i < r->s.size_bytes ? r->s.at[i] : '\0'; }
/* Index of the first character from i on that is no blank. */
size_t path_skip(const struct path_reader *r, size_t i);
/* Index of the next c behind i that no backslash escapes; SIZE_MAX: none. */
size_t path_unescaped(const struct path_reader *r, size_t i, char c);
/* Index of what closes the bracket at i, past strings and (when asked) patterns; SIZE_MAX: nothing does. */
size_t path_closing(const struct path_reader *r, size_t i, char open, char close, bool skip_patterns);
/* Without its backslashes. */
bool path_unescape(struct path_reader *r, struct str s, struct str *ret);
/* NULL: no path. */
const struct json_path *path_compile(struct path_reader *outer, struct str text);
/* The text between [? and ]; NULL: no filter. */
const struct path_condition *path_filter_compile(struct path_reader *outer, struct str text);

/* ---- evaluation: json_path_walk.c, json_path_match.c, json_path_call.c ---- */

/* How a walk ends: the exceptions of Flink's library, as far as it tells them apart. */
enum path_end { PATH_OK, PATH_NOT_FOUND, PATH_INVALID, PATH_ERROR, PATH_NO_MEMORY };

#define PATH_TRY(expr)                     \
    do {                                   \
        enum path_end end_ = (expr);       \
        if (end_ != PATH_OK) return end_;  \
    } while (0)

struct path_walk {
    struct arena *arena;
    struct json_node *root;
    bool lax;     /* what is missing is no error */
    bool require; /* asking for existence: what is missing at the end is one */
    uint32_t *steps; /* that are left: several scans in a path multiply */
    struct json_node *first, **last; /* results: copies, linked */
};

/*
 * Walks from a node. *ret: the one value of a definite path, else an array of all. Where a definite path finds nothing: a JSON
 * null in lax mode, else PATH_NOT_FOUND.
 */
enum path_end path_evaluate(const struct path_walk *w, const struct json_path *p, struct json_node *from, struct json_node **ret);
enum path_end path_matches(struct path_walk *w, const struct path_condition *c, struct json_node *item, bool *ret);
/* A function over a node. */
enum path_end path_call(struct path_walk *w, const struct path_token *t, struct json_node *model, struct json_node **ret);

#endif
