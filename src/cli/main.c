/* SPDX-License-Identifier: Apache-2.0 */
/*
 * main: the program `weir`. Parses the command line and hands over to one command. Exit codes: 0 the
 * work is done, 1 it failed, 2 the command line was wrong.
 */
#include "base/alloc.h"
#include "cli/args.h"
#include "cli/commands.h"
#include "cli/talk.h"

#include <stdlib.h>

enum { EXIT_USAGE = 2 };

static void arm_failure(struct env *env) {
    struct str n = env_variable(env, "WEIR_FAIL_ALLOC");
    if (n.at != NULL) mem_fail_after(strtoll(n.at, NULL, 10));
}

static int dispatch(struct arena *a, struct env *env, const struct args *args) {
    switch (args->command) {
    case COMMAND_QUERY: return cmd_query(a, env, args);
    case COMMAND_RUN: return args->supervise ? cmd_supervise(a, env, args) : cmd_run(a, env, args);
    case COMMAND_EXPLAIN: return cmd_run(a, env, args);
    case COMMAND_TEST: return cmd_test(a, env, args);
    case COMMAND_HELP: return cmd_help(env, args);
    case COMMAND_VERSION: return cmd_version(env);
    case COMMAND_SUPPORT: return cmd_support(env);
    }
    return EXIT_FAILURE;
}

int main(int argc, char **argv) {
    struct env *env = env_posix_new();
    struct arena *a = arena_new("process", 0);
    struct args args;
    struct error e = ERROR_INIT;
    if (env == NULL || a == NULL) return EXIT_FAILURE;
    arm_failure(env);
    int code = EXIT_USAGE;
    if (args_parse(a, argc, argv, &args, &e) == STATUS_OK) {
        code = dispatch(a, env, &args);
    } else {
        talk_error(env, &e, STR("weir"), STR(""));
    }
    arena_free(a);
    env_free(env);
    return code;
}
