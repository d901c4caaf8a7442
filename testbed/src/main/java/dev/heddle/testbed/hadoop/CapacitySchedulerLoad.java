package dev.heddle.testbed.hadoop;

import dev.heddle.testbed.placement.LoadedScheduler;
import dev.heddle.testbed.placement.PlacementLoad;
import dev.heddle.testbed.placement.PlacementScenario;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.net.NodeBase;
import org.apache.hadoop.yarn.api.records.ApplicationAttemptId;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ApplicationSubmissionContext;
import org.apache.hadoop.yarn.api.records.ExecutionType;
import org.apache.hadoop.yarn.api.records.ExecutionTypeRequest;
import org.apache.hadoop.yarn.api.records.NodeId;
import org.apache.hadoop.yarn.api.records.Priority;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.api.records.ResourceRequest;
import org.apache.hadoop.yarn.api.records.ResourceSizing;
import org.apache.hadoop.yarn.api.records.SchedulingRequest;
import org.apache.hadoop.yarn.api.resource.PlacementConstraints;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.server.api.records.NodeHealthStatus;
import org.apache.hadoop.yarn.server.api.records.NodeStatus;
import org.apache.hadoop.yarn.server.resourcemanager.RMContext;
import org.apache.hadoop.yarn.server.resourcemanager.rmapp.RMAppImpl;
import org.apache.hadoop.yarn.server.resourcemanager.rmcontainer.RMContainer;
import org.apache.hadoop.yarn.server.resourcemanager.rmnode.RMNode;
import org.apache.hadoop.yarn.server.resourcemanager.rmnode.RMNodeImpl;
import org.apache.hadoop.yarn.server.resourcemanager.rmnode.RMNodeStartedEvent;
import org.apache.hadoop.yarn.server.resourcemanager.scheduler.ContainerUpdates;
import org.apache.hadoop.yarn.server.resourcemanager.scheduler.ResourceUsage;
import org.apache.hadoop.yarn.server.resourcemanager.scheduler.capacity.CapacityScheduler;
import org.apache.hadoop.yarn.server.resourcemanager.scheduler.event.AppAddedSchedulerEvent;
import org.apache.hadoop.yarn.server.resourcemanager.scheduler.event.AppAttemptAddedSchedulerEvent;
import org.apache.hadoop.yarn.server.resourcemanager.scheduler.event.NodeAddedSchedulerEvent;
import org.apache.hadoop.yarn.server.resourcemanager.scheduler.event.NodeUpdateSchedulerEvent;
import org.apache.hadoop.yarn.server.resourcemanager.scheduler.event.ReleaseContainerEvent;

/**
 * The process of Hadoop's capacity scheduler, which is driven by one thread without wire and dispatchers. Measured are the
 * heartbeats of nodes, in which it places containers, and the ends of containers; not the masters' calls.
 */
final class CapacitySchedulerLoad implements LoadedScheduler {
    private static final int BACKLOG = 1_000_000;
    private static final int SWEEPS = 3 * PlacementScenario.CONTAINERS_OF_A_NODE;
    private static final int PORT = 45_454;
    private static final Priority PRIORITY = Priority.newInstance(1);
    private static final Resource CONTAINER =
            Resource.newInstance(PlacementScenario.CONTAINER_MB, PlacementScenario.CONTAINER_VCORES);

    private final PlacementScenario scenario;
    private final StandingResourceManager resourceManager;
    private final RMContext context;
    private final CapacityScheduler scheduler;
    private final List<RMNode> nodes = new ArrayList<>();
    private final List<ApplicationAttemptId> attempts = new ArrayList<>();
    private final List<ApplicationAttemptId> announced = new ArrayList<>();
    private int nextNode;

