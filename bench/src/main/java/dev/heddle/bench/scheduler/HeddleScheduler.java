package dev.heddle.bench.scheduler;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.command.AdminCommand;
import dev.heddle.rm.command.Allocation;
import dev.heddle.rm.command.ApplicationCommand;
import dev.heddle.rm.command.Command;
import dev.heddle.rm.command.CoreCommand;
import dev.heddle.rm.command.MasterCommand;
import dev.heddle.rm.command.NodeCommand;
import dev.heddle.rm.command.Wishes;
import dev.heddle.rm.core.ClusterController;
import dev.heddle.rm.core.CorePolicy;
import dev.heddle.rm.model.ApplicationAcls;
import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.model.ApplicationSpec;
import dev.heddle.rm.model.Ask;
import dev.heddle.rm.model.AskKey;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.ContainerExit;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.LaunchContext;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.model.NodeOffer;
import dev.heddle.rm.model.NodeStatus;
import dev.heddle.rm.model.Retries;
import dev.heddle.rm.model.constraint.PlacementConstraint;
import dev.heddle.rm.model.constraint.Requirement;
import dev.heddle.rm.model.constraint.SchedulingAsk;
import dev.heddle.rm.model.constraint.Scope;
import dev.heddle.rm.model.constraint.SentConstraint;
import dev.heddle.rm.model.constraint.TagNamespace;
import dev.heddle.rm.model.constraint.Target;
import dev.heddle.rm.scheduler.queue.QueuePlan;
import dev.heddle.rm.scheduler.queue.config.QueuePlanReader;
import dev.heddle.rm.scheduler.queue.config.QueuePlanReading;
import dev.heddle.rm.state.ClusterState;
import dev.heddle.rm.state.Container;
import dev.heddle.rm.state.Node;
import dev.heddle.testbed.placement.LoadedScheduler;
import dev.heddle.testbed.placement.PlacementScenario;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Heddle's core, as it is. Measured is everything that it does for a call, with the accounts and the answer: for the
 * masters' where there is room, and for the nodes' where containers end.
 */
final class HeddleScheduler implements LoadedScheduler {
    private static final long NOW_MS = 1_700_000_000_000L;
    private static final int PLACEMENTS_PER_PASS = 1_000;
    private static final int BACKLOG = 1_000_000;
    private static final int SWEEPS = 3;
    private static final Resource SMALLEST = new Resource(PlacementScenario.SMALLEST_MB, 1);
    private static final Resource NODE = new Resource(PlacementScenario.NODE_MB, PlacementScenario.NODE_VCORES);
    private static final Resource CONTAINER =
            new Resource(PlacementScenario.CONTAINER_MB, PlacementScenario.CONTAINER_VCORES);
    private static final AskKey KEY = new AskKey(1, -1);
    private static final Requirement APART = new Requirement(
            Set.of(PlacementScenario.TAG),
            new PlacementConstraint.Single(
                    Scope.NODE,
                    0,
                    0,
                    Set.of(new Target.Tags(TagNamespace.Relative.SELF, Set.of(PlacementScenario.TAG)))),
            SentConstraint.NONE);

    private final PlacementScenario scenario;
    private final ClusterState state;
    private final ClusterController controller;
    private final Map<AttemptId, Master> byAttempt = new HashMap<>();
    private final List<Master> masters = new ArrayList<>();
    private final int[] nodeResponseIds;
    private final List<Call> announced = new ArrayList<>();

    /** What a master wants next. */
    private record Call(Master master, Wishes wishes) {}

    /** A master's own counting of its calls. */
    private static final class Master {
        private final AttemptId attempt;
        private int responseId;

        Master(AttemptId attempt) {
            this.attempt = attempt;
        }
    }

    /** A cluster with all its nodes and applications. */
    HeddleScheduler(PlacementScenario scenario) {
        this.scenario = scenario;
        this.nodeResponseIds = new int[scenario.nodes()];
        this.state = new ClusterState(NOW_MS, 1, plan(scenario));
        this.controller = new ClusterController(
                state,
                new CorePolicy(
                        SMALLEST,
                        NODE,
                        2,
                        PLACEMENTS_PER_PASS,
                        new CorePolicy.Expiry(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE),
                        new CorePolicy.History(1, 1, 1),
                        0));
        joinNodes();
        for (int i = 0; i < scenario.applications(); i++) {
            Master master = submit(i);
            masters.add(master);
            byAttempt.put(master.attempt, master);
        }
    }

    private static QueuePlan plan(PlacementScenario scenario) {
        QueuePlanReading reading = QueuePlanReader.read(
                scenario.capacityScheduler(),
                new QueuePlanReader.Cluster(SMALLEST, NODE, Set.of(PlacementScenario.LABEL)));
        if (reading instanceof QueuePlanReading.Usable usable) {
            return usable.plan();
        }
        throw new IllegalStateException(reading.toString());
    }

    private void joinNodes() {
        handle(new AdminCommand.AddLabels(Map.of(PlacementScenario.LABEL, true)));
        Map<NodeId, Set<String>> labels = new HashMap<>();
        for (int i = 0; i < scenario.nodes(); i++) {
            NodeOffer offer = new NodeOffer(NODE, NODE, PlacementScenario.rack(i), "", 8042, "bench");
            handle(new NodeCommand.RegisterNode(node(i), offer, NodeStatus.HEALTHY, List.of(), List.of()));
            if (!scenario.label(i).isEmpty()) {
                labels.put(node(i), Set.of(scenario.label(i)));
            }
        }
        if (!labels.isEmpty()) {
            handle(new AdminCommand.LabelNodes(labels, true));
        }
    }

