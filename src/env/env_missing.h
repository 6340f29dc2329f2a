/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_ENV_ENV_MISSING_H
#define WEIR_ENV_ENV_MISSING_H

#include "env/env.h"

/*
 * The error "There is no file or folder 'path'", STATUS_NOT_FOUND, and what helps: which folder of the path
 * is missing, or the file beside it with a similar name.
 */
enum status env_missing(struct env *env, struct str path, struct error *e);

#endif
