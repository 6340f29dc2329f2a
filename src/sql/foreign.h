/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_SQL_FOREIGN_H
#define WEIR_SQL_FOREIGN_H

#include "base/str.h"

/*
 * foreign: what other systems write, and what Flink SQL writes instead: the rows of foreign.def.
 * Each answer completes "hint: "; NULL when nothing is known. Names are compared without case.
 */
const char *foreign_function(struct str name);
const char *foreign_type(struct str name);
/* A word in the middle of a statement, where Flink's grammar has no place for it. */
const char *foreign_word(struct str word);
/* The first word of a statement that Flink SQL does not have. */
const char *foreign_statement(struct str word);
/* A sign that Flink's grammar has no place for, by its first character. */
const char *foreign_sign(char sign);

#endif
