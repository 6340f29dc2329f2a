/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_CLI_COMMANDS_H
#define WEIR_CLI_COMMANDS_H

#include "cli/args.h"
#include "env/env.h"

/* The commands, one file cmd_<name>.c each; they return the exit code. */
int cmd_query(struct arena *a, struct env *env, const struct args *args);
int cmd_shell(struct arena *a, struct env *env, const struct args *args);
int cmd_run(struct arena *a, struct env *env, const struct args *args);  /* also explain */
int cmd_supervise(struct arena *a, struct env *env, const struct args *args); /* run --supervise */
int cmd_test(struct arena *a, struct env *env, const struct args *args);
int cmd_help(struct env *env, const struct args *args);
int cmd_version(struct env *env);
int cmd_support(struct env *env);
int cmd_support_functions(struct env *env);
int cmd_check(struct arena *a, struct env *env, const struct args *args);
int cmd_completion(struct env *env, const struct args *args);
int cmd_manual(struct env *env);

#endif
