package dev.heddle.nm.web;

import dev.heddle.nm.container.ContainerSnapshot;
import dev.heddle.nm.logs.ContainerLogFiles;
import dev.heddle.nm.logs.LogFile;
import dev.heddle.nm.snapshot.ApplicationSnapshot;
import dev.heddle.nm.snapshot.Counts;
import dev.heddle.nm.snapshot.NodeSnapshots;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collection;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.jspecify.annotations.Nullable;

/** The pages for people, made of snapshots. */
final class Page {
    /** The rest is left to REST. */
    private static final int SHOWN = 500;

    private final NodeFacts node;
    private final NodeSnapshots snapshots;
    private final Readers readers;

    Page(NodeFacts node, NodeSnapshots snapshots, Readers readers) {
        this.node = node;
        this.snapshots = snapshots;
        this.readers = readers;
    }

    /** The node with its applications and containers, as far as the reader may know of them. */
    String overview(@Nullable String reader) {
        long memoryMb = 0;
        long vcores = 0;
        int running = 0;
        for (ContainerSnapshot container : snapshots.containers()) {
            if (!container.isDone()) {
                running++;
                memoryMb += container.token().getResource().getMemorySize();
                vcores += container.token().getResource().getVirtualCores();
            }
        }
        Counts counts = snapshots.counts();
        Html html = new Html()
                .markup("<dl class=\"totals\">")
                .fact("containers", Integer.toString(running))
                .fact("memory", memoryMb + " of " + node.capability().memoryMb() + " MB")
                .fact("cores", vcores + " of " + node.capability().vcores())
                .fact("completed", Long.toString(counts.completed()))
                .fact("failed", Long.toString(counts.failed()))
                .fact("killed", Long.toString(counts.killed()))
                .markup("</dl><p>Runs since ")
                .markup(Instant.ofEpochMilli(node.startedAtMs()).toString())
                .markup("</p>");
        applications(html, reader);
        containers(html, reader);
        return html.page("Heddle node " + node.id());
    }

    private void applications(Html html, @Nullable String reader) {
        html.markup(
                "<h2>Applications</h2><table><thead><tr><th>Id</th><th>User</th><th>State</th></tr></thead><tbody>");
        int shown = 0;
        for (ApplicationSnapshot application : snapshots.applications()) {
            if (shown < SHOWN && readers.mayList(reader, application)) {
                shown++;
                html.markup("<tr>")
                        .cell(application.id().toString())
                        .cell(application.user())
                        .cell(application.ending() ? "ending" : "running")
                        .markup("</tr>");
            }
        }
        html.markup("</tbody></table>");
        cut(html, snapshots.applications(), shown);
    }

    private void containers(Html html, @Nullable String reader) {
        html.markup("<h2>Containers</h2><table><thead><tr><th>Id</th><th>State</th><th>Exit status</th>"
                + "<th>Granted</th></tr></thead><tbody>");
        int shown = 0;
        for (ContainerSnapshot container : snapshots.containers()) {
            ApplicationSnapshot application =
                    snapshots.owner(container.id().getApplicationAttemptId().getApplicationId());
            if (shown < SHOWN && (application == null || readers.mayList(reader, application))) {
                shown++;
                html.markup("<tr><td>")
                        .link(
                                "/node/container/" + container.id(),
                                container.id().toString())
                        .markup("</td>")
                        .cell(container.state().toString())
                        .cell(container.isDone() ? Integer.toString(container.exitStatus()) : "")
                        .cell(container.token().getResource().toString())
                        .markup("</tr>");
            }
        }
        html.markup("</tbody></table>");
        cut(html, snapshots.containers(), shown);
    }

    private static void cut(Html html, Collection<?> all, int shown) {
        if (shown == SHOWN && all.size() > SHOWN) {
            html.markup("<p>The first " + SHOWN + " are shown; /ws/v1/node lists all.</p>");
        }
    }

    /** One container, which the reader may see, with its logs. Blocks. */
    String container(ContainerId id, ContainerLogFiles files) throws IOException {
        Html html = new Html()
                .markup("<p>")
                .link("/node", "All containers of this node")
                .markup("</p>");
        ContainerSnapshot container = snapshots.container(id);
        if (container != null) {
            html.markup("<dl>")
                    .fact("state", container.state().toString())
                    .fact("exit status", container.isDone() ? Integer.toString(container.exitStatus()) : "not yet")
                    .fact("user", container.token().getApplicationSubmitter())
                    .fact("granted", container.token().getResource().toString())
                    .fact("diagnostics", container.diagnostics())
                    .markup("</dl>");
        }
        html.markup("<h2>Logs</h2><table><thead><tr><th>File</th><th>Bytes</th><th>Changed</th><th></th></tr></thead>"
                + "<tbody>");
        for (LogFile file : files.list(id)) {
            String address = "/ws/v1/node/containers/" + id + "/logs/"
                    + URLEncoder.encode(file.name(), StandardCharsets.UTF_8).replace("+", "%20");
            html.markup("<tr><td>")
                    .link(address, file.name())
                    .markup("</td>")
                    .cell(Long.toString(file.length()))
                    .cell(Instant.ofEpochMilli(file.modifiedMs()).toString())
                    .markup("<td>")
                    .link(address + "?follow=true", "follow")
                    .markup("</td></tr>");
        }
        return html.markup("</tbody></table>").page(id.toString());
    }
}
