package dev.heddle.nm.web;

import dev.heddle.nm.container.ContainerSnapshot;
import dev.heddle.nm.container.ContainerState;
import dev.heddle.nm.health.NodeHealth;
import dev.heddle.nm.logs.ContainerLogFiles;
import dev.heddle.nm.logs.LogFile;
import dev.heddle.nm.snapshot.ApplicationSnapshot;
import dev.heddle.nm.snapshot.NodeSnapshots;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.hadoop.util.VersionInfo;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.logaggregation.ContainerLogAggregationType;
import org.apache.hadoop.yarn.util.Times;
import org.apache.hadoop.yarn.util.YarnVersionInfo;
import org.apache.hadoop.yarn.util.resource.ResourceUtils;
import org.jspecify.annotations.Nullable;

/** What REST says of the node, its applications and containers, in YARN's fields. Blocks where it looks at files. */
final class NodeAnswers {
    private final NodeFacts node;
    private final NodeSnapshots snapshots;
    private final Supplier<NodeHealth> health;
    private final ContainerLogFiles files;
    private final Readers readers;

    NodeAnswers(
            NodeFacts node,
            NodeSnapshots snapshots,
            Supplier<NodeHealth> health,
            ContainerLogFiles files,
            Readers readers) {
        this.node = node;
        this.snapshots = snapshots;
        this.health = health;
        this.files = files;
        this.readers = readers;
    }

    Document node() {
        // YARN's fields with these names say how much containers may get, not how much they have got.
        long memoryMb = node.capability().memoryMb();
        NodeHealth now = health.get();
        return new Document("nodeInfo", true)
                .with("healthReport", now.report())
                .with("totalVmemAllocatedContainersMB", (long) (memoryMb * node.virtualMemoryRatio()))
                .with("totalPmemAllocatedContainersMB", memoryMb)
                .with("totalVCoresAllocatedContainers", node.capability().vcores())
                .with("vmemCheckEnabled", false)
                .with("pmemCheckEnabled", false)
                .with("lastNodeUpdateTime", now.checkedAt().toEpochMilli())
                .with(
                        "resourceTypes",
                        ResourceUtils.getResourcesTypeInfo().stream()
                                .map(Object::toString)
                                .collect(Collectors.joining(", ")))
                .with("nodeHealthy", now.healthy())
                .with("nodeManagerVersion", YarnVersionInfo.getVersion())
                .with("nodeManagerBuildVersion", YarnVersionInfo.getBuildVersion())
                .with("nodeManagerVersionBuiltOn", YarnVersionInfo.getDate())
                .with("hadoopVersion", VersionInfo.getVersion())
                .with("hadoopBuildVersion", VersionInfo.getBuildVersion())
                .with("hadoopVersionBuiltOn", VersionInfo.getDate())
                .with("id", node.id().toString())
                .with("nodeHostName", node.id().getHost())
                .with("nmStartupTime", node.startedAtMs());
    }

    /**
     * The applications on this node.
     *
     * @param state only those in this one, or null
     * @param user only those of this one, or null
     */
    Document applications(@Nullable String state, @Nullable String user, @Nullable String reader) throws WebRefusal {
        if (state != null && !state.isEmpty() && !ApplicationStates.ALL.contains(state)) {
            throw WebRefusal.argument("No enum constant " + ApplicationStates.CLASS + "." + state);
        }
        if (user != null && user.isEmpty()) {
            throw WebRefusal.bad("Error: You must specify a non-empty string for the user");
        }
        List<Map<String, Object>> found = new ArrayList<>();
        for (ApplicationSnapshot application : snapshots.applications()) {
            if ((state == null
                            || state.isEmpty()
                            || state.equals(ApplicationStates.of(application, isContainerLeft(application))))
                    && (user == null || user.equals(application.user()))
                    && readers.mayList(reader, application)) {
                found.add(application(application).fields());
            }
        }
        return new Document("apps", true).with("app", found);
    }

    Document application(String text) throws WebRefusal {
        ApplicationId id;
        try {
            id = ApplicationId.fromString(text);
        } catch (IllegalArgumentException e) {
            throw WebRefusal.bad(String.valueOf(e.getMessage()));
        }
        ApplicationSnapshot application = snapshots.application(id);
        if (application == null) {
            throw WebRefusal.notFound("app with id " + text + " not found");
        }
        return application(application);
    }

