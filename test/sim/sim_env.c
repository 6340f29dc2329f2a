/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim_env: two file systems in one: `now` is what programs see, `durable` what survives a power
 * failure. A sync copies a file's bytes to its durable form, and its name, too. A rename is durable
 * at once, but its file's bytes only if they were synced. After a power failure a file that was not
 * synced has a random beginning of its newer bytes, and a name that was not synced is there or not.
 *
 * Everything follows from the seed and the order of calls. One thread.
 */
#include "sim/sim_env.h"

#include "base/alloc.h"
#include "base/hash.h"
#include "env/env_internal.h"

#include <assert.h>
#include <string.h>

struct sim_file {
    char *path;           /* of the entry; entries are files */
    char *bytes, *durable;
    uint64_t size, capacity, durable_size;
    bool is_durable;      /* the name survives */
    bool removed;         /* by the program; open handles still write into nothing */
    bool directory;
    uint32_t handles;
    struct sim_file *next;
};

struct sim {
    struct env env; /* first */
    struct env_ops ops;
    uint64_t random, calls, lies;
    int64_t now_ns;
    bool dead;
    struct sim_faults faults;
    struct sim_file *files;
};

static struct sim *sim_of(struct env *env) { return (struct sim *)env; }

static uint64_t next_random(struct sim *s) {
    s->random += UINT64_C(0x9e3779b97f4a7c15);
    return hash_u64(s->random);
}

static bool chance(struct sim *s, uint32_t ppm) { return ppm > 0 && next_random(s) % 1000000 < ppm; }

/* Every call to the disk passes here: it may be the one at which the power fails. */
static enum status disk(struct sim *s, bool may_fail, const char *path, struct error *e) {
    s->calls++;
    if (s->faults.crash_at != 0 && s->calls >= s->faults.crash_at) s->dead = true;
    if (s->dead) return error_set(e, STATUS_IO, "no power ('%s')", path);
    if (may_fail && chance(s, s->faults.fail_ppm)) return error_set(e, STATUS_IO, "the disk failed at '%s'", path);
    return STATUS_OK;
}

static struct sim_file *find(struct sim *s, const char *path) {
    for (struct sim_file *f = s->files; f != NULL; f = f->next)
        if (!f->removed && strcmp(f->path, path) == 0) return f;
    return NULL;
}

static char *text_copy(const char *text) {
    size_t n = strlen(text) + 1;
    char *copy = mem_alloc(n);
    assert(copy != NULL);
    memcpy(copy, text, n);
    return copy;
}

static struct sim_file *file_make(struct sim *s, const char *path, bool directory) {
    struct sim_file *f = mem_calloc(1, sizeof *f);
    assert(f != NULL);
    f->path = text_copy(path);
    f->directory = directory;
    f->is_durable = directory;
    f->next = s->files;
    s->files = f;
    return f;
}

static void file_drop(struct sim_file *f) {
    mem_free(f->path);
    mem_free(f->bytes);
    mem_free(f->durable);
    mem_free(f);
}

static void bytes_set(char **at, uint64_t *size, const char *from, uint64_t n) {
    mem_free(*at);
    *at = mem_alloc(n + 1);
    assert(*at != NULL);
    if (n > 0) memcpy(*at, from, n);
    *size = n;
}

/* ---- files ---- */

static enum status sim_open(struct env *env, const char *path, enum env_open how, struct env_file **ret, struct error *e) {
    struct sim *s = sim_of(env);
    TRY(disk(s, true, path, e));
    struct sim_file *f = find(s, path);
    if (f == NULL && how == ENV_READ) return error_set(e, STATUS_NOT_FOUND, "there is no '%s'", path);
    if (f == NULL) f = file_make(s, path, false);
    if (f->directory) return error_set(e, STATUS_IO, "'%s' is a folder", path);
    if (how == ENV_WRITE_NEW) f->size = 0;
    struct env_file *handle = env_file_new(-1, path);
    if (handle == NULL) return error_no_memory(e, sizeof *handle);
    handle->node = f;
    handle->append = how == ENV_APPEND;
    f->handles++;
    *ret = handle;
    return STATUS_OK;
}

static void sim_close(struct env *env, struct env_file *h) {
    (void)env;
    ((struct sim_file *)h->node)->handles--;
    env_file_free(h);
}

