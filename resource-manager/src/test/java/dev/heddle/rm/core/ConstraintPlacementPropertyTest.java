package dev.heddle.rm.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.command.AdminCommand;
import dev.heddle.rm.command.MasterCommand;
import dev.heddle.rm.command.Wishes;
import dev.heddle.rm.event.AttemptEvent;
import dev.heddle.rm.event.ContainerEvent;
import dev.heddle.rm.event.Event;
import dev.heddle.rm.model.ApplicationAcls;
import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.model.ApplicationSpec;
import dev.heddle.rm.model.AskKey;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.LaunchContext;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.model.NodeState;
import dev.heddle.rm.model.Retries;
import dev.heddle.rm.model.constraint.PlacementConstraint;
import dev.heddle.rm.model.constraint.Requirement;
import dev.heddle.rm.model.constraint.SchedulingAsk;
import dev.heddle.rm.model.constraint.Scope;
import dev.heddle.rm.model.constraint.TagNamespace;
import dev.heddle.rm.model.constraint.Target;
import dev.heddle.rm.scheduler.Limits;
import dev.heddle.rm.state.Attempt;
import dev.heddle.rm.state.Container;
import dev.heddle.rm.state.Node;
import dev.heddle.rm.state.PendingAsks;
import dev.heddle.rm.state.TagPlaces;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Placements under any constraints against a model that counts one container after the other: nothing is placed against its
 * constraint, and what waits could not be placed.
 */
class ConstraintPlacementPropertyTest {
    private static final int STEPS = 60;
    private static final String[] TAGS = {"x", "y", "z"};

    /** A container as the model knows it. */
    private record Placed(NodeId node, ApplicationId application, Set<String> tags) {}

    private record Wanted(AttemptId attempt, AskKey key) {}

    private final Map<ContainerId, Placed> model = new LinkedHashMap<>();
    private final Map<String, Map<String, String>> attributes = new HashMap<>();
    private final Map<NodeId, String> racks = new HashMap<>();
    private final List<AttemptId> attempts = new ArrayList<>();
    private final Map<Wanted, Requirement> wanted = new HashMap<>();
    private final Map<ApplicationId, Map<String, PlacementConstraint>> generals = new HashMap<>();
    private CoreFixture core = new CoreFixture();

    @Property(tries = 200)
    void shouldPlaceWhereTheConstraintHoldsAndWhereverItDoes(@ForAll long seed) {
        Random random = new Random(seed);
        core = new CoreFixture();
        model.clear();
        attributes.clear();
        racks.clear();
        attempts.clear();
        wanted.clear();
        generals.clear();
        for (int i = 0; i < 3; i++) {
            AttemptId attempt = submit(random);
            Map<String, PlacementConstraint> general = generalConstraints(random);
            generals.put(attempt.application(), general);
            core.handle(new MasterCommand.RegisterMaster(attempt, "host", 1, "", general));
            attempts.add(attempt);
        }
        for (int step = 0; step < STEPS; step++) {
            act(random);
            checkIndex();
        }
    }

    private AttemptId submit(Random random) {
        return new AttemptId(
                core.submit(new ApplicationSpec(
                        "name",
                        "TYPE",
                        "user",
                        "default",
                        0,
                        random.nextBoolean() ? Set.of("db") : Set.of(),
                        Retries.upTo(1),
                        CoreFixture.SMALL,
                        ApplicationSpec.Labels.NONE,
                        true,
                        0,
                        ApplicationAcls.NOBODY,
                        new LaunchContext(new byte[0]))),
                1);
    }

    private Map<String, PlacementConstraint> generalConstraints(Random random) {
        return random.nextInt(3) > 0 ? Map.of() : Map.of(any(TAGS, random), constraint(random, 1));
    }

    private void act(Random random) {
        int seen = core.events.size();
        AttemptId attempt = attempts.get(random.nextInt(attempts.size()));
        switch (random.nextInt(6)) {
            case 0 -> join(random);
            case 1 -> {
                String host = "h" + random.nextInt(6);
                Map<String, String> values = random.nextBoolean() ? Map.of("os", "o" + random.nextInt(2)) : Map.of();
                attributes.put(host, values);
                core.handle(new AdminCommand.MapAttributes(AdminCommand.Change.REPLACE, Map.of(host, values), false));
            }
            case 2 -> release(attempt, random);
            default -> core.allocate(attempt, Wishes.of(asks(attempt, random)));
        }
        follow(seen);
        int before = core.events.size();
        core.allocate(attempt, Wishes.of(List.of()));
        follow(before);
        checkNothingMoreFits(attempt);
    }