    private Document application(ApplicationSnapshot application) {
        return new Document("app", true)
                .with("id", application.id().toString())
                .with("state", ApplicationStates.of(application, isContainerLeft(application)))
                .with("user", application.user())
                .with(
                        "containerids",
                        snapshots.containers(application.id()).stream()
                                .map(container -> container.id().toString())
                                .toList());
    }

    private boolean isContainerLeft(ApplicationSnapshot application) {
        return snapshots.containers(application.id()).stream().anyMatch(container -> !container.isDone());
    }

    /** @param base the address under which the reader sees this server, with a slash at its end */
    Document containers(String base, @Nullable String reader) {
        List<Map<String, Object>> found = new ArrayList<>();
        for (ContainerSnapshot container : snapshots.containers()) {
            ApplicationSnapshot application = application(container.id());
            if (application == null || readers.mayList(reader, application)) {
                found.add(container(container, base, reader).fields());
            }
        }
        return new Document("containers", true).with("container", found);
    }

    private @Nullable ApplicationSnapshot application(ContainerId container) {
        return snapshots.owner(container.getApplicationAttemptId().getApplicationId());
    }

    Document container(String text, String base, @Nullable String reader) throws WebRefusal {
        ContainerSnapshot container = snapshots.container(containerId(text));
        if (container == null) {
            throw WebRefusal.notFound("container with id, " + text + ", not found");
        }
        return container(container, base, reader);
    }

    static ContainerId containerId(String text) throws WebRefusal {
        try {
            return ContainerId.fromString(text);
        } catch (IllegalArgumentException e) {
            throw WebRefusal.bad("invalid container id, " + text);
        }
    }

    private Document container(ContainerSnapshot container, String base, @Nullable String reader) {
        String user = container.token().getApplicationSubmitter();
        return new Document("container", true)
                .with("id", container.id().toString())
                .with("state", state(container))
                .with("exitCode", container.exitStatus())
                .with("diagnostics", container.diagnostics())
                .with("user", user)
                .with("totalMemoryNeededMB", container.token().getResource().getMemorySize())
                .with("totalVCoresNeeded", container.token().getResource().getVirtualCores())
                .with("executionType", container.token().getExecutionType().name())
                .with("containerLogsLink", base + "node/containerlogs/" + container.id() + "/" + user)
                .with("nodeId", node.id().toString())
                .with("containerLogFiles", logNames(container, reader));
    }

    private List<String> logNames(ContainerSnapshot container, @Nullable String reader) {
        ApplicationSnapshot application = application(container.id());
        if (application == null || !readers.mayView(reader, application) || !hasBegun(container.state())) {
            return List.of();
        }
        try {
            return files.list(container.id()).stream().map(LogFile::name).toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    static boolean hasBegun(ContainerState state) {
        return state != ContainerState.LOCALIZING;
    }

    /** In YARN's words. */
    static String state(ContainerSnapshot container) {
        return switch (container.state()) {
            case LOCALIZING -> "LOCALIZING";
            case LAUNCHING -> "SCHEDULED";
            case RUNNING -> "RUNNING";
            case REINITIALIZING -> "REINITIALIZING";
            case REPLACING -> "REINITIALIZING_AWAITING_KILL";
            case RELAUNCHING -> "RELAUNCHING";
            case KILLING -> "KILLING";
            case ENDING -> container.exitStatus() == 0 ? "EXITED_WITH_SUCCESS" : "EXITED_WITH_FAILURE";
            case DONE -> "DONE";
        };
    }

    /** The log files of a container, which the reader has been found to be allowed to see. */
    Document logs(ContainerId container) throws IOException {
        List<Map<String, Object>> found = new ArrayList<>();
        for (LogFile file : files.list(container)) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("fileName", file.name());
            entry.put("fileSize", Long.toString(file.length()));
            entry.put("lastModifiedTime", Times.format(file.modifiedMs()));
            found.add(entry);
        }
        Map<String, Object> local = new LinkedHashMap<>();
        local.put("containerLogInfo", found);
        local.put("logAggregationType", ContainerLogAggregationType.LOCAL.toString());
        local.put("containerId", container.toString());
        local.put("nodeId", node.id().toString());
        return new Document("containerLogsInfoes", false).with("containerLogsInfo", local);
    }
}
