/* SPDX-License-Identifier: Apache-2.0 */
/*
 * measure: runs a program and says what it cost, in one JSON line per run:
 *
 *   measure [-n TIMES] PROGRAM ARGUMENT...
 *   {"exit":0,"wall_us":1234,"user_us":900,"sys_us":100,"rss_kb":9000}
 *
 * The program's own output goes to /dev/null, its errors stay. CPU time and the peak of resident memory are the
 * kernel's (wait4), of the whole process with all of its threads. A small program of its own, because the
 * peak of a child counts what its parent had resident when it forked.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { EXIT_USAGE = 2, EXIT_NO_PROGRAM = 127 };

static long long now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

static long long micros(struct timeval t) { return t.tv_sec * 1000000LL + t.tv_usec; }

static void become(char **argv) {
    int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (nowhere < 0 || dup2(nowhere, 0) < 0 || dup2(nowhere, 1) < 0) _exit(EXIT_NO_PROGRAM);
    execvp(argv[0], argv);
    fprintf(stderr, "measure: cannot run %s (errno %d)\n", argv[0], errno);
    _exit(EXIT_NO_PROGRAM);
}

static int run_once(char **argv) {
    struct rusage used;
    int state = 0;
    long long begin = now_us();
    pid_t child = fork();
    if (child < 0) return EXIT_FAILURE;
    if (child == 0) become(argv);
    while (wait4(child, &state, 0, &used) < 0) {
        if (errno != EINTR) return EXIT_FAILURE;
    }
    int code = WIFEXITED(state) ? WEXITSTATUS(state) : 128 + WTERMSIG(state);
    printf("{\"exit\":%d,\"wall_us\":%lld,\"user_us\":%lld,\"sys_us\":%lld,\"rss_kb\":%ld}\n", code, now_us() - begin,
           micros(used.ru_utime), micros(used.ru_stime), used.ru_maxrss);
    fflush(stdout);
    return code;
}

int main(int argc, char **argv) {
    long times = 1;
    int first = 1;
    if (argc > 3 && strcmp(argv[1], "-n") == 0) {
        times = strtol(argv[2], NULL, 10);
        first = 3;
    }
    if (argc <= first || times < 1) {
        fputs("usage: measure [-n TIMES] PROGRAM ARGUMENT...\n", stderr);
        return EXIT_USAGE;
    }
    int code = 0;
    for (long i = 0; i < times && code == 0; i++) code = run_once(argv + first);
    return code;
}