static enum status sim_read_at(struct env *env, struct env_file *h, uint64_t offset, void *bytes, size_t size, size_t *ret_size, struct error *e) {
    struct sim *s = sim_of(env);
    struct sim_file *f = h->node;
    TRY(disk(s, true, h->path, e));
    uint64_t left = offset < f->size ? f->size - offset : 0;
    size_t n = left < size ? (size_t)left : size;
    if (n > 1 && next_random(s) % 8 == 0) n = 1 + (size_t)(next_random(s) % n); /* a short read */
    if (n > 0) memcpy(bytes, f->bytes + offset, n);
    *ret_size = n;
    return STATUS_OK;
}

static enum status sim_read(struct env *env, struct env_file *h, void *bytes, size_t size, size_t *ret_size, struct error *e) {
    if (h->standard) {
        *ret_size = 0;
        return STATUS_OK;
    }
    TRY(sim_read_at(env, h, h->offset, bytes, size, ret_size, e));
    h->offset += *ret_size;
    return STATUS_OK;
}

static void put(struct sim_file *f, uint64_t offset, const void *bytes, size_t size) {
    if (offset + size > f->capacity) {
        f->capacity = (offset + size) * 2;
        f->bytes = mem_realloc(f->bytes, f->capacity);
        assert(f->bytes != NULL);
    }
    if (offset > f->size) memset(f->bytes + f->size, 0, offset - f->size);
    if (size > 0) memcpy(f->bytes + offset, bytes, size);
    if (offset + size > f->size) f->size = offset + size;
}

static enum status sim_write(struct env *env, struct env_file *h, const void *bytes, size_t size, struct error *e) {
    struct sim *s = sim_of(env);
    if (h->standard) return STATUS_OK;
    struct sim_file *f = h->node;
    uint64_t offset = h->append ? f->size : h->offset;
    enum status st = disk(s, true, h->path, e);
    if (st != STATUS_OK && !s->dead && size > 0) put(f, offset, bytes, (size_t)(next_random(s) % size)); /* torn */
    if (st != STATUS_OK) return st;
    put(f, offset, bytes, size);
    h->offset = offset + size;
    return STATUS_OK;
}

static enum status sim_sync(struct env *env, struct env_file *h, struct error *e) {
    struct sim *s = sim_of(env);
    if (h->standard) return STATUS_OK;
    struct sim_file *f = h->node;
    TRY(disk(s, true, h->path, e));
    size_t n = s->faults.lie_prefix.size_bytes;
    if (n > 0 && strlen(h->path) >= n && memcmp(h->path, s->faults.lie_prefix.at, n) == 0 && chance(s, s->faults.lie_ppm)) {
        s->lies++;
        return STATUS_OK;
    }
    bytes_set(&f->durable, &f->durable_size, f->bytes, f->size);
    f->is_durable = true;
    return STATUS_OK;
}

static enum status sim_truncate(struct env *env, struct env_file *h, uint64_t size, struct error *e) {
    struct sim_file *f = h->node;
    TRY(disk(sim_of(env), true, h->path, e));
    if (size > f->size) put(f, size, NULL, 0);
    f->size = size;
    h->offset = size;
    return STATUS_OK;
}

static enum status sim_size(struct env *env, struct env_file *h, uint64_t *ret, struct error *e) {
    TRY(disk(sim_of(env), false, h->path, e));
    *ret = ((struct sim_file *)h->node)->size;
    return STATUS_OK;
}

static bool sim_readable(struct env *env, struct env_file *h, int timeout_ms) {
    (void)env, (void)h, (void)timeout_ms;
    return true;
}

/* ---- names ---- */

static enum status sim_stat(struct env *env, const char *path, struct env_stat *ret, struct error *e) {
    struct sim *s = sim_of(env);
    TRY(disk(s, false, path, e));
    const struct sim_file *f = find(s, path);
    *ret = (struct env_stat){.kind = f == NULL ? ENV_MISSING : f->directory ? ENV_DIRECTORY : ENV_FILE, .size_bytes = f == NULL ? 0 : f->size};
    return STATUS_OK;
}

static enum status sim_list(struct env *env, struct arena *a, const char *path, struct list *names, struct error *e) {
    struct sim *s = sim_of(env);
    TRY(disk(s, true, path, e));
    size_t n = strlen(path);
    while (n > 1 && path[n - 1] == '/') n--;
    for (const struct sim_file *f = s->files; f != NULL; f = f->next) {
        if (f->removed || strncmp(f->path, path, n) != 0 || f->path[n] != '/' || strchr(f->path + n + 1, '/') != NULL) continue;
        struct str *name = ARENA_NEW(a, struct str);
        if (name == NULL) return error_no_memory(e, 0);
        *name = arena_str(a, str_of(f->path + n + 1));
        if (list_push(names, a, name) != STATUS_OK) return error_no_memory(e, 0);
    }
    return STATUS_OK;
}

