package dev.heddle.rm.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.command.CoreCommand;
import dev.heddle.rm.command.MasterCommand;
import dev.heddle.rm.event.ContainerEvent;
import dev.heddle.rm.event.QueueEvent;
import dev.heddle.rm.model.ApplicationSpec;
import dev.heddle.rm.model.Ask;
import dev.heddle.rm.model.AskKey;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.ContainerExit;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.ContainerState;
import dev.heddle.rm.model.ExitStatus;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.scheduler.preemption.Claim;
import dev.heddle.rm.scheduler.preemption.Loss;
import dev.heddle.rm.scheduler.preemption.PreemptionPlan;
import dev.heddle.rm.scheduler.queue.Measure;
import dev.heddle.rm.state.Attempt;
import dev.heddle.rm.state.Container;
import dev.heddle.rm.state.Node;
import dev.heddle.rm.state.Queue;
import dev.heddle.rm.state.QueueShare;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Whoever has too much gives it back, and nobody more than that, whatever the queues, nodes and asks. */
class PreemptionPropertyTest {
    private static final String KEYS = "yarn.resourcemanager.monitor.capacity.preemption.";
    private static final long GRACE_MS = 15_000;
    private static final long SMALLEST_MB = 128;

    /** A container is told of in one round, and taken in another. */
    private static final int ROUNDS_FOR_A_CONTAINER = 2;

    /** Rounds in which nothing is owed any more before it counts as settled. */
    private static final int QUIET_ROUNDS = 3;

    /** Of a picture of what went wrong. */
    private static final int LAST_EVENTS = 40;

    private static final String[] LEAVES = {"root.a", "root.b.c", "root.b.d", "root.e"};

    private static final String[][] TREES = {
        {
            "root.queues=a,b,e",
            "root.a.capacity=30",
            "root.b.capacity=50",
            "root.b.queues=c,d",
            "root.b.c.capacity=50",
            "root.b.d.capacity=50",
            "root.e.capacity=20"
        },
        {
            "root.queues=a,b,e",
            "root.a.capacity=60",
            "root.a.maximum-capacity=80",
            "root.b.capacity=40",
            "root.b.maximum-capacity=70",
            "root.b.queues=c,d",
            "root.b.c.capacity=25",
            "root.b.d.capacity=75",
            "root.e.capacity=0"
        },
        {
            "root.queues=a,b,e",
            "root.a.capacity=1w",
            "root.b.capacity=2w",
            "root.b.queues=c,d",
            "root.b.c.capacity=1w",
            "root.b.d.capacity=1w",
            "root.e.capacity=1w",
            "root.a.priority=5",
            "root.ordering-policy=priority-utilization"
        }
    };

    /** What an application wants all the time, whatever it loses. */
    private record Wish(Resource size, int count) {}

    private final Map<AttemptId, Wish> wishes = new LinkedHashMap<>();

    private static CoreFixture core(Random random, List<String> more) {
        List<String> lines = new ArrayList<>(List.of(TREES[random.nextInt(TREES.length)]));
        lines.add("maximum-am-resource-percent=1");
        lines.add("global-queue-max-application=100");
        lines.add("user-limit-factor=10");
        lines.add("minimum-user-limit-percent=" + (random.nextBoolean() ? 100 : 34));
        lines.add("yarn.resourcemanager.scheduler.monitor.enable=true");
        lines.add(KEYS + "total_preemption_per_round=" + (random.nextBoolean() ? "1" : "0.3"));
        lines.add(KEYS + "natural_termination_factor=" + (random.nextBoolean() ? "1" : "0.5"));
        lines.add(KEYS + "max_ignored_over_capacity=" + (random.nextBoolean() ? "0" : "0.1"));
        lines.add(KEYS + "intra-queue-preemption.enabled=" + random.nextBoolean());
        lines.add(KEYS + "intra-queue-preemption.preemption-order-policy="
                + (random.nextBoolean() ? "priority_first" : "userlimit_first"));
        if (random.nextBoolean()) {
            lines.add("root.a.ordering-policy=fair");
        }
        if (random.nextBoolean()) {
            lines.add("root.b.disable_preemption=true");
        }
        if (random.nextBoolean()) {
            lines.add("resource-calculator=org.apache.hadoop.yarn.util.resource.DominantResourceCalculator");
        }
        lines.addAll(more);
        return new CoreFixture(CoreFixture.POLICY, CoreFixture.plan(lines.toArray(String[]::new)));
    }

    private void application(CoreFixture core, Random random, String queue) {
        ApplicationSpec spec = CoreFixture.spec(3, CoreFixture.SMALL, random.nextBoolean());
        ApplicationSpec own = CoreFixture.spec(queue, "u" + random.nextInt(3), random.nextInt(3), spec);
        AttemptId attempt = new AttemptId(core.submit(own), 1);
        int cores = core.state.queuePlan().measure() == Measure.MEMORY ? 1 : 1 + random.nextInt(2);
        long memoryMb = 128L * (1 + random.nextInt(random.nextBoolean() ? 1 : 8));
        wishes.put(attempt, new Wish(new Resource(memoryMb, cores), random.nextInt(40)));
        speak(core);
    }

