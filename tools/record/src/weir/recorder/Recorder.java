// SPDX-License-Identifier: Apache-2.0
package weir.recorder;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import weir.recorder.TestFile.Case;
import weir.recorder.TestFile.Section;

/**
 * Runs the cases of .test files on real Flink, each in a session and a folder of its own, and writes down or compares
 * what Flink answers.  Every recorded case runs twice: one whose two answers differ is reported as unstable.
 */
public final class Recorder {
    private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    private static final String FLINK = "# flink: ";
    private static final int MESSAGE_MAX = 300;
    private int cases;
    private int problems;

    public static void main(String[] args) throws Exception {
        List<String> names = new ArrayList<>(Arrays.asList(args));
        boolean verify = names.remove("--verify");
        boolean missing = names.remove("--missing");
        boolean sql = names.remove("--sql");
        if (names.isEmpty()) {
            System.err.println("record [--verify | --missing | --sql] FILE|DIR...");
            Runtime.getRuntime().halt(2);
        }
        Session.startCluster();
        Recorder r = new Recorder();
        for (Path p : files(names)) {
            if (sql) script(p);
            else r.file(p, verify, missing);
        }
        if (!sql) OUT.println(r.cases + " cases, " + r.problems + (verify ? " differ" : " to look at"));
        OUT.flush();
        Runtime.getRuntime().halt(r.problems > 0 && verify ? 1 : 0); // nothing to save: skip the orderly shutdown
    }

    private static List<Path> files(List<String> names) throws IOException {
        List<Path> found = new ArrayList<>();
        for (String n : names) {
            if (!Files.isDirectory(Path.of(n))) {
                found.add(Path.of(n));
                continue;
            }
            try (Stream<Path> walk = Files.walk(Path.of(n))) {
                walk.filter(p -> p.toString().endsWith(".test")).sorted().forEach(found::add);
            }
        }
        return found;
    }

    private static void script(Path file) throws IOException {
        Session session = new Session();
        for (String sql : Script.statements(Files.readString(file))) {
            OUT.println("> " + sql);
            try {
                for (String line : session.run(sql)) OUT.println(line);
            } catch (Throwable e) {
                OUT.println("! " + message(e, Path.of("/nonexistent")));
            }
        }
    }

    private void file(Path path, boolean verify, boolean missing) throws IOException {
        TestFile f = TestFile.read(path);
        for (Case c : f.cases) {
            if (c.argument("origin", "flink").equals("weir")) continue;
            if (missing && complete(c)) continue;
            cases++;
            List<Section> once = run(path, c);
            if (once == null) continue;
            if (verify) {
                compare(path, c, once, "");
                continue;
            }
            keepEqual(c, once);
            List<Section> old = c.sections;
            c.sections = once;
            List<Section> twice = run(path, c);
            if (twice != null) compare(path, c, twice, "unstable: ");
            if (twice == null) c.sections = old;
        }
        if (!verify) f.write();
    }

    private static boolean complete(Case c) {
        List<Section> s = c.sections;
        for (int i = 0; i < s.size(); i++) {
            Section next = i + 1 < s.size() ? s.get(i + 1) : null;
            boolean answered = next != null && (next.is("expect") || next.is("fails"));
            if (s.get(i).is("query") && !answered) return false;
            if (s.get(i).is("expect") && s.get(i).lines.isEmpty()) return false;
            if (s.get(i).is("output") && s.get(i).lines.isEmpty()) return false;
            if (s.get(i).is("fails") && s.get(i).lines.stream().noneMatch(l -> l.startsWith(FLINK))) return false;
        }
        return true;
    }

    /** The case's sections with Flink's answers in them; null (and a message) if the case cannot be run. */
    private List<Section> run(Path path, Case c) throws IOException {
        Path dir = Files.createTempDirectory("case");
        try {
            return sections(c, new Session(), dir);
        } catch (Exception e) {
            problem(path, c, e.getMessage());
            return null;
        } finally {
            try (Stream<Path> walk = Files.walk(dir)) {
                walk.sorted((a, b) -> b.compareTo(a)).forEach(p -> p.toFile().delete());
            }
        }
    }

