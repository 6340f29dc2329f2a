/* SPDX-License-Identifier: Apache-2.0 */
/*
 * foreign: a look-up in the table of what people know from MySQL, PostgreSQL, Oracle, Spark and their
 * like. Only error paths come here, so the table is scanned.
 */
#include "sql/foreign.h"

enum foreign_kind { FOREIGN_FUNCTION, FOREIGN_TYPE, FOREIGN_WORD, FOREIGN_STATEMENT, FOREIGN_SIGN };

static const struct foreign_row {
    enum foreign_kind kind;
    const char *name, *hint;
} rows[] = {
#define FOREIGN(kind, name, hint) {FOREIGN_##kind, name, hint},
#include "sql/foreign.def"
#undef FOREIGN
};

static const char *find(enum foreign_kind kind, struct str name) {
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].kind == kind && str_equal_ignore_case(name, str_of(rows[i].name))) return rows[i].hint;
    }
    return NULL;
}

const char *foreign_function(struct str name) { return find(FOREIGN_FUNCTION, name); }

const char *foreign_type(struct str name) { return find(FOREIGN_TYPE, name); }

const char *foreign_word(struct str word) { return find(FOREIGN_WORD, word); }

const char *foreign_statement(struct str word) { return find(FOREIGN_STATEMENT, word); }

const char *foreign_sign(char sign) { return find(FOREIGN_SIGN, (struct str){&sign, 1}); }
