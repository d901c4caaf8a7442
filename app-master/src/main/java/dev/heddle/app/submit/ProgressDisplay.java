package dev.heddle.app.submit;

import java.io.PrintStream;

/** Shows progress: one line that is drawn over again on a terminal, and elsewhere a line for each change. */
final class ProgressDisplay {
    private static final int BAR_CHARACTERS = 30;
    private static final String ERASE_LINE = "\r\u001b[K";

    private final PrintStream out;
    private final boolean terminal;
    private Progress shown = Progress.NONE;

    ProgressDisplay(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    void show(Progress progress) {
        if (progress.equals(shown)) {
            return;
        }
        shown = progress;
        if (terminal) {
            out.print(ERASE_LINE + bar(progress) + " " + text(progress));
        } else {
            out.println(text(progress));
        }
        out.flush();
    }

    /** Leaves the line, so that what is printed next stands on its own. */
    void end() {
        if (terminal && !shown.equals(Progress.NONE)) {
            out.println();
        }
    }

    private static String bar(Progress progress) {
        int filled = progress.tasksTotal() == 0
                ? 0
                : (int) ((long) BAR_CHARACTERS * progress.tasksCompleted() / progress.tasksTotal());
        return "[" + "#".repeat(filled) + "-".repeat(BAR_CHARACTERS - filled) + "]";
    }

    private static String text(Progress progress) {
        if (progress.executorsTarget() == 0 && progress.tasksTotal() == 0) {
            return progress.state();
        }
        return progress.state() + ": tasks " + progress.tasksCompleted() + "/" + progress.tasksTotal() + " ("
                + progress.tasksRunning() + " running), executors " + progress.executorsRunning() + "/"
                + progress.executorsTarget();
    }
}