    private Master submit(int i) {
        ApplicationId application =
                handle(new ApplicationCommand.TakeApplicationId()).application();
        handle(new ApplicationCommand.SubmitApplication(
                application,
                new ApplicationSpec(
                        "bench",
                        "BENCH",
                        PlacementScenario.user(i),
                        scenario.queue(i),
                        0,
                        Set.of(),
                        Retries.upTo(1),
                        SMALLEST,
                        ApplicationSpec.Labels.NONE,
                        true,
                        0,
                        ApplicationAcls.NOBODY,
                        new LaunchContext(new byte[0]))));
        AttemptId attempt = new AttemptId(application, 1);
        handle(new MasterCommand.RegisterMaster(attempt, "bench", 1, ""));
        return new Master(attempt);
    }

    private static NodeId node(int i) {
        return new NodeId(PlacementScenario.host(i), 45_454);
    }

    private <R> R handle(Command<R> command) {
        R reply = controller.handle(command, NOW_MS).reply();
        while (controller.takeBacklog()) {
            controller.handle(new CoreCommand.ContinuePlacement(), NOW_MS);
        }
        return reply;
    }

    private void call(Master master, Wishes wishes) {
        Allocation reply = handle(new MasterCommand.Allocate(master.attempt, master.responseId, 0, "", wishes));
        master.responseId = reply.responseId();
    }

    private void heartbeat(int i) {
        heartbeat(i, List.of());
    }

    private void heartbeat(int i, List<ContainerExit> ended) {
        nodeResponseIds[i] = handle(new NodeCommand.NodeHeartbeat(
                        node(i), nodeResponseIds[i], NodeStatus.HEALTHY, List.of(), ended))
                .responseId();
    }

    private Wishes wishes(int application, int count, int time) {
        String label = scenario.label(application);
        return switch (scenario.wish()) {
            case PLAIN, LABELS ->
                Wishes.of(List.of(new Ask(KEY, Ask.ANYWHERE, CONTAINER, count, true, label)), List.of());
            case LOCALITY -> {
                List<Ask> asks = new ArrayList<>();
                Map<String, Integer> racks = new HashMap<>();
                int ofHost = Math.max(1, count / PlacementScenario.CONTAINERS_OF_AN_ASK);
                for (String host : scenario.hosts(application, time)) {
                    asks.add(new Ask(KEY, host, CONTAINER, ofHost, true));
                    racks.merge(PlacementScenario.rackOf(host), ofHost, Integer::sum);
                }
                racks.forEach((rack, ofRack) -> asks.add(new Ask(KEY, rack, CONTAINER, ofRack, true)));
                asks.add(new Ask(KEY, Ask.ANYWHERE, CONTAINER, count, true));
                yield Wishes.of(asks, List.of());
            }
            case APART -> Wishes.of(List.of(new SchedulingAsk(KEY, CONTAINER, count, APART, SchedulingAsk.PATIENT)));
        };
    }

    @Override
    public void announce(int first, int count, int time) {
        announced.clear();
        for (int i = first; i < first + count; i++) {
            announced.add(new Call(masters.get(i), wishes(i, PlacementScenario.CONTAINERS_OF_AN_ASK, time)));
        }
    }

    @Override
    public int place() {
        int before = held();
        announced.forEach(call -> call(call.master(), call.wishes()));
        for (int i = 0; i < SWEEPS * scenario.nodes() && held() - before < wanted(); i++) {
            // Whoever waits for a place of his own waits for so many nodes to have spoken.
            heartbeat(i % scenario.nodes());
        }
        return held() - before;
    }

    private int wanted() {
        return announced.size() * PlacementScenario.CONTAINERS_OF_AN_ASK;
    }

    @Override
    public void clear() {
        for (Call call : announced) {
            call(call.master(), Wishes.of(List.of(), List.of()));
            List<ContainerId> all = Objects.requireNonNull(state.attempt(call.master().attempt)).containers().stream()
                    .map(Container::id)
                    .toList();
            call(call.master(), Wishes.of(List.of(), all));
            call(call.master(), Wishes.of(List.of(), List.of()));
        }
        for (int i = 0; i < scenario.nodes(); i++) {
            heartbeat(i);
        }
    }

    @Override
    public void saturate() {
        int share = Math.max(1, scenario.capacity() / scenario.applications());
        for (int i = 0; i < masters.size(); i++) {
            call(masters.get(i), wishes(i, share, 0));
        }
        sweep();
        for (int i = 0; i < masters.size(); i++) {
            call(masters.get(i), wishes(i, BACKLOG, 0));
        }
        sweep();
    }

    private void sweep() {
        for (int i = 0; i < SWEEPS * scenario.nodes() && held() < scenario.capacity(); i++) {
            heartbeat(i % scenario.nodes());
        }
    }

    @Override
    public void settle(int[] nodes) {
        for (int i : nodes) {
            containers(i).forEach(container -> call(master(container.id()), Wishes.of(List.of(), List.of())));
        }
    }

    private List<Container> containers(int node) {
        Node known = Objects.requireNonNull(state.node(node(node)));
        return List.copyOf(known.containers());
    }

    private Master master(ContainerId id) {
        return Objects.requireNonNull(byAttempt.get(id.attempt()));
    }

    @Override
    public int turnOver(int[] nodes) {
        int before = held();
        int ended = 0;
        for (int i : nodes) {
            List<ContainerExit> exits = containers(i).stream()
                    .map(container -> new ContainerExit(container.id(), 0, ""))
                    .toList();
            ended += exits.size();
            heartbeat(i, exits);
        }
        return held() - before + ended;
    }

    @Override
    public int held() {
        return (int) (state.used().memoryMb() / PlacementScenario.CONTAINER_MB);
    }
}
