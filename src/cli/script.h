/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_CLI_SCRIPT_H
#define WEIR_CLI_SCRIPT_H

#include "cli/args.h"
#include "env/env.h"
#include "plan/plan.h"
#include "runtime/runtime.h"

/*
 * script: runs the statements of one SQL text in order, in one session: what `weir "SQL"`,
 * `weir run` and `weir explain` share.
 */
struct script;

/* name is the file's, or "<command line>", for errors. */
enum status script_new(struct arena *a, struct env *env, const struct args *args, struct str name, struct script **ret, struct error *e);
void script_free(struct script *s);
/* Parses and runs the text. On failure the error has been printed to stderr already. */
enum status script_run(struct script *s, struct str sql);
/* The same of a part of a larger text, so that errors name the larger text's lines. name.at == NULL: the script's. */
enum status script_run_part(struct script *s, struct str name, struct str all, size_t from, size_t size);
/*
 * From now on a person watches: results go to the view (lent; NULL: not any more). talks: it is a session, in which
 * definitions are answered and a stop ends one statement only.
 */
struct view;
void script_watch(struct script *s, struct view *view, bool talks);
struct session *script_session(struct script *s);
/* From any thread: the running job ends as on SIGTERM. A second call cancels. */
void script_stop(struct script *s);

/* One ${NAME} of a text: where its value stands in the replaced text, and where it stood itself. */
struct variable_use {
    struct span value, written;
    struct str name;
};

/* Replaces ${NAME} and ${NAME:default}; an unknown name without default is an error, placed in `text`. ret_uses: struct variable_use. */
enum status script_variables(struct arena *a, struct str text, const struct list *variables, struct env *env, struct str *ret, struct list *ret_uses,
                             struct error *e);
/* Moves an error from the replaced text to the text as it was written; an error inside of a value gets the value as its note. */
void script_place(struct error *e, struct str sql, const struct list *uses);
/* A file's text without the byte order mark that some editors put before it. */
struct str script_text(struct str file);
/* The word of a SET for --set, without quotes. */
enum status script_settings(struct session *session, const struct list *settings, struct error *e);

#endif
