/* SPDX-License-Identifier: Apache-2.0 */
/*
 * env_terminal: the terminal in front of a person: its modes, its size, and waiting for what is typed. A
 * change of size arrives as a descriptor (SIGWINCH is blocked everywhere and read from a signalfd), a wake
 * from another thread as another one (an eventfd), so that one poll waits for all three and no handler runs.
 * What is read and written goes through env_stdin and env_stdout.
 */
#include "env/env_internal.h"

#include "base/alloc.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

enum { ROWS_DEFAULT = 24, COLUMNS_DEFAULT = 80, SIZE_MAX_CELLS = 10000 };

struct env_terminal {
    struct env *env;
    struct termios found;
    bool typed;          /* stdin is a terminal too: it has modes */
    enum terminal_mode mode;
    int resized, woken; /* signalfd, eventfd */
};

enum status env_terminal_open(struct env *env, struct env_terminal **ret, struct error *e) {
    assert(env != NULL && ret != NULL);
    struct env_terminal *t = mem_calloc(1, sizeof *t);
    if (t == NULL) return error_no_memory(e, sizeof *t);
    t->env = env;
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGWINCH);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    t->resized = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    t->woken = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    int failed = t->resized < 0 || t->woken < 0 ? errno : 0;
    t->typed = tcgetattr(STDIN_FILENO, &t->found) == 0;
    if (failed != 0) {
        env_terminal_close(t);
        return env_errno(e, failed, "use", "the terminal");
    }
    *ret = t;
    return STATUS_OK;
}

static int set_modes(const struct termios *modes) {
    int failed = 0;
    do failed = tcsetattr(STDIN_FILENO, TCSADRAIN, modes);
    while (failed < 0 && errno == EINTR);
    return failed < 0 ? errno : 0;
}

void env_terminal_close(struct env_terminal *t) {
    if (t == NULL) return;
    if (t->mode != TERMINAL_PLAIN) set_modes(&t->found);
    if (t->resized >= 0) close(t->resized);
    if (t->woken >= 0) close(t->woken);
    mem_free(t);
}

enum status env_terminal_set(struct env_terminal *t, enum terminal_mode mode, struct error *e) {
    assert(mode <= TERMINAL_WATCH);
    struct termios modes = t->found;
    if (t->mode == mode || !t->typed) return STATUS_OK;
    if (mode != TERMINAL_PLAIN) {
        modes.c_lflag &= (tcflag_t) ~(ICANON | ECHO | IEXTEN);
        modes.c_cc[VMIN] = 1;
        modes.c_cc[VTIME] = 0;
    }
    if (mode == TERMINAL_KEYS) {
        modes.c_lflag &= (tcflag_t)~ISIG;
        modes.c_iflag &= (tcflag_t) ~(IXON | ICRNL | INLCR | IGNCR | ISTRIP);
    }
    int failed = set_modes(&modes);
    if (failed != 0) return env_errno(e, failed, "set the modes of", "the terminal");
    t->mode = mode;
    return STATUS_OK;
}

void env_terminal_size(const struct env_terminal *t, uint32_t *ret_rows, uint32_t *ret_columns) {
    assert(t != NULL);
    struct winsize size = {0};
    bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0;
    *ret_rows = known && size.ws_row > 0 && size.ws_row <= SIZE_MAX_CELLS ? size.ws_row : ROWS_DEFAULT;
    *ret_columns = known && size.ws_col > 0 && size.ws_col <= SIZE_MAX_CELLS ? size.ws_col : COLUMNS_DEFAULT;
}

/* Empties a descriptor that says only that something happened. */
static void drain(int fd) {
    char bytes[sizeof(struct signalfd_siginfo)];
    while (read(fd, bytes, sizeof bytes) > 0) {}
}

enum terminal_event env_terminal_wait(struct env_terminal *t, int timeout_ms) {
    assert(t->mode != TERMINAL_PLAIN || timeout_ms < 0);
    struct pollfd p[] = {{.fd = t->woken, .events = POLLIN}, {.fd = t->resized, .events = POLLIN}, {.fd = STDIN_FILENO, .events = POLLIN}};
    struct env_file *in = env_stdin(t->env);
    if (in->ahead_at < in->ahead_bytes) return TERMINAL_INPUT;
    int n = 0;
    do n = poll(p, sizeof p / sizeof p[0], timeout_ms);
    while (n < 0 && errno == EINTR);
    if (n <= 0) return TERMINAL_TIMEOUT;
    if (p[0].revents != 0) {
        drain(t->woken);
        return TERMINAL_WOKEN;
    }
    if (p[1].revents != 0) {
        drain(t->resized);
        return TERMINAL_RESIZED;
    }
    return TERMINAL_INPUT;
}

void env_terminal_wake(struct env_terminal *t) {
    uint64_t one = 1;
    ssize_t ignored = write(t->woken, &one, sizeof one);
    (void)ignored;
}

void env_terminal_suspend(struct env_terminal *t) {
    assert(t != NULL);
    enum terminal_mode mode = t->mode;
    struct error ignored = ERROR_INIT;
    (void)env_terminal_set(t, TERMINAL_PLAIN, &ignored);
    kill(0, SIGTSTP);
    (void)env_terminal_set(t, mode, &ignored);
}
