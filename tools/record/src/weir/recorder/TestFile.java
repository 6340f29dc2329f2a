// SPDX-License-Identifier: Apache-2.0
package weir.recorder;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A .test file: comments, then cases, each a list of sections.  See docs/development.md for the format. */
final class TestFile {
    /** A directive and the lines below it; blank lines at both ends are not kept. */
    static final class Section {
        final String name;
        final String argument;
        List<String> lines = new ArrayList<>();

        Section(String name, String argument) {
            this.name = name;
            this.argument = argument;
        }

        boolean is(String other) {
            return name.equals(other);
        }

        String text() {
            return String.join("\n", lines);
        }

        void trim() {
            while (!lines.isEmpty() && lines.get(0).isBlank()) lines.remove(0);
            while (!lines.isEmpty() && lines.get(lines.size() - 1).isBlank()) lines.remove(lines.size() - 1);
        }
    }

    static final class Case {
        final String name;
        List<Section> sections = new ArrayList<>(); // the first is %case itself

        Case(String name) {
            this.name = name;
        }

        String argument(String directive, String otherwise) {
            for (Section s : sections) if (s.is(directive)) return s.argument;
            return otherwise;
        }

        boolean has(String directive) {
            return argument(directive, null) != null;
        }
    }

    final Path path;
    final List<String> head = new ArrayList<>();
    final List<Case> cases = new ArrayList<>();

    private TestFile(Path path) {
        this.path = path;
    }

    static TestFile read(Path path) throws IOException {
        TestFile f = new TestFile(path);
        Section at = null;
        for (String line : Files.readAllLines(path)) {
            if (!line.startsWith("%")) {
                (at == null ? f.head : at.lines).add(line);
                continue;
            }
            String[] words = line.substring(1).trim().split("\\s+", 2);
            at = new Section(words[0], words.length > 1 ? words[1].trim() : "");
            if (at.is("case")) f.cases.add(new Case(at.argument));
            if (f.cases.isEmpty()) throw new IOException(path + ": '" + line + "' before the first %case");
            f.cases.get(f.cases.size() - 1).sections.add(at);
        }
        for (Case c : f.cases) for (Section s : c.sections) s.trim();
        while (!f.head.isEmpty() && f.head.get(f.head.size() - 1).isBlank()) f.head.remove(f.head.size() - 1);
        return f;
    }

    String text() {
        StringBuilder b = new StringBuilder();
        for (String l : head) b.append(l).append('\n');
        for (Case c : cases) {
            b.append('\n');
            for (Section s : c.sections) {
                b.append('%').append(s.name).append(s.argument.isEmpty() ? "" : " " + s.argument).append('\n');
                for (String l : s.lines) b.append(l).append('\n');
            }
        }
        return b.toString();
    }

    /** Written only if something changed. */
    void write() throws IOException {
        String now = text();
        if (!Files.readString(path).equals(now)) Files.writeString(path, now);
    }
}
