/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_API_IMPLICIT_H
#define WEIR_API_IMPLICIT_H

#include "base/error.h"
#include "catalog/session.h"
#include "env/env.h"

/*
 * implicit: tables that a statement reads and nobody defined: `stdin`, and files named in back-ticks.
 * The statement is sql[span). They are added to the session's catalog as temporary tables; a name that
 * is neither is left to the binder, which says that there is no such table. with_stdin: is `stdin` one?
 */
enum status implicit_tables(struct session *session, struct env *env, struct str sql, struct span span, bool with_stdin, struct error *e);

#endif
