/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_SHELL_COMPLETE_H
#define WEIR_SHELL_COMPLETE_H

#include "catalog/session.h"
#include "env/env.h"
#include "shell/editor.h"

/*
 * complete: what can stand at the cursor of a statement that is being typed: statements and keywords, catalogs,
 * databases and tables, columns of the tables that the statement names (also before the cursor has passed
 * them) and fields of rows, functions with their signature, option keys and values in WITH, OPTIONS and SET,
 * file names in back-ticks, and the shell's commands. Everything comes from the engine's own tables.
 */
void complete(struct session *session, struct env *env, struct arena *a, struct str text, size_t cursor, struct completion *ret);

/* The signature of the function whose parentheses the cursor stands in; empty: none. */
struct str complete_signature(struct arena *a, struct str text, size_t cursor);

#endif