static enum status sim_mkdir(struct env *env, const char *path, struct error *e) {
    struct sim *s = sim_of(env);
    TRY(disk(s, true, path, e));
    char clean[PATH_MAX];
    size_t n = strlen(path);
    while (n > 1 && path[n - 1] == '/') n--;
    memcpy(clean, path, n);
    clean[n] = 0;
    if (find(s, clean) == NULL) file_make(s, clean, true);
    return STATUS_OK;
}

static enum status sim_remove(struct env *env, const char *path, bool directory, struct error *e) {
    struct sim *s = sim_of(env);
    TRY(disk(s, true, path, e));
    struct sim_file *f = find(s, path);
    (void)directory;
    if (f != NULL) f->removed = true;
    return STATUS_OK;
}

static enum status sim_rename(struct env *env, const char *from, const char *to, struct error *e) {
    struct sim *s = sim_of(env);
    TRY(disk(s, true, from, e));
    struct sim_file *f = find(s, from), *old = find(s, to);
    if (f == NULL) return error_set(e, STATUS_NOT_FOUND, "there is no '%s'", from);
    if (old != NULL) old->removed = true;
    mem_free(f->path);
    f->path = text_copy(to);
    f->is_durable = true;
    return STATUS_OK;
}

/* ---- clock ---- */

static int64_t sim_monotonic(struct env *env) {
    struct sim *s = sim_of(env);
    s->now_ns += (int64_t)(next_random(s) % 400000);
    return s->now_ns;
}

static int64_t sim_wall(struct env *env) { return INT64_C(1700000000000000) + sim_of(env)->now_ns / 1000; }

static uint64_t sim_random(struct env *env) { return next_random(sim_of(env)); }

/* ---- life ---- */

static void sim_free(struct env *env) {
    struct sim *s = sim_of(env);
    for (struct sim_file *f = s->files; f != NULL;) {
        struct sim_file *next = f->next;
        file_drop(f);
        f = next;
    }
    mem_free(s);
}

struct env *sim_env_new(uint64_t seed) {
    struct sim *s = mem_calloc(1, sizeof *s);
    if (s == NULL) return NULL;
    s->random = hash_u64(seed + 1);
    s->now_ns = 1000000000;
    s->ops = (struct env_ops){.free = sim_free, .wall_us = sim_wall, .monotonic_ns = sim_monotonic, .random = sim_random, .open = sim_open,
                              .close = sim_close, .read_at = sim_read_at, .read = sim_read, .write = sim_write, .sync = sim_sync,
                              .truncate = sim_truncate, .size = sim_size, .readable = sim_readable, .stat = sim_stat, .list = sim_list,
                              .mkdir = sim_mkdir, .rename = sim_rename, .remove = sim_remove};
    env_init(&s->env, &s->ops);
    file_make(s, "/", true);
    return &s->env;
}

void sim_env_faults(struct env *env, const struct sim_faults *f) {
    struct sim *s = sim_of(env);
    s->faults = *f;
    if (f->crash_at != 0) s->faults.crash_at = s->calls + f->crash_at;
}

bool sim_env_is_dead(const struct env *env) { return ((const struct sim *)env)->dead; }
uint64_t sim_env_lies(const struct env *env) { return ((const struct sim *)env)->lies; }
void sim_env_advance_ms(struct env *env, int64_t ms) { sim_of(env)->now_ns += ms * 1000000; }

/* What a file has after the power failed: its durable bytes, and maybe some of the later ones. */
static void file_revive(struct sim *s, struct sim_file *f) {
    uint64_t keep = f->size > f->durable_size ? f->durable_size + next_random(s) % (f->size - f->durable_size + 1) : f->durable_size;
    bool prefix = f->size >= f->durable_size && (f->durable_size == 0 || memcmp(f->bytes, f->durable, f->durable_size) == 0);
    if (!prefix) {
        put(f, 0, f->durable, f->durable_size);
        keep = f->durable_size;
    }
    f->size = keep;
    bytes_set(&f->durable, &f->durable_size, f->bytes, f->size);
    f->is_durable = true;
}

void sim_env_revive(struct env *env) {
    struct sim *s = sim_of(env);
    s->dead = false;
    s->faults = (struct sim_faults){0};
    struct sim_file **at = &s->files;
    while (*at != NULL) {
        struct sim_file *f = *at;
        assert(f->handles == 0);
        if (f->removed || (!f->is_durable && next_random(s) % 2 == 0)) {
            *at = f->next;
            file_drop(f);
            continue;
        }
        if (!f->directory) file_revive(s, f);
        at = &f->next;
    }
}
