package dev.heddle.rm.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.command.AdminCommand;
import dev.heddle.rm.command.Allocation;
import dev.heddle.rm.command.ApplicationCommand;
import dev.heddle.rm.command.CoreCommand;
import dev.heddle.rm.command.MasterCommand;
import dev.heddle.rm.command.NodeCommand;
import dev.heddle.rm.command.Refusal;
import dev.heddle.rm.command.Wishes;
import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.model.ApplicationSpec;
import dev.heddle.rm.model.Ask;
import dev.heddle.rm.model.AskKey;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.ContainerExit;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.ContainerSignal;
import dev.heddle.rm.model.ContainerState;
import dev.heddle.rm.model.FinalStatus;
import dev.heddle.rm.model.LogReport;
import dev.heddle.rm.model.LogState;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.model.NodeLists;
import dev.heddle.rm.model.NodeStatus;
import dev.heddle.rm.model.UpdateWish;
import dev.heddle.rm.model.Utilization;
import dev.heddle.rm.model.constraint.SchedulingAsk;
import dev.heddle.rm.model.constraint.Scope;
import dev.heddle.rm.scheduler.queue.QueuePlan;
import dev.heddle.rm.state.Attempt;
import dev.heddle.rm.state.Container;
import dev.heddle.rm.state.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/** Whatever nodes, masters and users do, in whatever order, the books agree after each step. */
class CoreInvariantsTest {
    private static final int STEPS = 120;
    private static final String PREEMPTION = "yarn.resourcemanager.monitor.capacity.preemption.";
    private static final String[] LABELS = {"x", "y"};
    private static final String[] QUEUES = {"root.a", "root.b.c", "root.b.d", "root.b", "default"};

    /** Shares, limits of users, masters and applications, orders, labels; what one has and another has not. */
    private static final QueuePlan[] PLANS = {
        plan(
                "root.queues=a,b",
                "root.a.capacity=30",
                "root.a.maximum-capacity=60",
                "root.b.capacity=70",
                "root.b.queues=c,d",
                "root.b.c.capacity=50",
                "root.b.d.capacity=50",
                "root.b.c.user-limit-factor=0.5",
                "root.b.d.minimum-user-limit-percent=40",
                "root.b.d.user-limit-factor=3",
                "root.b.d.ordering-policy=fair",
                "yarn.resourcemanager.scheduler.monitor.enable=true",
                PREEMPTION + "max_wait_before_kill=2000",
                PREEMPTION + "total_preemption_per_round=1",
                PREEMPTION + "natural_termination_factor=1",
                PREEMPTION + "max_ignored_over_capacity=0",
                PREEMPTION + "intra-queue-preemption.enabled=true",
                PREEMPTION + "intra-queue-preemption.max-allowable-limit=1"),
        plan(
                "root.queues=a,b",
                "root.a.capacity=1w",
                "root.b.capacity=3w",
                "root.b.queues=c,d",
                "root.b.c.capacity=1w",
                "root.b.d.capacity=1w",
                "root.a.max-parallel-apps=2",
                "user.u1.max-parallel-apps=1",
                "root.a.maximum-am-resource-percent=0.5",
                "root.accessible-node-labels=x,y",
                "root.accessible-node-labels.x.capacity=100",
                "root.accessible-node-labels.y.capacity=100",
                "root.a.accessible-node-labels=x,y",
                "root.a.accessible-node-labels.x.capacity=1w",
                "root.a.accessible-node-labels.y.capacity=1w",
                "yarn.resourcemanager.scheduler.monitor.enable=true",
                PREEMPTION + "max_wait_before_kill=0",
                PREEMPTION + "intra-queue-preemption.enabled=true",
                PREEMPTION + "intra-queue-preemption.preemption-order-policy=priority_first",
                "resource-calculator=org.apache.hadoop.yarn.util.resource.DominantResourceCalculator"),
        plan("root.queues=default,a", "root.default.capacity=0", "root.a.capacity=100", "root.a.state=STOPPED"),
        plan(
                "root.queues=a,b",
                "root.a.capacity=[memory=40%,vcores=4,yarn.io/gpu=1w]",
                "root.a.maximum-capacity=[yarn.io/gpu=3,memory=90%]",
                "root.b.capacity=[memory=2w,vcores=1w,yarn.io/gpu=1]",
                "root.b.queues=c,d",
                "root.b.c.capacity=50",
                "root.b.d.capacity=50",
                "root.b.c.user-limit-factor=0.5",
                "heddle.scheduler.root.b.c.application-order=dominant",
                "legacy-queue-mode.enabled=false",
                "resource-calculator=org.apache.hadoop.yarn.util.resource.DominantResourceCalculator")
    };

    /** Some nodes have some of a third kind, and some asks want some. */
    private static Resource sometimes(Resource resource, Random random) {
        return random.nextInt(3) == 0 ? resource.and(CoreFixture.GPU, 1 + random.nextInt(3)) : resource;
    }

    private static QueuePlan plan(String... lines) {
        return CoreFixture.plan(lines);
    }

