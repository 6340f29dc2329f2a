/* SPDX-License-Identifier: Apache-2.0 */
/*
 * statement_end: finds where the first statement of growing text ends, for shells and pipes. It
 * looks at raw tokens only, so it needs no memory and no valid SQL: a bad character is passed over,
 * an open quote or comment means that the statement goes on.
 *
 * Semicolons inside a statement set do not count: a set opens with BEGIN next to STATEMENT SET and
 * closes with the END that belongs to no CASE.
 */
#include "sql/keyword.h"
#include "sql/lexer.h"
#include "sql/parser.h"

#include <assert.h>

struct end_finder {
    uint16_t last[3]; /* keywords of the last tokens, the newest first */
    bool in_set;
    uint32_t cases;
};

static void finder_see(struct end_finder *f, const struct token *t) {
    f->last[2] = f->last[1];
    f->last[1] = f->last[0];
    f->last[0] = t->kind == TOKEN_WORD ? t->keyword : (uint16_t)NO_KEYWORD;
    if (!f->in_set) {
        bool execute_form = f->last[0] == KW_BEGIN && f->last[1] == KW_SET && f->last[2] == KW_STATEMENT;
        bool client_form = f->last[0] == KW_SET && f->last[1] == KW_STATEMENT && f->last[2] == KW_BEGIN;
        f->in_set = execute_form || client_form;
        f->cases = 0;
    } else if (f->last[0] == KW_CASE) {
        f->cases++;
    } else if (f->last[0] == KW_END) {
        if (f->cases == 0) f->in_set = false;
        else f->cases--;
    }
}

size_t parse_statement_end(struct str sql) {
    assert(sql.size_bytes < UINT32_MAX);
    struct lexer l = {.sql = sql};
    struct end_finder f = {{NO_KEYWORD, NO_KEYWORD, NO_KEYWORD}, false, 0};
    struct token t;
    for (;;) {
        lexer_next(&l, &t);
        if (t.kind == TOKEN_END || l.unterminated) return 0;
        finder_see(&f, &t);
        if (t.kind == TOKEN_SYMBOL && t.symbol == SYM_SEMICOLON && !f.in_set) return t.span.end;
    }
}
