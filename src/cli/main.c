/* SPDX-License-Identifier: Apache-2.0 */
/*
 * main: the program `weir`. Parses the command line and hands over to one command. Exit codes: 0 the
 * work is done, 1 it failed, 2 the command line was wrong.
 */
#include "base/alloc.h"
#include "cli/args.h"
#include "cli/commands.h"
#include "cli/talk.h"
#include "env/env_fault.h"

#include <stdlib.h>

enum { EXIT_USAGE = 2 };

/* Test instruments: WEIR_FAIL_SYSCALL=n fails the nth call of env's file functions ("n+": and all after it),
 * WEIR_FAIL_ALLOC=n the nth allocation and all after it. */
static enum status arm_failures(struct env *env, struct error *e) {
    struct str n = env_variable(env, "WEIR_FAIL_SYSCALL");
    long long call = n.at == NULL ? 0 : strtoll(n.at, NULL, 10);
    if (call > 0) TRY(env_fail_after(env, call, n.at[n.size_bytes - 1] == '+', e));
    n = env_variable(env, "WEIR_FAIL_ALLOC");
    if (n.at != NULL) mem_fail_after(strtoll(n.at, NULL, 10));
    return STATUS_OK;
}

static int dispatch(struct arena *a, struct env *env, const struct args *args) {
    switch (args->command) {
    case COMMAND_QUERY: return cmd_query(a, env, args);
    case COMMAND_RUN: return args->supervise ? cmd_supervise(a, env, args) : cmd_run(a, env, args);
    case COMMAND_EXPLAIN: return cmd_run(a, env, args);
    case COMMAND_TEST: return cmd_test(a, env, args);
    case COMMAND_HELP: return cmd_help(env, args);
    case COMMAND_VERSION: return cmd_version(env);
    case COMMAND_SUPPORT: return args->functions ? cmd_support_functions(env) : cmd_support(env);
    case COMMAND_CHECK: return cmd_check(a, env, args);
    case COMMAND_COMPLETION: return cmd_completion(env, args);
    case COMMAND_MANUAL: return cmd_manual(env);
    }
    return EXIT_FAILURE;
}

int main(int argc, char **argv) {
    struct env *env = env_posix_new();
    struct arena *a = arena_new("process", 0);
    struct args args;
    struct error e = ERROR_INIT;
    if (env == NULL || a == NULL) return EXIT_FAILURE;
    enum status s = arm_failures(env, &e);
    if (s == STATUS_OK) s = args_parse(a, argc, argv, &args, &e);
    int code = status_class(s) == STATUS_CLASS_USER ? EXIT_USAGE : EXIT_FAILURE;
    if (s == STATUS_OK) {
        code = dispatch(a, env, &args);
    } else {
        talk_error(env, &e, STR("weir"), STR(""));
    }
    arena_free(a);
    env_free(env);
    return code;
}