    private static ApplicationSpec spec(Random random) {
        ApplicationSpec spec = random.nextBoolean()
                ? CoreFixture.keeping(random.nextBoolean())
                : CoreFixture.spec(1 + random.nextInt(3), CoreFixture.SMALL, random.nextBoolean());
        String user = "u" + random.nextInt(3);
        String queue = anyOf(QUEUES, random);
        return CoreFixture.spec(queue, user, random.nextInt(3) - 1, spec);
    }

    @Property(tries = 400)
    void shouldKeepTheBooks(@ForAll long seed) {
        Random random = new Random(seed);
        CoreFixture core =
                new CoreFixture(CoreFixture.POLICY, random.nextBoolean() ? CoreFixture.QUEUES : anyOf(PLANS, random));
        for (int step = 0; step < STEPS; step++) {
            try {
                act(core, random);
            } catch (Refusal refusal) {
                assertThat(refusal.getMessage()).isNotBlank();
            }
            Books.check(core);
        }
    }

    private static void act(CoreFixture core, Random random) {
        core.nowMs += random.nextInt(3_000);
        switch (random.nextInt(15)) {
            case 0 ->
                core.node(
                        "h" + random.nextInt(4),
                        "/r" + random.nextInt(2),
                        sometimes(new Resource(256L * (1 + random.nextInt(8)), 8), random));
            case 1 -> core.submit(spec(random));
            case 2, 3 -> masterMoves(core, random);
            case 4, 5, 6 -> allocate(core, random);
            case 7, 8, 9 -> heartbeat(core, random);
            case 10 -> leave(core, random);
            case 11 -> administer(core, random);
            case 12, 13 -> core.handle(new CoreCommand.Preempt());
            default -> {
                core.handle(new CoreCommand.Expire());
                QueueInvariants.checkNobodyIsHeldInVain(core.state);
            }
        }
    }

    private static void masterMoves(CoreFixture core, Random random) {
        Attempt attempt = anyAttempt(core, random);
        if (attempt == null) {
            return;
        }
        AttemptId id = attempt.id();
        switch (random.nextInt(6)) {
            case 0 -> core.handle(new MasterCommand.MasterLaunched(id));
            case 1, 2, 3 -> core.register(id);
            case 4 -> core.handle(new MasterCommand.FinishMaster(id, FinalStatus.SUCCEEDED, "", ""));
            default -> core.handle(new MasterCommand.MasterLaunchFailed(id, "reason"));
        }
    }

    private static void allocate(CoreFixture core, Random random) {
        Attempt attempt = anyAttempt(core, random);
        if (attempt == null) {
            return;
        }
        List<ContainerId> releases = new ArrayList<>();
        for (Container container : attempt.containers()) {
            if (random.nextInt(6) == 0 && !container.isMaster()) {
                releases.add(container.id());
            }
        }
        Wishes wishes =
                new Wishes(asks(random), schedulingAsks(random), releases, blacklist(random), updates(attempt, random));
        Allocation reply = core.allocate(attempt.id(), wishes);
        assertThat(reply.grants()).allSatisfy(grant -> assertThat(core.state.container(grant.container()))
                .isNotNull());
    }

    private static List<Ask> asks(Random random) {
        Resource size = sometimes(new Resource(128L * (1 + random.nextInt(10)), 1), random);
        int count = random.nextInt(5);
        List<Ask> asks = new ArrayList<>();
        if (random.nextBoolean()) {
            asks.add(ask("h" + random.nextInt(5), count, size, true));
            asks.add(ask("/r" + random.nextInt(2), count, size, random.nextBoolean()));
        }
        asks.add(ask(Ask.ANYWHERE, count, size, random.nextInt(3) > 0));
        if (random.nextInt(4) == 0) {
            asks.add(
                    new Ask(new AskKey(2, -1), Ask.ANYWHERE, new Resource(256, 1), count, true, anyOf(LABELS, random)));
        }
        return asks;
    }

    private static Ask ask(String place, int count, Resource size, boolean relaxLocality) {
        return new Ask(new AskKey(1, -1), place, size, count, relaxLocality);
    }

    /** Of the same key always the same but for the number, as nothing else may change. */
    private static List<SchedulingAsk> schedulingAsks(Random random) {
        int count = random.nextInt(4);
        return switch (random.nextInt(4)) {
            case 0 -> List.of(SchedulingAsks.ask(10, count, "x", SchedulingAsks.notIn(Scope.NODE, "x")));
            case 1 -> List.of(SchedulingAsks.ask(11, count, "y", SchedulingAsks.in(Scope.RACK, "x")));
            case 2 -> List.of(SchedulingAsks.ask(12, count, "x", SchedulingAsks.notIn(Scope.RACK, "y"), 2));
            default -> List.of();
        };
    }

    private static Wishes.BlacklistChange blacklist(Random random) {
        return random.nextInt(4) > 0
                ? Wishes.BlacklistChange.NONE
                : new Wishes.BlacklistChange(List.of("h" + random.nextInt(5)), List.of("h" + random.nextInt(5)));
    }

