package dev.heddle.rm.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.common.resources.Resource;
import dev.heddle.common.resources.ResourceKind;
import dev.heddle.rm.model.ApplicationSpec;
import dev.heddle.rm.model.Ask;
import dev.heddle.rm.model.AskKey;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.scheduler.queue.QueuePlan;
import dev.heddle.rm.state.Attempt;
import dev.heddle.rm.state.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/**
 * Dominant resource fairness (Ghodsi et al., NSDI 2011) of the scheduler as it is: the paper's example, and its four
 * properties for whatever several owners want of whatever cluster.
 *
 * <p>The owners are the children of one queue, with equal weights, no maximum, no limit for their users, and
 * {@code DominantResourceCalculator}; or the applications in one leaf with {@code application-order} {@code dominant} and no
 * limit for users. In the orders that YARN has for a leaf the properties do not hold: they are by arrival or by memory
 * alone. All owners have more to ask for than there is, and have asked before the first
 * container is granted. Every one wants something of every kind of resource, and the cluster is one node, so that it is as
 * one pool; without that the properties hold as far as {@link #shouldLeaveNoRoomThatSomebodyCouldUse} says.
 *
 * <p>The paper proves its properties for amounts that can be divided at will. Containers cannot, so each of them holds here
 * within about one container of each owner; how much that is follows from two facts. Whoever gets a container has the
 * smallest dominant share (a), so that afterwards nobody has more than that and one container of his own. It ends when the
 * owner with the smallest dominant share does not fit (b).
 */
class DominantFairnessTest {
    private static final ResourceKind GPU = CoreFixture.GPU;
    private static final List<ResourceKind> KINDS = List.of(ResourceKind.MEMORY, ResourceKind.VCORES, GPU);
    private static final int MORE_THAN_THERE_IS = 1_000;
    private static final double HAIR = 1e-9;

    /** Amounts that any number of owners up to 4 can share equally, so that no share is rounded. */
    private static final int DIVISIBLE = 12;

    /** Who competes. */
    enum Owners {
        QUEUES,
        APPLICATIONS_OF_A_LEAF
    }

    /**
     * Who wants what of a cluster.
     *
     * @param wishes the size of each owner's containers
     * @param lie what the first might say instead
     */
    record Contest(Owners owners, Resource total, List<Resource> wishes, Resource lie) {
        /** The part of a kind of which it takes the largest. */
        double share(Resource amount) {
            return KINDS.stream()
                    .mapToDouble(kind -> (double) amount.amount(kind) / total.amount(kind))
                    .max()
                    .orElseThrow();
        }

        /** The parts that one container of each owner is, added up. */
        double granularity() {
            return wishes.stream().mapToDouble(this::share).sum();
        }
    }

    @Provide
    Arbitrary<Contest> contests() {
        Arbitrary<Resource> totals = resources(
                Arbitraries.integers().between(8, 24).map(value -> value * DIVISIBLE),
                Arbitraries.integers().between(8, 24).map(value -> value * DIVISIBLE),
                Arbitraries.integers().between(4, 10).map(value -> value * DIVISIBLE));
        Arbitrary<Resource> wishes = resources(
                Arbitraries.integers().between(1, 10),
                Arbitraries.integers().between(1, 8),
                Arbitraries.integers().between(1, 4));
        return Combinators.combine(
                        Arbitraries.of(Owners.class),
                        totals,
                        wishes.list().ofMinSize(2).ofMaxSize(4),
                        wishes)
                .as(Contest::new);
    }

    private static Arbitrary<Resource> resources(
            Arbitrary<Integer> memory, Arbitrary<Integer> vcores, Arbitrary<Integer> gpus) {
        return Combinators.combine(memory, vcores, gpus)
                .as((units, cores, pieces) ->
                        new Resource(units * CoreFixture.SMALL.memoryMb(), cores).and(GPU, pieces));
    }

    /** Lets each owner ask, then the node come; returns how many containers each has in the end. */
    private static List<Integer> containers(Owners kind, Resource total, List<Resource> wishes) {
        CoreFixture core = new CoreFixture(CoreFixture.POLICY, plan(kind, wishes.size()));
        List<AttemptId> owners = ask(core, kind, wishes);
        settle(core, List.of(core.node("pool", total)));
        return owners.stream()
                .map(owner -> attempt(core, owner).containers().size())
                .toList();
    }

    private static QueuePlan plan(Owners kind, int count) {
        return switch (kind) {
            case QUEUES -> queues(count);
            case APPLICATIONS_OF_A_LEAF ->
                CoreFixture.plan(
                        "resource-calculator=org.apache.hadoop.yarn.util.resource.DominantResourceCalculator",
                        "root.queues=q",
                        "root.q.capacity=100",
                        "root.q.user-limit-factor=-1",
                        "root.q.maximum-am-resource-percent=1",
                        "heddle.scheduler.root.q.application-order=dominant");
        };
    }

