/* SPDX-License-Identifier: Apache-2.0 */
/*
 * env_process: this program once more as a child: what supervision is made of. The child starts with
 * an empty signal mask; its end is waited for by the caller's thread.
 */
#include "env/env_internal.h"

#include "base/alloc.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

struct env_child {
    pid_t pid;
};

enum status env_child_start(struct env *env, char *const *argv, struct env_child **ret, struct error *e) {
    assert(argv != NULL && argv[0] != NULL);
    (void)env;
    struct env_child *c = mem_calloc(1, sizeof *c);
    if (c == NULL) return error_no_memory(e, sizeof *c);
    posix_spawnattr_t attributes;
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    int failed = posix_spawn(&c->pid, "/proc/self/exe", NULL, &attributes, argv, environ);
    posix_spawnattr_destroy(&attributes);
    if (failed != 0) {
        mem_free(c);
        return env_errno(e, failed, "start", "a child process");
    }
    *ret = c;
    return STATUS_OK;
}

int env_child_wait(struct env_child *c) {
    int status = 0;
    while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR) {}
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void env_child_signal(struct env_child *c, int number) { kill(c->pid, number); }

void env_child_free(struct env_child *c) { mem_free(c); }
