/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_completion: `weir completion SHELL` prints the completion script of bash, zsh or fish, made of the
 * rows that --help is made of. The installation puts the output where the shells look for it.
 */
#include "cli/commands.h"
#include "cli/talk.h"

#include <stdlib.h>

enum { EXIT_USAGE = 2 };

static bool belongs(const struct flag_row *f, const struct subcommand_row *c) { return (f->commands & c->bit) != 0; }

static void put_names(struct buf *out) {
    uint32_t count = 0;
    const struct subcommand_row *commands = args_commands(&count);
    for (uint32_t i = 0; i < count; i++)
        if (commands[i].name != NULL) buf_format(out, " %s", commands[i].name);
}

static void put_flags(struct buf *out, const struct subcommand_row *c) {
    uint32_t count = 0;
    const struct flag_row *flags = args_flags(&count);
    for (uint32_t i = 0; i < count; i++)
        if (belongs(&flags[i], c)) buf_format(out, " %s", flags[i].name);
    buf_text(out, " --help");
}

/* Quotes for single-quoted shell text: ' ends it, stands alone, and opens it again. */
static void put_quoted(struct buf *out, const char *text) {
    for (; *text != '\0'; text++) {
        if (*text == '\'') buf_text(out, "'\\''");
        else buf_char(out, *text);
    }
}

/* ---- bash ---------------------------------------------------------------------------------------------------- */

static void bash_values(struct buf *out, const struct subcommand_row *c, const char *name) {
    uint32_t count = 0;
    const struct flag_row *flags = args_flags(&count);
    for (uint32_t i = 0; i < count; i++) {
        const struct flag_row *f = &flags[i];
        if (!belongs(f, c) || f->argument == NULL) continue;
        if (f->values != NULL) buf_format(out, "        %s:%s) COMPREPLY=($(compgen -W '%s' -- \"$word\")); return ;;\n", name, f->name, f->values);
        else if (strcmp(f->argument, "DIR") == 0) buf_format(out, "        %s:%s) COMPREPLY=($(compgen -d -- \"$word\")); return ;;\n", name, f->name);
        else buf_format(out, "        %s:%s) return ;;\n", name, f->name);
    }
}

static void put_bash(struct buf *out) {
    uint32_t count = 0;
    const struct subcommand_row *commands = args_commands(&count);
    buf_text(out, "# bash completion of weir\n_weir() {\n    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]} names='");
    put_names(out);
    buf_text(out, "'\n    COMPREPLY=()\n    [ \"$COMP_CWORD\" -gt 1 ] && [[ \" $names \" == *\" $command \"* ]] || command=query\n    case $command:$before in\n");
    for (uint32_t i = 0; i < count; i++) bash_values(out, &commands[i], commands[i].name == NULL ? "query" : commands[i].name);
    buf_text(out, "    esac\n    case $word in\n        -*)\n            case $command in\n");
    for (uint32_t i = 0; i < count; i++) {
        buf_format(out, "                %s) COMPREPLY=($(compgen -W '", commands[i].name == NULL ? "query" : commands[i].name);
        put_flags(out, &commands[i]);
        buf_text(out, "' -- \"$word\")) ;;\n");
    }
    buf_text(out, "            esac ;;\n        *)\n            case $command in\n");
    buf_text(out, "                query) [ \"$COMP_CWORD\" -eq 1 ] && COMPREPLY=($(compgen -W \"$names\" -- \"$word\")) ;;\n");
    buf_text(out, "                help) COMPREPLY=($(compgen -W \"$names\" -- \"$word\")) ;;\n");
    buf_text(out, "                completion) COMPREPLY=($(compgen -W 'bash zsh fish' -- \"$word\")) ;;\n");
    for (uint32_t i = 0; i < count; i++)
        if (commands[i].files) buf_format(out, "                %s) COMPREPLY=($(compgen -f -- \"$word\")) ;;\n", commands[i].name);
    buf_text(out, "            esac ;;\n    esac\n}\ncomplete -o filenames -o bashdefault -F _weir weir\n");
}

/* ---- zsh ------------------------------------------------------------------------------------------------------ */

/* In a spec of _arguments brackets and colons must be escaped. */
static void zsh_doc(struct buf *out, const char *text) {
    for (; *text != '\0'; text++) {
        if (*text == '[' || *text == ']' || *text == ':' || *text == '\\') buf_char(out, '\\');
        if (*text == '\'') buf_text(out, "'\\''");
        else buf_char(out, *text);
    }
}

