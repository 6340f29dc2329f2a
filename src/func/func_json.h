/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_FUNC_FUNC_JSON_H
#define WEIR_FUNC_FUNC_JSON_H

/*
 * How the SQL/JSON functions are called by name: (json, path, code, default on empty, default on
 * error), where code is an INT literal made of the three clauses, and the type asked for by
 * RETURNING is the call's target (func_bind.target).
 */
enum json_on {
    JSON_ON_NULL, JSON_ON_ERROR, JSON_ON_DEFAULT, JSON_ON_EMPTY_ARRAY, JSON_ON_EMPTY_OBJECT, JSON_ON_TRUE, JSON_ON_FALSE,
};
enum json_wrapper { JSON_WITHOUT_WRAPPER, JSON_CONDITIONAL_WRAPPER, JSON_WRAPPER };

#define JSON_CODE(on_empty, on_error, wrapper) ((int)(on_empty) | (int)(on_error) << 4 | (int)(wrapper) << 8)

#endif
