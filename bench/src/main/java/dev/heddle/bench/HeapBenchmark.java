package dev.heddle.bench;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.command.Allocation;
import dev.heddle.rm.command.ApplicationCommand;
import dev.heddle.rm.command.Command;
import dev.heddle.rm.command.MasterCommand;
import dev.heddle.rm.command.NodeCommand;
import dev.heddle.rm.command.NodeInstructions;
import dev.heddle.rm.command.Wishes;
import dev.heddle.rm.core.ClusterController;
import dev.heddle.rm.core.CorePolicy;
import dev.heddle.rm.model.ApplicationAcls;
import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.model.ApplicationSpec;
import dev.heddle.rm.model.Ask;
import dev.heddle.rm.model.AskKey;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.LaunchContext;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.model.NodeOffer;
import dev.heddle.rm.model.NodeStatus;
import dev.heddle.rm.model.Retries;
import dev.heddle.rm.scheduler.queue.QueuePlan;
import dev.heddle.rm.scheduler.queue.config.QueuePlanReader;
import dev.heddle.rm.scheduler.queue.config.QueuePlanReading;
import dev.heddle.rm.snapshot.ClusterSnapshots;
import dev.heddle.rm.state.ClusterState;
import dev.heddle.testbed.placement.PlacementScenario;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the resource manager's state and snapshots take of the heap: per node, and per container that runs. Prints both, from
 * the heap that is in use after collections. Run it with enough heap, such as {@code -Xmx2g}.
 */
public final class HeapBenchmark {
    private static final int COLLECTIONS = 5;
    private static final int NODES_IN_RACK = 40;
    private static final long NOW_MS = 1_700_000_000_000L;
    private static final Resource CONTAINER = new Resource(1_024, 1);

    private final ClusterSnapshots snapshots = new ClusterSnapshots(100);
    private final PlacementScenario scenario;
    private final ClusterState state;
    private final ClusterController controller;
    private final int nodes;
    private final int containersPerNode;

    private HeapBenchmark(PlacementScenario scenario, int containersPerNode) {
        this.scenario = scenario;
        this.nodes = scenario.nodes();
        this.containersPerNode = containersPerNode;
        this.state = new ClusterState(NOW_MS, 1, plan(scenario));
        this.controller = new ClusterController(
                state,
                new CorePolicy(
                        CONTAINER,
                        CONTAINER,
                        2,
                        Integer.MAX_VALUE,
                        new CorePolicy.Expiry(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE),
                        new CorePolicy.History(1_000, 50, 1_000),
                        0));
    }

    /**
     * Measures.
     *
     * @param arguments how many nodes, how many containers on each, of how many applications, in how many queues; 10000, 50,
     *     100 and 1 where there are none
     */
    public static void main(String[] arguments) {
        PlacementScenario scenario = new PlacementScenario(
                argument(arguments, 0, 10_000),
                argument(arguments, 3, 1),
                argument(arguments, 2, 100),
                PlacementScenario.Wish.PLAIN);
        new HeapBenchmark(scenario, argument(arguments, 1, 50)).measure(scenario.applications());
    }

    private static int argument(String[] arguments, int place, int otherwise) {
        return arguments.length > place ? Integer.parseInt(arguments[place]) : otherwise;
    }

    private static QueuePlan plan(PlacementScenario scenario) {
        QueuePlanReading reading = QueuePlanReader.read(
                scenario.capacityScheduler(), new QueuePlanReader.Cluster(CONTAINER, CONTAINER, Set.of()));
        if (reading instanceof QueuePlanReading.Usable usable) {
            return usable.plan();
        }
        throw new IllegalStateException(reading.toString());
    }

    private void measure(int applications) {
        long empty = usedHeap();
        for (int i = 0; i < nodes; i++) {
            register(i);
        }
        for (int i = 0; i < nodes; i++) {
            heartbeat(i, 0, List.of());
        }
        long withNodes = usedHeap();
        System.out.printf("%d nodes: %d bytes each%n", nodes, (withNodes - empty) / nodes);
        int containers = nodes * containersPerNode;
        run(applications, containers / applications);
        long withContainers = usedHeap();
        int running = state.nodes().stream()
                .mapToInt(node -> node.containers().size())
                .sum();
        System.out.printf(
                "%d containers of %d applications in %d queues: %d bytes each%n",
                running,
                snapshots.applications().size(),
                scenario.queues(),
                (withContainers - withNodes) / Math.max(1, running));
    }

    private static long usedHeap() {
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
        }
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    private <R> R handle(Command<R> command) {
        ClusterController.Outcome<R> outcome = controller.handle(command, NOW_MS);
        snapshots.publish(state, outcome.events());
        return outcome.reply();
    }

    private static NodeId node(int i) {
        return new NodeId("node-" + i + ".cluster.example.org", 45_454);
    }

    private void register(int i) {
        Resource total = new Resource(containersPerNode * CONTAINER.memoryMb(), containersPerNode);
        NodeOffer offer = new NodeOffer(total, total, "/rack" + i / NODES_IN_RACK, "127.0.0.1", 8042, "3.5.0");
        handle(new NodeCommand.RegisterNode(node(i), offer, NodeStatus.HEALTHY, List.of(), List.of()));
    }

    private NodeInstructions heartbeat(int i, int responseId, List<ContainerId> running) {
        return handle(new NodeCommand.NodeHeartbeat(node(i), responseId, NodeStatus.HEALTHY, running, List.of()));
    }

    /** Grants containers, has their masters take them and their nodes report them. */
    private void run(int applications, int containersOfEach) {
        Map<NodeId, List<ContainerId>> running = new HashMap<>();
        for (int i = 0; i < applications; i++) {
            ApplicationId application =
                    handle(new ApplicationCommand.TakeApplicationId()).application();
            handle(new ApplicationCommand.SubmitApplication(
                    application,
                    new ApplicationSpec(
                            "heap",
                            "BENCH",
                            "bench",
                            scenario.queue(i),
                            0,
                            Set.of(),
                            Retries.upTo(1),
                            CONTAINER,
                            ApplicationSpec.Labels.NONE,
                            true,
                            0,
                            ApplicationAcls.NOBODY,
                            new LaunchContext(new byte[0]))));
            AttemptId attempt = new AttemptId(application, 1);
            handle(new MasterCommand.RegisterMaster(attempt, "bench", 1, ""));
            Ask ask = new Ask(new AskKey(1, -1), Ask.ANYWHERE, CONTAINER, containersOfEach, true);
            Allocation reply = allocate(attempt, 0, List.of(ask));
            for (Allocation.Grant grant : reply.grants()) {
                running.computeIfAbsent(grant.node(), id -> new ArrayList<>()).add(grant.container());
            }
            // The reply is kept until it is acknowledged, to be repeated.
            allocate(attempt, reply.responseId(), List.of());
        }
        for (int i = 0; i < nodes; i++) {
            heartbeat(i, 1, running.getOrDefault(node(i), List.of()));
        }
    }

    private Allocation allocate(AttemptId attempt, int responseId, List<Ask> asks) {
        return handle(new MasterCommand.Allocate(attempt, responseId, 0, "", Wishes.of(asks, List.of())));
    }
}
