/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_RUNTIME_STORE_H
#define WEIR_RUNTIME_STORE_H

#include "env/env.h"
#include "runtime/manifest.h"
#include "runtime/restore.h"

/*
 * store: checkpoints in a directory: <dir>/chk-<epoch>/ holds `state` (the states of all subtasks,
 * one behind the other) and `manifest`, which is written last and published by one rename. A folder
 * without a manifest is no checkpoint. Savepoints have the same form under a name of their own.
 */

/* Writes and publishes folder; runs on a helper thread. *ret_bytes: what it takes. */
enum status store_write(struct env *env, struct str folder, const struct manifest *m, uint64_t *ret_bytes, struct error *e);
/* Reads one checkpoint and checks every checksum. */
enum status store_read(struct env *env, struct str folder, struct restore **ret, struct error *e);
/* From bytes in memory (copied). */
enum status store_decode(struct env *env, struct str bytes, struct restore **ret, struct error *e);
/*
 * The newest good checkpoint in dir (or dir itself when it is one); *ret NULL when there is none. Those that are
 * damaged are skipped, each told by note.
 */
enum status store_newest(struct env *env, struct str dir, void (*note)(void *context, struct str text), void *context, struct restore **ret, struct error *e);
/* The savepoint last made among those in dir (the folder that they are written below); *ret NULL when there is none. */
enum status store_newest_savepoint(struct env *env, struct str dir, struct restore **ret, struct error *e);
/* The highest number of any checkpoint folder in dir, published or not; 0: none. */
enum status store_last_epoch(struct env *env, struct str dir, uint64_t *ret, struct error *e);
/* Every published checkpoint in dir, oldest first: its number and parts (valid during the call). */
enum status store_published(struct env *env, struct str dir, void (*each)(void *context, uint64_t epoch, const struct list *parts), void *context, struct error *e);
struct str store_folder(struct arena *a, struct str dir, uint64_t epoch);

struct restore {
    struct env *env;
    struct arena *arena;
    struct str folder;        /* at == NULL: in memory */
    struct manifest manifest;
};
void restore_free(struct restore *r);
/* The file that a part lies in; checked to be long enough. */
enum status restore_open_part(const struct restore *r, const struct part *p, struct env_file **ret, struct error *e);
/* Reads a piece of a page file and compares its checksum. */
enum status restore_pages_check(const struct restore *r, const struct part *p, struct error *e);
/* The bytes of a state part, checked. */
enum status restore_bytes(const struct restore *r, const struct part *p, struct buf *out, struct error *e);
uint64_t restore_epoch(const struct restore *r);
const struct list *restore_parts(const struct restore *r);
struct str restore_folder(const struct restore *r);

#endif