    /** A node comes, or comes again with what it runs, perhaps in another rack. */
    private void join(Random random) {
        NodeId id = new NodeId("h" + random.nextInt(6), 1000);
        Node known = core.state.node(id);
        List<ContainerId> running = new ArrayList<>();
        if (known != null) {
            known.containers().forEach(container -> running.add(container.id()));
        }
        String rack = "/r" + random.nextInt(3);
        racks.put(id, rack);
        core.register(id, rack, new Resource(128L * (1 + random.nextInt(12)), 16), running, List.of());
    }

    private void release(AttemptId attempt, Random random) {
        List<ContainerId> releases = new ArrayList<>();
        for (Container container :
                Objects.requireNonNull(core.state.attempt(attempt)).containers()) {
            if (random.nextInt(3) == 0) {
                releases.add(container.id());
            }
        }
        core.allocate(attempt, List.of(), releases);
    }

    private List<SchedulingAsk> asks(AttemptId attempt, Random random) {
        List<SchedulingAsk> asks = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            long id = random.nextInt(4);
            PendingAsks pending =
                    Objects.requireNonNull(core.state.attempt(attempt)).asks();
            PendingAsks.Constrained before = pending.constrained(new AskKey(1, id));
            boolean twice = asks.stream().anyMatch(ask -> ask.key().allocationRequestId() == id);
            if (before == null && !twice) {
                String tag = random.nextInt(4) == 0 ? "" : any(TAGS, random);
                asks.add(SchedulingAsks.ask(id, random.nextInt(4), tag, constraint(random, 2)));
            } else if (before != null) {
                asks.add(new SchedulingAsk(
                        new AskKey(1, id), new Resource(128, 1), random.nextInt(3), before.requirement(), 0));
            }
        }
        return asks;
    }

    private static PlacementConstraint constraint(Random random, int depth) {
        return switch (depth == 0 ? 2 + random.nextInt(3) : random.nextInt(5)) {
            case 0 ->
                new PlacementConstraint.And(List.of(constraint(random, depth - 1), constraint(random, depth - 1)));
            case 1 -> new PlacementConstraint.Or(List.of(constraint(random, depth - 1), constraint(random, depth - 1)));
            case 2 -> SchedulingAsks.attribute(any(Target.Comparison.values(), random), "os", "o" + random.nextInt(2));
            default -> {
                int minimum = random.nextInt(5) - 2;
                int maximum = random.nextBoolean() ? Integer.MAX_VALUE : random.nextInt(3);
                String[] tags =
                        switch (random.nextInt(5)) {
                            case 0 -> new String[0];
                            case 1 -> new String[] {"x", "y"};
                            default -> new String[] {any(TAGS, random)};
                        };
                yield SchedulingAsks.counted(any(Scope.values(), random), minimum, maximum, namespace(random), tags);
            }
        };
    }

    private static TagNamespace namespace(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> TagNamespace.Relative.ALL;
            case 1 -> TagNamespace.Relative.NOT_SELF;
            case 2 -> new TagNamespace.ApplicationTag("db");
            case 3 -> new TagNamespace.Application(new ApplicationId(CoreFixture.START_MS, 2));
            default -> TagNamespace.Relative.SELF;
        };
    }

    private static <T> T any(T[] values, Random random) {
        return values[random.nextInt(values.length)];
    }

    /** Goes through what happened, and checks each placement before the model takes it in. */
    private void follow(int from) {
        for (Event event : List.copyOf(core.events.subList(from, core.events.size()))) {
            if (event instanceof AttemptEvent.SchedulingAsksReplaced replaced) {
                replaced.asks()
                        .forEach(ask -> wanted.put(new Wanted(replaced.attempt(), ask.key()), ask.requirement()));
            } else if (event instanceof ContainerEvent.ContainerGranted granted) {
                AttemptId attempt = granted.container().attempt();
                Requirement requirement = Objects.requireNonNull(wanted.get(new Wanted(attempt, granted.key())));
                assertThat(holds(requirement, attempt.application(), granted.node()))
                        .as("%s on %s with %s", requirement, granted.node(), model)
                        .isTrue();
                model.put(granted.container(), new Placed(granted.node(), attempt.application(), requirement.tags()));
            } else if (event instanceof ContainerEvent.ContainerEnded ended) {
                model.remove(ended.exit().container());
            }
        }
    }

    private void checkNothingMoreFits(AttemptId attempt) {
        Attempt state = Objects.requireNonNull(core.state.attempt(attempt));
        if (state.waitsIn().isEmpty() || !CoreFixture.SMALL.fitsIn(Limits.headroom(core.state, state))) {
            // Its queue does not let it begin, or have more: nodes may have become smaller than what is used there.
            return;
        }
        PendingAsks asks = state.asks();
        for (AskKey key : asks.constrainedKeys()) {
            Requirement requirement =
                    Objects.requireNonNull(asks.constrained(key)).requirement();
            for (Node node : core.state.nodes()) {
                if (node.state() == NodeState.RUNNING && CoreFixture.SMALL.fitsIn(node.free())) {
                    assertThat(holds(requirement, attempt.application(), node.id()))
                            .as("%s waits, and %s would do with %s", requirement, node.id(), model)
                            .isFalse();
                }
            }
        }
    }

    private boolean holds(Requirement requirement, ApplicationId application, NodeId node) {
        boolean own = holds(requirement.constraint(), application, node);
        if (requirement.tags().size() != 1) {
            return own;
        }
        PlacementConstraint general = generals.getOrDefault(application, Map.of())
                .get(requirement.tags().iterator().next());
        return own && (general == null || holds(general, application, node));
    }

    private boolean holds(PlacementConstraint constraint, ApplicationId application, NodeId node) {
        if (constraint instanceof PlacementConstraint.And and) {
            return and.all().stream().allMatch(part -> holds(part, application, node));
        }
        if (constraint instanceof PlacementConstraint.Or or) {
            return or.any().stream().anyMatch(part -> holds(part, application, node));
        }
        PlacementConstraint.Single single = (PlacementConstraint.Single) constraint;
        return single.targets().stream()
                .allMatch(target -> target instanceof Target.Tags tags
                        ? holds(single, tags, application, node)
                        : holds((Target.Attribute) target, node));
    }

    private boolean holds(Target.Attribute attribute, NodeId node) {
        String value = attributes
                .getOrDefault(node.host(), Map.of())
                .get(attribute.key().name());
        return switch (attribute.comparison()) {
            case EQ -> attribute.values().contains(String.valueOf(value));
            case NE -> !attribute.values().contains(String.valueOf(value));
            case NO_OP -> false;
        };
    }

    private boolean holds(PlacementConstraint.Single single, Target.Tags tags, ApplicationId application, NodeId node) {
        Map<String, Integer> counts = new TreeMap<>();
        for (Placed placed : model.values()) {
            boolean near = single.scope() == Scope.NODE
                    ? placed.node().equals(node)
                    : rack(placed.node()).equals(rack(node));
            if (near && counts(tags.namespace(), application, placed.application())) {
                placed.tags().forEach(tag -> counts.merge(tag, 1, Integer::sum));
            }
        }
        Collection<Integer> relevant = tags.tags().isEmpty()
                ? counts.values()
                : tags.tags().stream().map(tag -> counts.getOrDefault(tag, 0)).toList();
        int fewest = relevant.stream().min(Integer::compare).orElse(0);
        int most = relevant.stream().max(Integer::compare).orElse(0);
        return fewest >= single.minimum() && most <= single.maximum();
    }

    private boolean counts(TagNamespace namespace, ApplicationId asks, ApplicationId other) {
        if (namespace instanceof TagNamespace.Application application) {
            return application.id().equals(other);
        }
        if (namespace instanceof TagNamespace.ApplicationTag tag) {
            return core.application(other).spec().tags().contains(tag.tag());
        }
        return switch ((TagNamespace.Relative) namespace) {
            case SELF -> asks.equals(other);
            case NOT_SELF -> !asks.equals(other);
            case ALL -> true;
        };
    }

    private String rack(NodeId node) {
        return Objects.requireNonNull(racks.get(node));
    }

    private void checkIndex() {
        Map<String, Map<NodeId, Integer>> onNodes = new HashMap<>();
        Map<String, Map<String, Integer>> inRacks = new HashMap<>();
        for (Placed placed : model.values()) {
            for (String tag : placed.tags()) {
                onNodes.computeIfAbsent(tag, name -> new HashMap<>()).merge(placed.node(), 1, Integer::sum);
                inRacks.computeIfAbsent(tag, name -> new HashMap<>()).merge(rack(placed.node()), 1, Integer::sum);
            }
        }
        Map<String, TagPlaces> index = core.state.allocationTags().all();
        assertThat(index.keySet()).isEqualTo(onNodes.keySet());
        index.forEach((tag, places) -> {
            Map<NodeId, Integer> nodes = onNodes.getOrDefault(tag, Map.of());
            assertThat(places.nodes()).isEqualTo(nodes.keySet());
            nodes.forEach((node, count) -> assertThat(places.on(node)).isEqualTo(count));
            Map<String, Integer> inside = inRacks.getOrDefault(tag, Map.of());
            assertThat(places.racks()).isEqualTo(inside.keySet());
            inside.forEach((rack, count) -> assertThat(places.in(rack)).isEqualTo(count));
        });
    }
}
