/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_CLI_TALK_H
#define WEIR_CLI_TALK_H

#include "base/buf.h"
#include "base/error.h"
#include "env/env.h"

/* talk: what is said on stderr; data goes to stdout only. Nothing here fails: a lost message is no error. */
void talk_text(struct env *env, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The error with its place in the SQL text (sql.at == NULL: none). */
void talk_error(struct env *env, const struct error *e, struct str name, struct str sql);
/* Writes buf to stdout. */
enum status talk_out(struct env *env, const struct buf *b, struct error *e);

#endif
