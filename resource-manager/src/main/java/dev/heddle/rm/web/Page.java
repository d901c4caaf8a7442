package dev.heddle.rm.web;

import dev.heddle.common.resources.FurtherKinds;
import dev.heddle.common.resources.ResourceKind;
import dev.heddle.rm.lead.LeadingCluster;
import dev.heddle.rm.model.ApplicationState;
import dev.heddle.rm.model.NodeState;
import dev.heddle.rm.snapshot.ApplicationSnapshot;
import dev.heddle.rm.snapshot.NodeSnapshot;
import dev.heddle.rm.snapshot.Totals;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The page's HTML, made of snapshots. Everything that a user named is escaped. */
final class Page {
    /** The newest applications are shown; the rest is left to the command line. */
    private static final int APPLICATIONS_SHOWN = 200;

    private static final int REFRESH_SECONDS = 3;

    private Page() {}

    static String overview(@Nullable LeadingCluster cluster) {
        StringBuilder body = new StringBuilder();
        if (cluster == null) {
            body.append(
                    "<p class=\"standby\">This resource manager is a <b>standby</b>: another one leads. Ask that one."
                            + "</p>");
            return page("Heddle: standby", body);
        }
        totals(body, cluster);
        applications(body, new ArrayList<>(cluster.snapshots().applications()));
        nodes(body, new ArrayList<>(cluster.snapshots().nodes()));
        return page("Heddle", body);
    }

    private static void totals(StringBuilder body, LeadingCluster cluster) {
        Totals totals = cluster.snapshots().totals();
        body.append("<p>Leads since ")
                .append(Instant.ofEpochMilli(cluster.startedAtMs()))
                .append("</p><dl class=\"totals\">");
        fact(body, "nodes", Integer.toString(totals.runningNodes()));
        fact(body, "memory", share(totals.used().memoryMb(), totals.capacity().memoryMb(), " MB"));
        fact(body, "cores", share(totals.used().vcores(), totals.capacity().vcores(), ""));
        FurtherKinds further = totals.capacity().further();
        for (int i = 0; i < further.size(); i++) {
            ResourceKind kind = further.kind(i);
            String unit = kind.unit().isEmpty() ? "" : " " + kind.unit();
            fact(body, kind.name(), share(totals.used().amount(kind), further.amount(i), unit));
        }
        body.append("</dl>");
    }

    private static String share(long used, long of, String unit) {
        return used + " of " + of + unit;
    }

    private static void fact(StringBuilder body, String name, String value) {
        body.append("<div><dt>")
                .append(escape(name))
                .append("</dt><dd>")
                .append(escape(value))
                .append("</dd></div>");
    }

    private static void applications(StringBuilder body, List<ApplicationSnapshot> applications) {
        Collections.reverse(applications);
        body.append("<h2>Applications</h2><table><thead><tr><th>Id</th><th>Name</th><th>User</th><th>State</th>"
                + "<th>Containers</th><th>Used</th><th>Progress</th></tr></thead><tbody>");
        for (ApplicationSnapshot application :
                applications.subList(0, Math.min(APPLICATIONS_SHOWN, applications.size()))) {
            body.append("<tr><td><a href=\"/cluster/app/")
                    .append(application.id())
                    .append("\">")
                    .append(application.id())
                    .append("</a></td>");
            cell(body, application.spec().name());
            cell(body, application.spec().user());
            cell(body, state(application));
            cell(body, Integer.toString(application.runningContainers()));
            cell(body, application.used().toString());
            cell(body, Math.round(100 * application.progress()) + " %");
            body.append("</tr>");
        }
        body.append("</tbody></table>");
        if (applications.isEmpty()) {
            body.append("<p>No application has been submitted yet.</p>");
        } else if (applications.size() > APPLICATIONS_SHOWN) {
            body.append("<p>The newest ")
                    .append(APPLICATIONS_SHOWN)
                    .append(" of ")
                    .append(applications.size())
                    .append(" are shown.</p>");
        }
    }

    private static String state(ApplicationSnapshot application) {
        return application.state() == ApplicationState.FINISHED
                ? application.state() + " (" + application.finalStatus() + ")"
                : application.state().toString();
    }

    private static void nodes(StringBuilder body, List<NodeSnapshot> nodes) {
        body.append("<h2>Nodes</h2><table><thead><tr><th>Node</th><th>State</th><th>Containers</th><th>Used</th>"
                + "<th>Capacity</th></tr></thead><tbody>");
        for (NodeSnapshot node : nodes) {
            boolean running = node.state() == NodeState.RUNNING;
            body.append("<tr>");
            cell(body, node.id().toString());
            cell(body, running ? "RUNNING" : node.state() + ": " + node.healthReport());
            cell(body, Integer.toString(node.containers()));
            cell(body, node.used().toString());
            cell(body, node.total().toString());
            body.append("</tr>");
        }
        body.append("</tbody></table>");
        if (nodes.isEmpty()) {
            body.append("<p>No node has registered yet.</p>");
        }
    }

    static String application(ApplicationSnapshot application) {
        StringBuilder body = new StringBuilder("<p><a href=\"/cluster\">All applications</a></p><dl>");
        fact(body, "name", application.spec().name());
        fact(body, "type", application.spec().type());
        fact(body, "user", application.spec().user());
        fact(body, "queue", application.spec().queue());
        fact(body, "state", state(application));
        fact(body, "progress", Math.round(100 * application.progress()) + " %");
        fact(body, "submitted", time(application.times().submittedAtMs()));
        fact(body, "launched", time(application.times().launchedAtMs()));
        fact(body, "ended", time(application.times().endedAtMs()));
        fact(body, "containers", application.runningContainers() + ", " + application.used());
        ApplicationSnapshot.AttemptSnapshot attempt = application.attempt();
        if (attempt != null) {
            fact(body, "attempt", attempt.id() + ", " + attempt.state());
            fact(body, "master", attempt.master() + " on " + attempt.masterNode());
        }
        fact(body, "diagnostics", application.diagnostics());
        body.append("</dl>");
        return page(application.id().toString(), body);
    }

    private static String time(long ms) {
        return ms == 0 ? "not yet" : Instant.ofEpochMilli(ms).toString();
    }

    private static void cell(StringBuilder body, String text) {
        body.append("<td>").append(escape(text)).append("</td>");
    }

    private static String page(String title, StringBuilder body) {
        return "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta http-equiv=\"refresh\" content=\""
                + REFRESH_SECONDS + "\"><meta name=\"viewport\" content=\"width=device-width\"><title>" + escape(title)
                + "</title><link rel=\"stylesheet\" href=\"/page.css\"></head><body><h1>" + escape(title) + "</h1>"
                + body + "</body></html>";
    }

    private static String escape(String text) {
        StringBuilder escaped = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.append(c);
            }
        }
        return escaped.toString();
    }
}