    private List<Section> sections(Case c, Session session, Path dir) throws Exception {
        List<Section> out = new ArrayList<>();
        for (int i = 0; i < c.sections.size(); i++) {
            Section s = c.sections.get(i);
            if (s.is("expect") || s.is("fails")) {
                if (i == 0 || !(c.sections.get(i - 1).is("query") || c.sections.get(i - 1).is("sql")))
                    throw new IOException("%" + s.name + " does not follow a statement");
                continue; // made anew with its statement
            }
            Section next = i + 1 < c.sections.size() ? c.sections.get(i + 1) : null;
            out.add(s);
            switch (s.name) {
                case "case": case "compare": case "needs": case "origin": case "unsupported": break;
                case "file": {
                    Path p = dir.resolve(s.argument);
                    Files.createDirectories(p.getParent());
                    Files.writeString(p, s.lines.isEmpty() ? "" : s.text() + "\n");
                    break;
                }
                case "sql": case "query": {
                    Section answer = answer(s, session, dir, next);
                    if (answer != null) out.add(answer);
                    break;
                }
                case "output": {
                    Section found = new Section("output", s.argument);
                    found.lines = new ArrayList<>(Files.readAllLines(dir.resolve(s.argument)));
                    found.trim();
                    out.set(out.size() - 1, found);
                    break;
                }
                default: throw new IOException("unknown directive %" + s.name);
            }
        }
        return out;
    }

    /** Runs the statements of a section: %expect, %fails or null. */
    private Section answer(Section s, Session session, Path dir, Section next) throws Exception {
        List<String> statements = Script.statements(s.text().replace("${dir}", dir.toString()));
        boolean query = s.is("query");
        if (query && statements.size() != 1) throw new IOException("%query needs one statement, has " + statements.size());
        List<String> lines = List.of();
        try {
            for (String sql : statements) lines = session.run(sql);
        } catch (Throwable e) {
            if (String.valueOf(e.getMessage()).matches("(?s)(timeout|a row with a line break).*")) throw new IOException(e.getMessage());
            boolean expected = next != null && next.is("fails");
            if (!query && !expected) throw new IOException("%sql failed: " + message(e, dir));
            Section fails = new Section("fails", "");
            if (expected) for (String l : next.lines) if (!l.startsWith(FLINK)) fails.lines.add(l);
            fails.lines.add(FLINK + message(e, dir));
            if (!expected) OUT.println("note: fails unexpectedly: " + s.text().replace('\n', ' ') + "\n    " + message(e, dir));
            return fails;
        }
        if (next != null && next.is("fails")) OUT.println("note: should fail but does not: " + s.text().replace('\n', ' '));
        if (!query) return null;
        if (lines.isEmpty()) throw new IOException("%query without a result; use %sql");
        Section expect = new Section("expect", "");
        expect.lines = new ArrayList<>(lines);
        return expect;
    }

    /** The root cause in one line, with the scratch folder's name taken out. */
    private static String message(Throwable e, Path dir) {
        Throwable root = e;
        for (Throwable x = e; x != null; x = x.getCause()) if (x.getMessage() != null) root = x;
        String text = root.getClass().getSimpleName() + ": " + root.getMessage();
        text = text.replace(dir.toString(), "${dir}").replaceAll("\\s+", " ").trim();
        return text.length() > MESSAGE_MAX ? text.substring(0, MESSAGE_MAX) + " ..." : text;
    }

    /** Where the old answer is as good as the new one under the case's mode, the old text stays. */
    private static void keepEqual(Case c, List<Section> made) {
        if (made.size() != c.sections.size()) return;
        String mode = c.argument("compare", "exact");
        for (int i = 0; i < made.size(); i++) {
            Section a = c.sections.get(i);
            Section b = made.get(i);
            if (!a.name.equals(b.name)) return;
            if ((b.is("expect") || b.is("output")) && Changes.equal(mode, a.lines, b.lines)) b.lines = a.lines;
        }
    }

    private void compare(Path path, Case c, List<Section> now, String kind) {
        String mode = c.argument("compare", "exact");
        StringBuilder diff = new StringBuilder();
        for (int i = 0; i < Math.max(now.size(), c.sections.size()); i++) {
            Section a = i < c.sections.size() ? c.sections.get(i) : new Section("nothing", "");
            Section b = i < now.size() ? now.get(i) : new Section("nothing", "");
            boolean same = a.name.equals(b.name) && (!(b.is("expect") || b.is("output")) || Changes.equal(mode, a.lines, b.lines));
            if (same) continue;
            diff.append("\n  recorded: %").append(a.name);
            for (String l : a.lines) diff.append("\n    ").append(l);
            diff.append("\n  now: %").append(b.name);
            for (String l : b.lines) diff.append("\n    ").append(l);
        }
        if (diff.length() > 0) problem(path, c, kind + "mode " + mode + diff);
    }

    private void problem(Path path, Case c, String what) {
        problems++;
        OUT.println(path + ": " + c.name + ": " + what);
    }
}
