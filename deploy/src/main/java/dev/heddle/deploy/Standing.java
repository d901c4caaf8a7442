package dev.heddle.deploy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.yarn.api.records.ApplicationReport;
import org.apache.hadoop.yarn.api.records.YarnApplicationState;

/** How an application stands, for people: what it is, its state, its queue, and a line for each reason of its own. */
final class Standing {
    /** What resource managers say to those who may not see an application. */
    private static final String HIDDEN = "N/A";

    private Standing() {}

    /**
     * A report as lines of a name and what it says; the name is left out where it is the one above.
     *
     * @param report of any resource manager of YARN's kind
     */
    static List<String> lines(ApplicationReport report) {
        List<String> lines = new ArrayList<>();
        lines.add(line(
                "application", report.getApplicationId() + " (" + report.getName() + ", of " + report.getUser() + ")"));
        lines.add(line("state", state(report)));
        lines.add(line("queue", report.getQueue()));
        String name = "reason";
        for (String reason : reasons(report)) {
            lines.add(line(name, reason));
            name = "";
        }
        return lines;
    }

    private static String line(String name, String text) {
        return String.format("%-13s%s", name, text);
    }

    private static String state(ApplicationReport report) {
        YarnApplicationState state = report.getYarnApplicationState();
        return hasEnded(state)
                ? state + ", ended as " + report.getFinalApplicationStatus() + " at "
                        + Instant.ofEpochMilli(report.getFinishTime())
                : state.toString();
    }

    private static List<String> reasons(ApplicationReport report) {
        String diagnostics = report.getDiagnostics() == null ? "" : report.getDiagnostics();
        if (diagnostics.equals(HIDDEN)) {
            return List.of("only its owner, and who may view it, is told");
        }
        List<String> reasons = diagnostics
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
        if (!reasons.isEmpty()) {
            return reasons;
        }
        return List.of(hasEnded(report.getYarnApplicationState()) ? "none was given" : "it waits for nothing");
    }

    private static boolean hasEnded(YarnApplicationState state) {
        return switch (state) {
            case FINISHED, FAILED, KILLED -> true;
            case NEW, NEW_SAVING, SUBMITTED, ACCEPTED, RUNNING -> false;
        };
    }
}