    private static QueuePlan queues(int count) {
        List<String> lines = new ArrayList<>();
        lines.add("resource-calculator=org.apache.hadoop.yarn.util.resource.DominantResourceCalculator");
        lines.add("root.queues=" + String.join(",", names(count)));
        for (String name : names(count)) {
            lines.add("root." + name + ".capacity=1w");
            lines.add("root." + name + ".user-limit-factor=-1");
        }
        return CoreFixture.plan(lines.toArray(new String[0]));
    }

    private static List<String> names(int count) {
        return IntStream.range(0, count).mapToObj(i -> "q" + i).toList();
    }

    private static List<AttemptId> ask(CoreFixture core, Owners kind, List<Resource> wishes) {
        List<AttemptId> owners = new ArrayList<>();
        for (int i = 0; i < wishes.size(); i++) {
            AttemptId owner = new AttemptId(core.submit(ownedBy("u" + i, kind == Owners.QUEUES ? "q" + i : "q")), 1);
            core.register(owner);
            core.allocate(owner, new Ask(new AskKey(1, -1), Ask.ANYWHERE, wishes.get(i), MORE_THAN_THERE_IS, true));
            owners.add(owner);
        }
        return owners;
    }

    private static ApplicationSpec ownedBy(String user, String queue) {
        return CoreFixture.spec("root." + queue, user, 0, CoreFixture.spec(1, CoreFixture.SMALL, true));
    }

    private static Attempt attempt(CoreFixture core, AttemptId owner) {
        return Objects.requireNonNull(core.state.attempt(owner));
    }

    /** A pass is bounded: nodes speak until nothing is granted any more. */
    private static void settle(CoreFixture core, List<NodeId> nodes) {
        Resource before;
        do {
            before = core.state.used();
            nodes.forEach(node -> core.heartbeat(node, List.of(), List.of()));
        } while (!core.state.used().equals(before));
    }

    private static Resource times(Resource size, int count) {
        return size.map((kind, amount) -> amount * count);
    }

    /** How many containers of a size could be made out of an amount. */
    private static long fit(Resource size, Resource room) {
        return KINDS.stream()
                .mapToLong(kind -> room.amount(kind) / size.amount(kind))
                .min()
                .orElseThrow();
    }

    private static Resource left(Contest contest, List<Integer> counts) {
        Resource left = contest.total();
        for (int i = 0; i < counts.size(); i++) {
            left = left.minus(times(contest.wishes().get(i), counts.get(i)));
        }
        return left;
    }

    /** Of 9 cores and 18 GB, who wants 1 core and 4 GB gets 3 times that, who wants 3 cores and 1 GB twice. */
    @Test
    void shouldDivideAsThePapersExample() {
        List<Resource> wishes = List.of(new Resource(4 * 1024, 1), new Resource(1024, 3));
        Resource total = new Resource(18 * 1024, 9);
        for (Owners kind : Owners.values()) {
            assertThat(containers(kind, total, wishes)).containsExactly(3, 2);
            assertThat(containers(kind, total, List.of(wishes.get(1), wishes.get(0))))
                    .containsExactly(2, 3);
        }
    }

    /**
     * Sharing incentive: nobody is worse off than with a cluster of his own, an equal part of this one. By (b) the smallest
     * share s, one container of its owner and, by (a), at most s and one container of each other owner make up some kind of
     * resource; so s is at least an equal part of what one container of each owner leaves.
     */
    @Property(tries = 150)
    void shouldGiveEverybodyAnEqualPart(@ForAll("contests") Contest contest) {
        List<Integer> counts = containers(contest.owners(), contest.total(), contest.wishes());
        int owners = counts.size();
        for (int i = 0; i < owners; i++) {
            double share = contest.share(times(contest.wishes().get(i), counts.get(i)));
            assertThat(share).isGreaterThanOrEqualTo((1 - contest.granularity()) / owners - HAIR);
        }
    }

    /**
     * Envy-freeness: nobody would rather have what another has. By (a) that other has no larger share than he, but for one
     * container.
     */
    @Property(tries = 150)
    void shouldGiveNobodyWhatAnotherWouldRatherHave(@ForAll("contests") Contest contest) {
        List<Integer> counts = containers(contest.owners(), contest.total(), contest.wishes());
        for (int i = 0; i < counts.size(); i++) {
            Resource wish = contest.wishes().get(i);
            double own = contest.share(times(wish, counts.get(i)));
            for (int j = 0; j < counts.size(); j++) {
                Resource others = contest.wishes().get(j);
                long instead = fit(wish, times(others, counts.get(j)));
                assertThat(instead * contest.share(wish)).isLessThanOrEqualTo(own + contest.share(others) + HAIR);
            }
        }
    }

