/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_ENV_ENV_FAULT_H
#define WEIR_ENV_ENV_FAULT_H

#include "env/env.h"

/*
 * A fault point at the door: from now on the nth call of the file functions (1 = the next) fails as an
 * input/output error before it does anything; with `forever` all after it fail too, as on a disk that is
 * gone. stderr is spared, so that the failure can be told. At most once per environment, before threads start.
 */
enum status env_fail_after(struct env *env, int64_t n, bool forever, struct error *e);

#endif