    private static List<UpdateWish> updates(Attempt attempt, Random random) {
        List<UpdateWish> updates = new ArrayList<>();
        UpdateWish.Kind[] kinds = UpdateWish.Kind.values();
        for (Container container : attempt.containers()) {
            if (random.nextInt(6) == 0) {
                Resource target = sometimes(new Resource(128L * random.nextInt(12), random.nextInt(4)), random);
                int version = random.nextInt(5) == 0 ? 9 : container.version();
                updates.add(new UpdateWish(container.id(), version, kinds[random.nextInt(kinds.length)], target));
            }
        }
        return updates;
    }

    /** A node reports some of what was started there, and ends some of it. */
    private static void heartbeat(CoreFixture core, Random random) {
        Node node = anyNode(core, random);
        if (node == null) {
            return;
        }
        List<ContainerId> running = new ArrayList<>();
        List<ContainerExit> ended = new ArrayList<>();
        for (Container container : node.containers()) {
            if (container.state() == ContainerState.GRANTED) {
                continue;
            }
            if (random.nextInt(4) == 0) {
                ended.add(new ContainerExit(container.id(), random.nextInt(3), ""));
            } else {
                running.add(container.id());
            }
        }
        boolean healthy = random.nextInt(8) != 0;
        Utilization load = new Utilization(0, 0, random.nextInt(5));
        core.heartbeat(node.id(), new NodeStatus(healthy, "", 0, Utilization.NONE, load), running, ended);
        Attempt attempt = anyAttempt(core, random);
        if (attempt != null) {
            LogReport report = new LogReport(attempt.id().application(), anyOf(LogState.values(), random), "");
            core.handle(new NodeCommand.ReportLogs(node.id(), List.of(report)));
        }
    }

    /** Hosts are let in and thrown out, at once or in time, and nodes change in size. */
    private static void administer(CoreFixture core, Random random) {
        Node node = anyNode(core, random);
        switch (random.nextInt(7)) {
            case 4 -> core.handle(new AdminCommand.ChangeQueues(anyOf(PLANS, random)));
            case 5 -> core.handle(new AdminCommand.AddLabels(Map.of("x", true, "y", false)));
            case 6 ->
                core.handle(new AdminCommand.LabelNodes(
                        Map.of(
                                new NodeId("h" + random.nextInt(4), 0),
                                random.nextBoolean() ? Set.of() : Set.of(anyOf(LABELS, random))),
                        false));
            case 0 -> core.handle(new AdminCommand.UseNodeLists(NodeLists.EVERYBODY, AdminCommand.Departure.NOW, 0));
            case 1, 2 -> {
                Map<String, Integer> excluded = new HashMap<>();
                excluded.put("h" + random.nextInt(4), null);
                core.handle(new AdminCommand.UseNodeLists(
                        new NodeLists(Set.of(), excluded), anyOf(AdminCommand.Departure.values(), random), 5));
            }
            default -> {
                if (node != null) {
                    core.handle(new AdminCommand.UpdateNodeResources(
                            Map.of(node.id(), sometimes(new Resource(128L * (1 + random.nextInt(12)), 4), random)),
                            Map.of(node.id(), random.nextInt(4) * 5_000 - 5_000)));
                }
            }
        }
    }

    private static <T> T anyOf(T[] values, Random random) {
        return values[random.nextInt(values.length)];
    }

    private static void leave(CoreFixture core, Random random) {
        Node node = anyNode(core, random);
        Attempt attempt = anyAttempt(core, random);
        if (random.nextBoolean() && node != null) {
            core.handle(new NodeCommand.UnregisterNode(node.id()));
        } else if (attempt != null) {
            userMoves(core, random, attempt);
        }
    }

    private static void userMoves(CoreFixture core, Random random, Attempt attempt) {
        ApplicationId id = attempt.id().application();
        switch (random.nextInt(6)) {
            case 5 -> core.handle(new ApplicationCommand.MoveApplication(id, anyOf(QUEUES, random)));
            case 0 -> core.handle(new ApplicationCommand.KillApplication(id, "killed"));
            case 1 -> core.handle(new ApplicationCommand.FailAttempt(attempt.id()));
            case 2 -> core.handle(new ApplicationCommand.ChangePriority(id, random.nextInt(4)));
            case 3 -> core.handle(new ApplicationCommand.ChangeLifetime(id, core.nowMs + random.nextInt(20_000)));
            default ->
                core.handle(new ApplicationCommand.SignalContainer(
                        ContainerId.of(attempt.id(), core.state.epoch(), 1), ContainerSignal.OUTPUT_THREAD_DUMP));
        }
    }

    private static @Nullable Node anyNode(CoreFixture core, Random random) {
        List<NodeId> ids = new ArrayList<>();
        core.state.nodes().forEach(node -> ids.add(node.id()));
        ids.sort(null);
        return ids.isEmpty() ? null : core.state.node(ids.get(random.nextInt(ids.size())));
    }

    private static @Nullable Attempt anyAttempt(CoreFixture core, Random random) {
        List<ApplicationId> ids = new ArrayList<>();
        core.state.applications().forEach(application -> ids.add(application.id()));
        return ids.isEmpty()
                ? null
                : core.application(ids.get(random.nextInt(ids.size()))).currentAttempt();
    }
}