    /**
     * Strategy-proofness: who asks for something else than he wants cannot make more of what he gets. What he can make of it
     * is no larger a share than he gets with the lie; by (a) the others have as much but for one of his containers, and all
     * that fits in the cluster, so that it is at most what division at will would give him for the truth. With the truth, by
     * (a) and (b), he has that but for what one container of each owner, and one more, are of some kind.
     */
    @Property(tries = 150)
    void shouldNotRewardALie(@ForAll("contests") Contest contest) {
        List<Integer> honest = containers(contest.owners(), contest.total(), contest.wishes());
        List<Resource> said = new ArrayList<>(contest.wishes());
        said.set(0, contest.lie());
        int lying = containers(contest.owners(), contest.total(), said).get(0);
        Resource wanted = contest.wishes().get(0);
        double truth = contest.share(times(wanted, honest.get(0)));
        double useful = fit(wanted, times(contest.lie(), lying)) * contest.share(wanted);
        double unused = unused(contest);
        if (unused < 1) {
            assertThat(useful).isLessThanOrEqualTo(truth / (1 - unused) + contest.share(contest.lie()) + HAIR);
        }
    }

    /** The largest part that one container of each owner, and one more, are of any kind. */
    private static double unused(Contest contest) {
        double largest = 0;
        for (ResourceKind kind : KINDS) {
            long sum = 0;
            long one = 0;
            for (Resource wish : contest.wishes()) {
                sum += wish.amount(kind);
                one = Math.max(one, wish.amount(kind));
            }
            largest = Math.max(largest, (double) (sum + one) / contest.total().amount(kind));
        }
        return largest;
    }

    /**
     * Pareto efficiency: nobody could have more unless another had less. By (b), who has the smallest share does not fit; so
     * of some kind, which all want, less is left than one container of his.
     */
    @Property(tries = 150)
    void shouldLeaveLessThanAContainer(@ForAll("contests") Contest contest) {
        List<Integer> counts = containers(contest.owners(), contest.total(), contest.wishes());
        Resource left = left(contest, counts);
        double smallest = IntStream.range(0, counts.size())
                .mapToDouble(i -> contest.share(times(contest.wishes().get(i), counts.get(i))))
                .min()
                .orElseThrow();
        assertThat(IntStream.range(0, counts.size())
                        .filter(i -> contest.share(times(contest.wishes().get(i), counts.get(i))) <= smallest + HAIR)
                        .mapToObj(i -> contest.wishes().get(i)))
                .anySatisfy(wish -> assertThat(wish.fitsIn(left)).isFalse());
    }

    @Provide
    Arbitrary<List<Resource>> partialWishes() {
        return resources(
                        Arbitraries.integers().between(1, 10),
                        Arbitraries.integers().between(1, 8),
                        Arbitraries.integers().between(0, 3))
                .list()
                .ofMinSize(2)
                .ofMaxSize(4);
    }

    @Provide
    Arbitrary<List<Resource>> machines() {
        return resources(
                        Arbitraries.integers().between(10, 30),
                        Arbitraries.integers().between(8, 16),
                        Arbitraries.integers().between(0, 4))
                .list()
                .ofMinSize(3)
                .ofMaxSize(12);
    }

    /**
     * Pareto efficiency where not all want every kind, on many nodes: there is no room for anybody's container, but on nodes
     * that are kept for one that is too large for what is free: one, or a tenth of all.
     */
    @Property(tries = 150)
    void shouldLeaveNoRoomThatSomebodyCouldUse(
            @ForAll Owners kind,
            @ForAll("machines") List<Resource> machines,
            @ForAll("partialWishes") List<Resource> wishes) {
        CoreFixture core = new CoreFixture(CoreFixture.POLICY, plan(kind, wishes.size()));
        List<AttemptId> owners = ask(core, kind, wishes);
        Map<NodeId, Resource> nodes = new HashMap<>();
        for (int i = 0; i < machines.size(); i++) {
            nodes.put(core.node("m" + i, machines.get(i)), machines.get(i));
        }
        settle(core, List.copyOf(nodes.keySet()));
        assertThat(owners)
                .allSatisfy(owner -> assertThat(attempt(core, owner).isActive()).isTrue());
        int kept = 0;
        for (NodeId id : nodes.keySet()) {
            Node node = core.state(id);
            if (node.reservation() != null) {
                kept++;
                continue;
            }
            assertThat(wishes)
                    .noneSatisfy(wish -> assertThat(wish.fitsIn(node.free())).isTrue());
        }
        assertThat(kept).isLessThanOrEqualTo(Math.max(1, machines.size() / 10));
    }
}
