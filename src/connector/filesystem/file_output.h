/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_CONNECTOR_FILESYSTEM_FILE_OUTPUT_H
#define WEIR_CONNECTOR_FILESYSTEM_FILE_OUTPUT_H

#include "base/arena.h"
#include "base/buf.h"
#include "io/sink.h"

/*
 * file_output: one file that is written by a sink, whose blocking calls are jobs (io/sink.h): they happen
 * in the order of the calls here, maybe later and on another thread. Only reopen, for restores, is done
 * at once.
 */
struct file_output;

/* Nothing happens yet. directory ends with '/'; both texts must outlive it. */
enum status file_output_new(const struct sink_context *c, struct str directory, struct str path, struct file_output **ret, struct error *e);
/* Makes the folder and an empty file. */
enum status file_output_create(struct file_output *o, struct error *e);
/* Takes the bytes over and leaves an empty buffer. */
enum status file_output_write(struct file_output *o, struct buf *bytes, struct error *e);
enum status file_output_sync(struct file_output *o, struct error *e);
enum status file_output_close(struct file_output *o, struct error *e);
/* Goes on with a file that is there, cut to its first `length` bytes. */
enum status file_output_reopen(struct file_output *o, uint64_t length, struct error *e);
/* When all jobs are done: closes what is still open. */
void file_output_drop(struct file_output *o);

#endif
