/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_CONNECTOR_PATH_PATTERN_H
#define WEIR_CONNECTOR_PATH_PATTERN_H

#include "base/arena.h"
#include "base/error.h"
#include "env/env.h"

/* path_pattern: paths that stand for several files: folders, and names with `*` and `?`. */

/* Does the text hold `*` or `?`? */
bool path_is_pattern(struct str s);
/* `*` and `?` within one name. */
bool name_matches(struct str pattern, struct str name);
/* Names that begin with `.` or `_` are not read. */
bool name_is_hidden(struct str name);
/* The folder's path, a slash where one is missing, and the name; in the arena. at == NULL: no memory. */
struct str path_join(struct arena *a, struct str folder, struct str name);
/* The first file, by name, that a path stands for; STATUS_NOT_FOUND. */
enum status path_first_file(struct env *env, struct arena *a, struct str path, struct str *ret, struct error *e);

#endif