static void zsh_flags(struct buf *out, const struct subcommand_row *c) {
    uint32_t count = 0;
    const struct flag_row *flags = args_flags(&count);
    for (uint32_t i = 0; i < count; i++) {
        const struct flag_row *f = &flags[i];
        if (!belongs(f, c)) continue;
        buf_format(out, "            '*%s[", f->name);
        zsh_doc(out, f->doc);
        buf_char(out, ']');
        if (f->values != NULL) buf_format(out, ":%s:(%s)", f->argument, f->values);
        else if (f->argument != NULL) buf_format(out, ":%s:%s", f->argument, strcmp(f->argument, "DIR") == 0 ? "_directories" : "");
        buf_text(out, "' \\\n");
    }
    buf_text(out, "            '--help[show the options]'");
    if (c->files) buf_text(out, " \\\n            '*:file:_files'");
    else if (c->command == COMMAND_COMPLETION) buf_text(out, " \\\n            '*:shell:(bash zsh fish)'");
    buf_char(out, '\n');
}

static void put_zsh(struct buf *out) {
    uint32_t count = 0;
    const struct subcommand_row *commands = args_commands(&count);
    buf_text(out, "#compdef weir\n# zsh completion of weir\n_weir() {\n    local -a names\n    names=(\n");
    for (uint32_t i = 0; i < count; i++) {
        if (commands[i].name == NULL) continue;
        buf_format(out, "        '%s:", commands[i].name);
        zsh_doc(out, commands[i].doc);
        buf_text(out, "'\n");
    }
    buf_text(out, "    )\n    if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then\n        _describe command names\n        return\n    fi\n    case $words[2] in\n");
    for (uint32_t pass = 0; pass < 2; pass++) { /* the query, which is what is left, comes last */
        for (uint32_t i = 0; i < count; i++) {
            if ((commands[i].name == NULL) != (pass == 1)) continue;
            buf_format(out, "        %s) _arguments \\\n", pass == 1 ? "*" : commands[i].name);
            zsh_flags(out, &commands[i]);
            buf_text(out, "            ;;\n");
        }
    }
    buf_text(out, "    esac\n}\n_weir \"$@\"\n");
}

/* ---- fish ----------------------------------------------------------------------------------------------------- */

static void fish_flag(struct buf *out, const struct subcommand_row *c, const struct flag_row *f) {
    buf_text(out, "complete -c weir -n '");
    if (c->name == NULL) buf_text(out, "not __fish_seen_subcommand_from $__weir_commands");
    else buf_format(out, "__fish_seen_subcommand_from %s", c->name);
    buf_format(out, "' %s %s", f->name[1] == '-' ? "-l" : "-s", f->name + (f->name[1] == '-' ? 2 : 1));
    if (f->argument != NULL) buf_text(out, strcmp(f->argument, "DIR") == 0 ? " -r" : " -x");
    if (f->values != NULL) buf_format(out, " -a '%s'", f->values);
    buf_text(out, " -d '");
    put_quoted(out, f->doc);
    buf_text(out, "'\n");
}

static void put_fish(struct buf *out) {
    uint32_t count = 0, flag_count = 0;
    const struct subcommand_row *commands = args_commands(&count);
    const struct flag_row *flags = args_flags(&flag_count);
    buf_text(out, "# fish completion of weir\nset -g __weir_commands");
    put_names(out);
    buf_text(out, "\ncomplete -c weir -f\ncomplete -c weir -l help -d 'show the options'\n");
    for (uint32_t i = 0; i < count; i++) {
        const struct subcommand_row *c = &commands[i];
        if (c->name != NULL) {
            buf_format(out, "complete -c weir -n 'not __fish_seen_subcommand_from $__weir_commands' -a %s -d '", c->name);
            put_quoted(out, c->doc);
            buf_text(out, "'\n");
        }
        if (c->files) buf_format(out, "complete -c weir -n '__fish_seen_subcommand_from %s' -F\n", c->name);
        if (c->command == COMMAND_COMPLETION) buf_text(out, "complete -c weir -n '__fish_seen_subcommand_from completion' -a 'bash zsh fish'\n");
        for (uint32_t k = 0; k < flag_count; k++)
            if (belongs(&flags[k], c)) fish_flag(out, c, &flags[k]);
    }
}

int cmd_completion(struct env *env, const struct args *args) {
    static const struct { const char *shell; void (*put)(struct buf *out); } shells[] = {{"bash", put_bash}, {"zsh", put_zsh}, {"fish", put_fish}};
    struct str asked = args->words.count == 1 ? *(const struct str *)args->words.at[0] : STR("");
    for (size_t i = 0; i < sizeof shells / sizeof *shells; i++) {
        if (!str_equal(asked, str_of(shells[i].shell))) continue;
        struct buf out = BUF_INIT;
        struct error e = ERROR_INIT;
        shells[i].put(&out);
        enum status s = talk_out(env, &out, &e);
        buf_deinit(&out);
        return s == STATUS_OK ? EXIT_SUCCESS : EXIT_FAILURE;
    }
    talk_text(env, "weir: name one shell: bash, zsh or fish\n");
    return EXIT_USAGE;
}
