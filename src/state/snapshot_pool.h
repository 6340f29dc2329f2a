/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_STATE_SNAPSHOT_POOL_H
#define WEIR_STATE_SNAPSHOT_POOL_H

struct snapshot_pool;
void snapshot_pool_free(struct snapshot_pool *p);

#endif
