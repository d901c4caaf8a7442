package dev.heddle.app.submit;

import java.io.Console;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.util.Map;
import org.apache.hadoop.yarn.api.records.YarnApplicationState;

/** Shows progress: one line that is drawn over again on a terminal, and elsewhere a line for each change. */
public final class ProgressDisplay {
    private static final int BAR_CHARACTERS = 30;
    private static final int TERMINAL_CHARACTERS = 79;
    private static final int LINE_CHARACTERS = 200;
    private static final String ERASE_LINE = "\r\u001b[K";

    private final PrintStream out;
    private final boolean terminal;
    private Progress shown = Progress.NONE;

    ProgressDisplay(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /**
     * Shows progress on a stream.
     *
     * @param environment of the process, which says what the terminal can do
     */
    public static ProgressDisplay on(PrintStream out, Map<String, String> environment) {
        return new ProgressDisplay(out, isTerminal(environment));
    }

    public void show(Progress progress) {
        if (progress.equals(shown)) {
            return;
        }
        shown = progress;
        if (terminal) {
            out.print(ERASE_LINE + (runs(progress) ? bar(progress) + " " : "") + text(progress));
        } else {
            out.println(text(progress));
        }
        out.flush();
    }

    /** Leaves the line, so that what is printed next stands on its own. */
    public void end() {
        if (terminal && !shown.equals(Progress.NONE)) {
            out.println();
        }
    }

    /** Before, nothing is known but the state; after, the last numbers are older than the end. */
    private static boolean runs(Progress progress) {
        return progress.state().equals(YarnApplicationState.RUNNING.name())
                && (progress.executorsTarget() > 0 || progress.tasksTotal() > 0);
    }

    private static String bar(Progress progress) {
        int filled = progress.tasksTotal() == 0
                ? 0
                : (int) ((long) BAR_CHARACTERS * progress.tasksCompleted() / progress.tasksTotal());
        return "[" + "#".repeat(filled) + "-".repeat(BAR_CHARACTERS - filled) + "]";
    }

    private String text(Progress progress) {
        if (!runs(progress)) {
            return progress.waitsFor().isEmpty()
                    ? progress.state()
                    : shortened(progress.state() + ": " + progress.waitsFor());
        }
        return progress.state() + ": tasks " + progress.tasksCompleted() + "/" + progress.tasksTotal() + " ("
                + progress.tasksRunning() + " running), executors " + progress.executorsRunning() + "/"
                + progress.executorsTarget();
    }

    /** A line that a terminal breaks could not be drawn over again. */
    private String shortened(String text) {
        int limit = terminal ? TERMINAL_CHARACTERS : LINE_CHARACTERS;
        return text.length() <= limit ? text : text.substring(0, limit - 1) + "…";
    }

    @SuppressWarnings("SystemConsoleNull") // Null up to Java 21; the method below tells from Java 22 on.
    private static boolean isTerminal(Map<String, String> environment) {
        Console console = System.console();
        if (console == null || "dumb".equals(environment.get("TERM"))) {
            return false;
        }
        try {
            Method tells = Console.class.getMethod("isTerminal");
            return (boolean) tells.invoke(console);
        } catch (NoSuchMethodException e) {
            return true;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }
}