    /** Every master that can asks for what is missing to its wish. */
    private void speak(CoreFixture core) {
        wishes.forEach((id, wish) -> {
            Attempt attempt = Objects.requireNonNull(core.state.attempt(id));
            switch (attempt.state()) {
                case ALLOCATED -> core.handle(new MasterCommand.MasterLaunched(id));
                case LAUNCHED -> core.register(id);
                case RUNNING -> {
                    int held = (int) attempt.containers().stream()
                            .filter(container -> !container.isMaster() && container.state() != ContainerState.STOPPING)
                            .count();
                    Ask ask = new Ask(new AskKey(1, -1), Ask.ANYWHERE, wish.size(), wish.count() - held, true, "");
                    core.allocate(id, ask);
                }
                case SCHEDULED, FINISHING, FINISHED, FAILED, KILLED -> {
                    // It has nothing to say, or does not any more.
                }
            }
        });
    }

    /** Every node says what runs there, and ends what it was told to. */
    private static void beat(CoreFixture core) {
        List<NodeId> ids = core.state.nodes().stream().map(Node::id).sorted().toList();
        for (NodeId id : ids) {
            List<ContainerId> running = new ArrayList<>();
            List<ContainerExit> ended = new ArrayList<>();
            for (Container container : core.state(id).containers()) {
                if (container.state() == ContainerState.STOPPING) {
                    ended.add(new ContainerExit(container.id(), 143, ""));
                } else if (container.state() != ContainerState.GRANTED) {
                    running.add(container.id());
                }
            }
            core.heartbeat(id, running, ended);
        }
    }

    /** Where all containers are alike, nobody lacks a whole one of the guarantee while another one has one too many. */
    @Property(tries = 300)
    void shouldLeaveNobodyShortWhileAnotherHasTooMuch(@ForAll long seed) {
        Random random = new Random(seed);
        wishes.clear();
        CoreFixture core = new CoreFixture(
                CoreFixture.POLICY,
                CoreFixture.plan(Stream.concat(
                                Stream.of(TREES[random.nextInt(TREES.length)]),
                                Stream.of(
                                        "user-limit-factor=10",
                                        "maximum-am-resource-percent=1",
                                        "global-queue-max-application=100",
                                        "yarn.resourcemanager.scheduler.monitor.enable=true",
                                        KEYS + "total_preemption_per_round=0.2",
                                        KEYS + "natural_termination_factor=0.5",
                                        KEYS + "max_ignored_over_capacity=0"))
                        .toArray(String[]::new)));
        Resource size = new Resource(128, 1);
        for (int i = 0; i < 1 + random.nextInt(4); i++) {
            core.node("h" + i, new Resource(128L * (8 + random.nextInt(24)), 100));
        }
        for (String leaf : LEAVES) {
            AttemptId attempt = new AttemptId(
                    core.submit(CoreFixture.spec(leaf, "user", 0, CoreFixture.spec(1, CoreFixture.SMALL, true))), 1);
            wishes.put(attempt, new Wish(size, random.nextInt(80)));
            speak(core);
            speak(core);
            beat(core);
        }
        settle(core);
        List<QueueShare> waiting = new ArrayList<>();
        List<QueueShare> over = new ArrayList<>();
        for (String leaf : LEAVES) {
            QueueShare share = core.state.share(core.state.knownQueue(leaf), core.state.partition(""));
            long guaranteedMb = share.bounds().guaranteed().memoryMb();
            if (share.isHungry() && share.used().memoryMb() + size.memoryMb() <= guaranteedMb) {
                waiting.add(share);
            } else if (share.used().memoryMb() - size.memoryMb() >= guaranteedMb && guaranteedMb > 0) {
                over.add(share);
            }
        }
        assertThat(waiting.isEmpty() || over.isEmpty())
                .as(() -> waiting + " have too little, " + over + " too much: " + picture(core))
                .isTrue();
    }

    private CoreFixture cluster(Random random, List<String> more) {
        wishes.clear();
        CoreFixture core = core(random, more);
        for (int i = 0; i < 1 + random.nextInt(4); i++) {
            core.node("h" + i, new Resource(1_024L * (1 + random.nextInt(4)), 4 + random.nextInt(28)));
        }
        for (int i = 0; i < 2 + random.nextInt(8); i++) {
            application(core, random, LEAVES[random.nextInt(LEAVES.length)]);
            speak(core);
            if (random.nextBoolean()) {
                beat(core);
            }
        }
        speak(core);
        speak(core);
        beat(core);
        return core;
    }

    @Property(tries = 1_000)
    void shouldTakeNoMoreThanIsOwedAndComeToAnEnd(@ForAll long seed) {
        settle(cluster(new Random(seed), List.of()));
    }

