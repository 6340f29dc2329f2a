/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pipe_latency: how long a row takes through a program that reads JSON lines from a pipe and writes one line
 * per row to another: from before the writer's write() to after the reader's read() of the whole line. One
 * row at a time, one every INTERVAL_US. Prints a JSON line with the median, the 99th percentile and the
 * largest of all rows behind the first ten, which include the program's start.
 *
 *   pipe_latency ROWS PROGRAM ARGUMENT...
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { INTERVAL_US = 10000, ANSWER_MS_MAX = 5000, ROWS_MAX = 1000000, ROWS_SKIPPED = 10, EXIT_USAGE = 2, EXIT_NO_PROGRAM = 127 };

struct child { pid_t pid; int in, out; };

static long long now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void sleep_until(long long at_ns) {
    struct timespec t = {.tv_sec = at_ns / 1000000000, .tv_nsec = at_ns % 1000000000};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR) {}
}

static bool child_start(struct child *c, char **argv) {
    int in[2], out[2];
    if (pipe(in) != 0 || pipe(out) != 0) return false;
    c->pid = fork();
    if (c->pid < 0) return false;
    if (c->pid == 0) {
        dup2(in[0], 0);
        dup2(out[1], 1);
        close(in[1]);
        close(out[0]);
        execvp(argv[0], argv);
        _exit(EXIT_NO_PROGRAM);
    }
    close(in[0]);
    close(out[1]);
    c->in = in[1];
    c->out = out[0];
    return true;
}

/* Sends one row and waits for its line. Negative: none came. */
static long long exchange_ns(const struct child *c, long number) {
    char row[128], answer[4096];
    int n = snprintf(row, sizeof row, "{\"id\":%ld,\"name\":\"row number %ld\",\"price\":%ld.25}\n", number, number, number % 1000);
    long long begin = now_ns();
    if (write(c->in, row, (size_t)n) != n) return -1;
    for (;;) {
        struct pollfd p = {.fd = c->out, .events = POLLIN};
        if (poll(&p, 1, ANSWER_MS_MAX) <= 0) return -1;
        ssize_t got = read(c->out, answer, sizeof answer);
        if (got <= 0) return -1;
        if (memchr(answer, '\n', (size_t)got) != NULL) return now_ns() - begin;
    }
}

static int by_size(const void *a, const void *b) {
    long long x = *(const long long *)a, y = *(const long long *)b;
    return (x > y) - (x < y);
}

static int child_end(struct child *c) {
    int state = 0;
    close(c->in);
    close(c->out);
    while (waitpid(c->pid, &state, 0) < 0 && errno == EINTR) {}
    return WIFEXITED(state) ? WEXITSTATUS(state) : EXIT_FAILURE;
}

int main(int argc, char **argv) {
    long rows = argc > 2 ? strtol(argv[1], NULL, 10) : 0;
    if (rows < 1 || rows > ROWS_MAX) {
        fputs("usage: pipe_latency ROWS PROGRAM ARGUMENT...\n", stderr);
        return EXIT_USAGE;
    }
    struct child c;
    long long *times = calloc((size_t)rows, sizeof *times);
    signal(SIGPIPE, SIG_IGN);
    if (times == NULL || !child_start(&c, argv + 2)) return EXIT_FAILURE;
    long long next = now_ns();
    for (long i = -ROWS_SKIPPED; i < rows; i++) {
        long long t = exchange_ns(&c, i + ROWS_SKIPPED);
        if (t < 0) {
            fprintf(stderr, "pipe_latency: no answer to row %ld\n", i + ROWS_SKIPPED);
            kill(c.pid, SIGKILL);
            child_end(&c);
            return EXIT_FAILURE;
        }
        if (i >= 0) times[i] = t;
        next += INTERVAL_US * 1000LL;
        sleep_until(next);
    }
    int code = child_end(&c);
    qsort(times, (size_t)rows, sizeof *times, by_size);
    printf("{\"rows\":%ld,\"p50_us\":%.1f,\"p99_us\":%.1f,\"max_us\":%.1f}\n", rows, (double)times[rows / 2] / 1e3,
           (double)times[(rows * 99 - 1) / 100] / 1e3, (double)times[rows - 1] / 1e3);
    free(times);
    return code;
}
