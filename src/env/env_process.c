/* SPDX-License-Identifier: Apache-2.0 */
/*
 * env_process: other processes: this program once more as a child (what supervision is made of), and a
 * command of the system's shell that reads what we write (a pager). A child starts with an empty signal mask
 * and, where it would be ignored, the default SIGPIPE; its end is waited for by the caller's thread.
 */
#include "env/env_internal.h"

#include "base/alloc.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

struct env_child {
    pid_t pid;
};

struct env_command {
    struct env_child child;
};

/* Spawns path with argv; input >= 0 becomes the child's stdin. */
static int spawn(const char *path, char *const *argv, int input, pid_t *ret) {
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_t actions;
    sigset_t none, defaults;
    sigemptyset(&none);
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    if (input >= 0) posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    int failed = posix_spawn(ret, path, &actions, &attributes, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return failed;
}

enum status env_child_start(struct env *env, char *const *argv, struct env_child **ret, struct error *e) {
    assert(argv != NULL && argv[0] != NULL);
    (void)env;
    struct env_child *c = mem_calloc(1, sizeof *c);
    if (c == NULL) return error_no_memory(e, sizeof *c);
    int failed = spawn("/proc/self/exe", argv, -1, &c->pid);
    if (failed != 0) {
        mem_free(c);
        return env_errno(e, failed, "start", "a child process");
    }
    *ret = c;
    return STATUS_OK;
}

/* Spawns with a pipe as its stdin, whose other end is *ret_input. */
static enum status spawn_reader(const char *path, char *const *argv, pid_t *ret_pid, struct env_file **ret_input, struct error *e) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0) return env_errno(e, errno, "make", "a pipe");
    int failed = spawn(path, argv, ends[0], ret_pid);
    close(ends[0]);
    if (failed != 0) {
        close(ends[1]);
        return env_errno(e, failed, "start", path);
    }
    *ret_input = env_file_new(ends[1], "a pipe");
    if (*ret_input != NULL) return STATUS_OK;
    close(ends[1]);
    waitpid(*ret_pid, NULL, 0);
    return error_no_memory(e, sizeof **ret_input);
}

enum status env_command_start(struct env *env, struct str command, struct env_command **ret, struct env_file **ret_input, struct error *e) {
    assert(env != NULL && command.at != NULL);
    char shell[] = "sh", flag[] = "-c";
    struct env_command *c = mem_calloc(1, sizeof *c + command.size_bytes + 1);
    if (c == NULL) return error_no_memory(e, sizeof *c);
    char *text = (char *)(c + 1);
    memcpy(text, command.at, command.size_bytes);
    char *argv[] = {shell, flag, text, NULL};
    enum status s = spawn_reader("/bin/sh", argv, &c->child.pid, ret_input, e);
    if (s == STATUS_OK) *ret = c;
    else mem_free(c);
    return s;
}

enum status env_command_run(struct env *env, struct str command, int *ret_code, struct error *e) {
    assert(env != NULL && command.at != NULL);
    char shell[] = "sh", flag[] = "-c";
    char *text = mem_calloc(1, command.size_bytes + 1);
    if (text == NULL) return error_no_memory(e, command.size_bytes);
    memcpy(text, command.at, command.size_bytes);
    char *argv[] = {shell, flag, text, NULL};
    struct env_child c = {0};
    int failed = spawn("/bin/sh", argv, -1, &c.pid);
    mem_free(text);
    if (failed != 0) return env_errno(e, failed, "start", "/bin/sh");
    *ret_code = env_child_wait(&c);
    return STATUS_OK;
}

int env_command_end(struct env *env, struct env_command *c, struct env_file *input) {
    assert(c != NULL);
    env_close(env, input);
    int code = env_child_wait(&c->child);
    mem_free(c);
    return code;
}

int env_child_wait(struct env_child *c) {
    int status = 0;
    while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR) {}
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void env_child_signal(struct env_child *c, int number) { kill(c->pid, number); }

void env_child_free(struct env_child *c) { mem_free(c); }