    /** One round after the other, until nothing is owed any more though everybody wants what he wanted. */
    private void settle(CoreFixture core) {
        // Where only one goes at a time, each that there is room for may have to go, but none twice.
        long most = ROUNDS_FOR_A_CONTAINER * core.state.total().memoryMb() / SMALLEST_MB + QUIET_ROUNDS;
        int quiet = 0;
        int rounds = 0;
        while (quiet < QUIET_ROUNDS) {
            assertThat((long) ++rounds)
                    .as(() -> "rounds until nothing is owed: " + picture(core))
                    .isLessThanOrEqualTo(most);
            core.nowMs += GRACE_MS;
            int events = core.events.size();
            PreemptionPlan plan = core.handle(new CoreCommand.PlanPreemption());
            assertThat(core.events).as("to look changes nothing").hasSize(events);
            assertThat(core.handle(new CoreCommand.PlanPreemption())).isEqualTo(plan);
            check(core, plan);
            assertThat(core.handle(new CoreCommand.Preempt())).isEqualTo(plan);
            quiet = plan.losses().isEmpty() ? quiet + 1 : 0;
            beat(core);
            speak(core);
            beat(core);
            speak(core);
        }
    }

    /** What a person needs to see what went wrong. */
    private String picture(CoreFixture core) {
        StringBuilder picture = new StringBuilder();
        picture.append(core.state.queuePlan().preemption())
                .append(core.state.queuePlan().measure());
        for (Queue queue : core.state.queues()) {
            for (QueueShare share : queue.shares()) {
                picture.append("\n%s uses %s of %s, at most %s, %s, %s"
                        .formatted(
                                share,
                                share.used(),
                                share.bounds().guaranteed(),
                                share.bounds().maximum(),
                                share.isHungry() ? "hungry" : "satisfied",
                                queue.spec().ordering()));
            }
        }
        core.state.nodes().forEach(node -> picture.append("\n" + node.id() + " has free " + node.free()));
        wishes.forEach((id, wish) -> {
            Attempt attempt = Objects.requireNonNull(core.state.attempt(id));
            picture.append("\n%s in %s of %s, priority %d, wants %s, has %d, %s"
                    .formatted(
                            id,
                            attempt.application().queue(),
                            attempt.application().spec().user(),
                            attempt.application().priority(),
                            wish,
                            attempt.containers().size(),
                            attempt.state()));
        });
        int events = core.events.size();
        core.events.subList(Math.max(0, events - LAST_EVENTS), events).stream()
                .filter(event -> event instanceof ContainerEvent)
                .forEach(event -> picture.append("\n" + event));
        return picture.toString();
    }

    private void check(CoreFixture core, PreemptionPlan plan) {
        Measure measure = core.state.queuePlan().measure();
        Map<QueueShare, Resource> lost = new HashMap<>();
        Set<ContainerId> once = new HashSet<>();
        for (Loss loss : plan.losses()) {
            assertThat(once.add(loss.container())).as("goes once").isTrue();
            assertThat(loss.sentence())
                    .contains(loss.container().toString(), loss.claim().queue());
            Queue queue = core.state.knownQueue(loss.queue());
            assertThat(queue.spec().preemption().byOtherQueues()).isTrue();
            if (loss.claim() instanceof Claim.Guarantee) {
                Node node = core.state(loss.node());
                lost.merge(core.state.share(queue, node.partition()), loss.resource(), Resource::plus);
            } else {
                assertThat(queue.spec().preemption().inside()).isTrue();
                assertThat(loss.claim().queue()).isEqualTo(loss.queue());
            }
        }
        lost.forEach((share, some) -> {
            Resource guaranteed = share.bounds().guaranteed();
            Resource left = share.used().minus(some);
            assertThat(measure.isMore(guaranteed, left, share.partition().total()))
                    .as(() -> share + " is left " + left + ", " + picture(core))
                    .isFalse();
        });
    }

    @Property(tries = 200)
    void shouldTouchNothingWhereItOnlyObserves(@ForAll long seed) {
        Random random = new Random(seed);
        CoreFixture core = cluster(random, List.of(KEYS + "observe_only=true"));
        for (int round = 0; round < 4; round++) {
            core.nowMs += GRACE_MS;
            int events = core.events.size();
            PreemptionPlan plan = core.handle(new CoreCommand.Preempt());
            assertThat(core.events.subList(events, core.events.size()))
                    .as("what is observed is told once")
                    .hasSize(round == 0 && !plan.losses().isEmpty() ? 1 : 0)
                    .allMatch(event -> event instanceof QueueEvent.PreemptionObserved);
            assertThat(core.state.preemptions().notices()).isEmpty();
        }
        assertThat(core.events).noneMatch(event -> event.toString().contains("status=" + ExitStatus.PREEMPTED));
    }
}