    private CapacitySchedulerLoad(PlacementScenario scenario, int containersOfAHeartbeat) {
        this.scenario = scenario;
        this.resourceManager = new StandingResourceManager(configuration(scenario, containersOfAHeartbeat));
        this.context = resourceManager.getRMContext();
        this.scheduler = (CapacityScheduler) resourceManager.getResourceScheduler();
        try {
            joinNodes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (int i = 0; i < scenario.applications(); i++) {
            attempts.add(submit(i));
        }
    }

    /** Arguments: how many containers a heartbeat may place, milliseconds of processor time for each load, the scenario's. */
    public static void main(String[] arguments) {
        int status = 1;
        try {
            List<String> all = List.of(arguments);
            PlacementScenario scenario = PlacementScenario.parse(all.subList(2, all.size()));
            new PlacementLoad(new CapacitySchedulerLoad(scenario, Integer.parseInt(all.get(0))), scenario, false)
                    .run(Duration.ofMillis(Long.parseLong(all.get(1))), System.out);
            status = 0;
        } catch (RuntimeException e) {
            System.err.println(e);
        }
        // Threads of the resource manager are not all daemons.
        Runtime.getRuntime().halt(status);
    }

    private static YarnConfiguration configuration(PlacementScenario scenario, int containersOfAHeartbeat) {
        YarnConfiguration configuration = new YarnConfiguration();
        scenario.capacityScheduler().forEach(configuration::set);
        configuration.setInt(YarnConfiguration.RM_SCHEDULER_MINIMUM_ALLOCATION_MB, PlacementScenario.SMALLEST_MB);
        configuration.setInt(YarnConfiguration.RM_SCHEDULER_MAXIMUM_ALLOCATION_MB, PlacementScenario.NODE_MB);
        configuration.setInt(YarnConfiguration.RM_SCHEDULER_MAXIMUM_ALLOCATION_VCORES, PlacementScenario.NODE_VCORES);
        configuration.set(
                YarnConfiguration.RM_PLACEMENT_CONSTRAINTS_HANDLER,
                YarnConfiguration.SCHEDULER_RM_PLACEMENT_CONSTRAINTS_HANDLER);
        configuration.setBoolean(
                YarnConfiguration.NODE_LABELS_ENABLED, scenario.wish() == PlacementScenario.Wish.LABELS);
        configuration.set(
                YarnConfiguration.FS_NODE_LABELS_STORE_ROOT_DIR,
                "file://" + System.getProperty("java.io.tmpdir") + "/labels");
        String heartbeat = "yarn.scheduler.capacity.per-node-heartbeat.";
        configuration.setBoolean("yarn.scheduler.capacity.schedule-asynchronously.enable", false);
        configuration.setBoolean(heartbeat + "multiple-assignments-enabled", containersOfAHeartbeat > 1);
        configuration.setInt(heartbeat + "maximum-container-assignments", containersOfAHeartbeat);
        configuration.setInt(heartbeat + "maximum-offswitch-assignments", containersOfAHeartbeat);
        return configuration;
    }

    private void joinNodes() throws IOException {
        if (scenario.wish() == PlacementScenario.Wish.LABELS) {
            context.getNodeLabelManager().addToCluserNodeLabelsWithDefaultExclusivity(Set.of(PlacementScenario.LABEL));
            Map<NodeId, Set<String>> labels = new HashMap<>();
            for (int i = 0; i < scenario.nodes(); i++) {
                if (!scenario.label(i).isEmpty()) {
                    labels.put(nodeId(i), Set.of(scenario.label(i)));
                }
            }
            context.getNodeLabelManager().replaceLabelsOnNode(labels);
        }
        Resource total = Resource.newInstance(PlacementScenario.NODE_MB, PlacementScenario.NODE_VCORES);
        for (int i = 0; i < scenario.nodes(); i++) {
            String host = PlacementScenario.host(i);
            RMNodeImpl node = new RMNodeImpl(
                    nodeId(i),
                    context,
                    host,
                    PORT,
                    8_042,
                    new NodeBase(host, PlacementScenario.rack(i)),
                    total,
                    "bench");
            nodes.add(node);
            context.getRMNodes().put(node.getNodeID(), node);
            node.handle(new RMNodeStartedEvent(
                    node.getNodeID(),
                    List.of(),
                    List.of(),
                    NodeStatus.newInstance(
                            node.getNodeID(),
                            0,
                            List.of(),
                            List.of(),
                            NodeHealthStatus.newInstance(true, "", 0),
                            null,
                            null,
                            null)));
            scheduler.handle(new NodeAddedSchedulerEvent(node));
        }
    }

    private static NodeId nodeId(int i) {
        return NodeId.newInstance(PlacementScenario.host(i), PORT);
    }

    private ApplicationAttemptId submit(int i) {
        ApplicationId id = ApplicationId.newInstance(1, i + 1);
        String user = PlacementScenario.user(i);
        ApplicationSubmissionContext submission = ApplicationSubmissionContext.newInstance(
                id, "bench", scenario.queue(i), Priority.newInstance(0), null, true, false, 1, CONTAINER);
        context.getRMApps()
                .put(
                        id,
                        new RMAppImpl(
                                id,
                                context,
                                resourceManager.getConfig(),
                                "bench",
                                user,
                                scenario.queue(i),
                                submission,
                                scheduler,
                                context.getApplicationMasterService(),
                                0,
                                "BENCH",
                                Set.of(),
                                List.of()));
        scheduler.handle(new AppAddedSchedulerEvent(user, submission, false, Priority.newInstance(0)));
        ApplicationAttemptId attempt = ApplicationAttemptId.newInstance(id, 1);
        scheduler.handle(new AppAttemptAddedSchedulerEvent(attempt, false));
        return attempt;
    }

    private void call(ApplicationAttemptId attempt, List<ResourceRequest> asks, List<SchedulingRequest> requests) {
        scheduler.allocate(attempt, asks, requests, List.of(), null, null, new ContainerUpdates());
    }

    private void heartbeat(int i) {
        scheduler.handle(new NodeUpdateSchedulerEvent(nodes.get(i)));
    }

    private void ask(int application, int count, int time) {
        ApplicationAttemptId attempt = attempts.get(application);
        switch (scenario.wish()) {
            case PLAIN -> call(attempt, List.of(request("*", count, "")), List.of());
            case LABELS -> call(attempt, List.of(request("*", count, scenario.label(application))), List.of());
            case LOCALITY -> {
                List<ResourceRequest> asks = new ArrayList<>();
                Map<String, Integer> racks = new HashMap<>();
                int ofHost = Math.max(1, count / PlacementScenario.CONTAINERS_OF_AN_ASK);
                for (String host : scenario.hosts(application, time)) {
                    asks.add(request(host, ofHost, ""));
                    racks.merge(PlacementScenario.rackOf(host), ofHost, Integer::sum);
                }
                racks.forEach((rack, ofRack) -> asks.add(request(rack, ofRack, "")));
                asks.add(request("*", count, ""));
                call(attempt, asks, List.of());
            }
            case APART -> call(attempt, List.of(), List.of(apart(count)));
        }
    }

    private static ResourceRequest request(String place, int count, String label) {
        return ResourceRequest.newBuilder()
                .priority(PRIORITY)
                .resourceName(place)
                .capability(CONTAINER)
                .numContainers(count)
                .relaxLocality(true)
                .nodeLabelExpression(label)
                .build();
    }

    private static SchedulingRequest apart(int count) {
        return SchedulingRequest.newBuilder()
                .priority(PRIORITY)
                .allocationRequestId(0)
                .executionType(ExecutionTypeRequest.newInstance(ExecutionType.GUARANTEED))
                .allocationTags(Set.of(PlacementScenario.TAG))
                .resourceSizing(ResourceSizing.newInstance(count, CONTAINER))
                .placementConstraintExpression(PlacementConstraints.build(PlacementConstraints.targetNotIn(
                        PlacementConstraints.NODE,
                        PlacementConstraints.PlacementTargets.allocationTag(PlacementScenario.TAG))))
                .build();
    }

    @Override
    public void announce(int first, int count, int time) {
        announced.clear();
        for (int i = first; i < first + count; i++) {
            ask(i, PlacementScenario.CONTAINERS_OF_AN_ASK, time);
            announced.add(attempts.get(i));
        }
    }

    @Override
    public int place() {
        int before = held();
        sweep(before + announced.size() * PlacementScenario.CONTAINERS_OF_AN_ASK);
        return held() - before;
    }

    private void sweep(int until) {
        for (int i = 0; i < SWEEPS * scenario.nodes() && held() < until; i++) {
            heartbeat(nextNode);
            nextNode = (nextNode + 1) % scenario.nodes();
        }
    }

    @Override
    public void clear() {
        for (ApplicationAttemptId attempt : announced) {
            call(attempt, List.of(), List.of());
            for (RMContainer container :
                    List.copyOf(scheduler.getSchedulerAppInfo(attempt).getLiveContainers())) {
                scheduler.handle(new ReleaseContainerEvent(container));
            }
            call(attempt, List.of(), List.of());
        }
    }

    @Override
    public void saturate() {
        int share = Math.max(1, scenario.capacity() / scenario.applications());
        for (int i = 0; i < attempts.size(); i++) {
            ask(i, share, 0);
        }
        sweep(scenario.capacity());
        for (int i = 0; i < attempts.size(); i++) {
            ask(i, BACKLOG, 0);
        }
        sweep(scenario.capacity());
    }

    @Override
    public void settle(int[] some) {
        Set<ApplicationAttemptId> holders = new HashSet<>();
        for (int i : some) {
            containers(i).forEach(container -> holders.add(container.getApplicationAttemptId()));
        }
        holders.forEach(attempt -> call(attempt, List.of(), List.of()));
    }

    private List<RMContainer> containers(int node) {
        return scheduler.getSchedulerNode(nodes.get(node).getNodeID()).getCopiedListOfRunningContainers();
    }

    @Override
    public int turnOver(int[] some) {
        int before = held();
        int released = 0;
        for (int i : some) {
            for (RMContainer container : containers(i)) {
                scheduler.handle(new ReleaseContainerEvent(container));
                released++;
            }
            int last;
            do {
                last = held();
                heartbeat(i);
            } while (held() > last);
        }
        return held() - before + released;
    }

    @Override
    public int held() {
        // The metrics of queues leave out nodes with labels.
        ResourceUsage usage = scheduler.getRootQueue().getQueueResourceUsage();
        long usedMb = usage.getUsed("").getMemorySize()
                + usage.getUsed(PlacementScenario.LABEL).getMemorySize();
        return (int) (usedMb / PlacementScenario.CONTAINER_MB);
    }
}
