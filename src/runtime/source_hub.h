/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_RUNTIME_SOURCE_HUB_H
#define WEIR_RUNTIME_SOURCE_HUB_H

#include "runtime/attempt.h"
#include "runtime/part.h"
#include "runtime/source_slot.h"

/* What the enumerators know and the splits that nobody reads yet: at the moment a checkpoint starts. */
enum status hubs_part(struct attempt *at, struct task_part *out, struct error *e);

#endif
