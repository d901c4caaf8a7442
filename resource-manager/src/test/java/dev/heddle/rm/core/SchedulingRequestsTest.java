package dev.heddle.rm.core;

import static dev.heddle.rm.core.SchedulingAsks.and;
import static dev.heddle.rm.core.SchedulingAsks.ask;
import static dev.heddle.rm.core.SchedulingAsks.attribute;
import static dev.heddle.rm.core.SchedulingAsks.counted;
import static dev.heddle.rm.core.SchedulingAsks.in;
import static dev.heddle.rm.core.SchedulingAsks.label;
import static dev.heddle.rm.core.SchedulingAsks.notIn;
import static dev.heddle.rm.core.SchedulingAsks.or;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.command.AdminCommand;
import dev.heddle.rm.command.Allocation;
import dev.heddle.rm.command.MasterCommand;
import dev.heddle.rm.command.Refusal;
import dev.heddle.rm.command.Wishes;
import dev.heddle.rm.model.ApplicationAcls;
import dev.heddle.rm.model.ApplicationSpec;
import dev.heddle.rm.model.Ask;
import dev.heddle.rm.model.AskKey;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.LaunchContext;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.model.Retries;
import dev.heddle.rm.model.constraint.PlacementConstraint;
import dev.heddle.rm.model.constraint.Requirement;
import dev.heddle.rm.model.constraint.SchedulingAsk;
import dev.heddle.rm.model.constraint.Scope;
import dev.heddle.rm.model.constraint.SentConstraint;
import dev.heddle.rm.model.constraint.TagNamespace;
import dev.heddle.rm.model.constraint.Target.Comparison;
import dev.heddle.rm.state.Attempt;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SchedulingRequestsTest {
    private final CoreFixture core = new CoreFixture();

    private Allocation allocate(AttemptId attempt, SchedulingAsk... asks) {
        return core.allocate(attempt, Wishes.of(List.of(asks)));
    }

    private List<String> hosts(AttemptId attempt, SchedulingAsk... asks) {
        return allocate(attempt, asks).grants().stream()
                .map(grant -> grant.node().host())
                .toList();
    }

    private Attempt state(AttemptId attempt) {
        return Objects.requireNonNull(core.state.attempt(attempt));
    }

    private void threeNodes() {
        core.node("a", "/r1", 1024);
        core.node("b", "/r1", 1024);
        core.node("c", "/r2", 1024);
    }

    private AttemptId tagged(String applicationTag) {
        return new AttemptId(
                core.submit(new ApplicationSpec(
                        "name",
                        "TYPE",
                        "user",
                        "default",
                        0,
                        Set.of(applicationTag),
                        Retries.upTo(1),
                        CoreFixture.SMALL,
                        ApplicationSpec.Labels.NONE,
                        true,
                        0,
                        ApplicationAcls.NOBODY,
                        new LaunchContext(new byte[0]))),
                1);
    }

    private void attributes(Map<String, Map<String, String>> values) {
        core.handle(new AdminCommand.MapAttributes(AdminCommand.Change.REPLACE, values, false));
    }

    @Test
    void shouldKeepContainersOfATagApart() {
        threeNodes();
        AttemptId attempt = core.unmanaged();
        Allocation reply = allocate(attempt, ask(1, 5, "zk", notIn(Scope.NODE, "zk")));
        assertThat(reply.grants()).extracting(grant -> grant.node().host()).containsExactlyInAnyOrder("a", "b", "c");
        assertThat(reply.grants()).allSatisfy(grant -> {
            assertThat(grant.purpose().tags()).containsExactly("zk");
            assertThat(grant.key()).isEqualTo(new AskKey(1, 1));
        });
        assertThat(hosts(attempt)).isEmpty();
        core.node("d", 1024);
        assertThat(hosts(attempt)).containsExactly("d");
        ContainerId first = reply.grants().get(0).container();
        core.allocate(attempt, List.of(), List.of(first));
        assertThat(core.state.allocationTags().of(first))
                .as("what has ended is in nobody's way")
                .isEmpty();
        assertThat(state(attempt).containers()).hasSize(4);
        assertThat(state(attempt).isWaiting()).isFalse();
    }

    @Test
    void shouldPlaceNextToWhatIsThere() {
        threeNodes();
        AttemptId attempt = core.unmanaged();
        assertThat(hosts(attempt, ask(1, 2, "hb", in(Scope.NODE, "zk")))).isEmpty();
        List<String> placed = hosts(attempt, ask(2, 1, "zk", PlacementConstraint.none()));
        assertThat(placed).hasSize(3).containsOnly(placed.get(0));
    }

    @Test
    void shouldCountWhatIsThereBeforeThePlacementAsYarnDoes() {
        core.node("a", 4096);
        AttemptId attempt = core.unmanaged();
        assertThat(hosts(attempt, ask(1, 5, "x", counted(Scope.NODE, 0, 1, TagNamespace.Relative.SELF, "x"))))
                .hasSize(2);
        assertThat(hosts(attempt, ask(2, 1, "", counted(Scope.NODE, 3, 9, TagNamespace.Relative.SELF, "x"))))
                .isEmpty();
        assertThat(hosts(attempt, ask(3, 1, "x", PlacementConstraint.none())))
                .as("the third of the tag, and what waits for three")
                .hasSize(2);
    }

    @Test
    void shouldLookAtWholeRacks() {
        threeNodes();
        AttemptId attempt = core.unmanaged();
        assertThat(hosts(attempt, ask(1, 3, "x", notIn(Scope.RACK, "x"))))
                .hasSize(2)
                .contains("c")
                .containsAnyOf("a", "b");
        AttemptId other = core.unmanaged();
        assertThat(hosts(other, ask(1, 1, "y", in(Scope.NODE, TagNamespace.Relative.NOT_SELF, "x"))))
                .hasSize(1);
        assertThat(hosts(other, ask(2, 4, "z", and(in(Scope.RACK, "y"), notIn(Scope.NODE, "z")))))
                .isNotEmpty()
                .doesNotHaveDuplicates();
    }

    @Test
    void shouldTakeTagsAlongWhenANodeMovesToAnotherRack() {
        NodeId node = core.node("a", "/r1", 1024);
        core.node("b", "/r2", 1024);
        AttemptId attempt = core.unmanaged();
        ContainerId container = allocate(
                        attempt, ask(1, 1, "x", in(Scope.RACK, "none"), 1), ask(2, 1, "x", notIn(Scope.RACK, "x")))
                .grants()
                .get(0)
                .container();
        NodeId where = Objects.requireNonNull(core.state.container(container)).node();
        core.register(where, "/r9", new Resource(1024, 8), List.of(container), List.of());
        assertThat(core.state.allocationTags().all())
                .hasEntrySatisfying("x", places -> assertThat(places.racks()).containsExactly("/r9"));
        assertThat(core.state.allocationTags().of(attempt.application()))
                .hasEntrySatisfying("x", places -> assertThat(places.racks()).containsExactly("/r9"));
        assertThat(where.equals(node) || where.host().equals("b")).isTrue();
    }

    @Test
    void shouldKnowTheTagsOfWhatANodeStillRunsThatRegistersAgain() {
        NodeId node = core.node("a", "/r1", 1024);
        AttemptId attempt = core.unmanaged();
        ContainerId first = allocate(attempt, ask(1, 1, "x", notIn(Scope.NODE, "x")))
                .grants()
                .get(0)
                .container();
        core.running(node, first);
        core.register(node, "/r1", new Resource(1024, 8), List.of(first), List.of());
        assertThat(hosts(attempt, ask(2, 1, "x", notIn(Scope.NODE, "x")))).isEmpty();
        core.register(node, "/r1", new Resource(1024, 8), List.of(), List.of());
        assertThat(hosts(attempt)).as("the first is gone with its tag").containsExactly("a");
    }

    @Test
    void shouldLookAtTheApplicationsThatANamespaceNames() {
        core.node("a", 4096);
        AttemptId owner = tagged("db");
        core.register(owner);
        allocate(owner, ask(1, 1, "x", PlacementConstraint.none()));
        AttemptId other = core.unmanaged();
        TagNamespace byId = new TagNamespace.Application(owner.application());
        TagNamespace byTag = new TagNamespace.ApplicationTag("db");
        for (TagNamespace seen : List.of(TagNamespace.Relative.ALL, TagNamespace.Relative.NOT_SELF, byId, byTag)) {
            assertThat(hosts(other, ask(2, 1, "", in(Scope.NODE, seen, "x"))))
                    .as("%s", seen)
                    .hasSize(1);
            assertThat(hosts(other, ask(3, 1, "", notIn(Scope.NODE, seen, "x"))))
                    .as("%s", seen)
                    .isEmpty();
            allocate(other, ask(3, 0, "", notIn(Scope.NODE, seen, "x")));
        }
        TagNamespace unknown = new TagNamespace.ApplicationTag("web");
        for (TagNamespace unseen : List.of(TagNamespace.Relative.SELF, unknown)) {
            assertThat(hosts(other, ask(2, 1, "", in(Scope.NODE, unseen, "x")))).isEmpty();
            allocate(other, ask(2, 0, "", in(Scope.NODE, unseen, "x")));
            assertThat(hosts(other, ask(3, 1, "", notIn(Scope.NODE, unseen, "x"))))
                    .hasSize(1);
        }
        assertThat(hosts(owner, ask(4, 1, "", notIn(Scope.NODE, TagNamespace.Relative.NOT_SELF, "x"))))
                .as("its own are not others'")
                .hasSize(1);
    }

    @Test
    void shouldTakeNoTagsForAllThereAre() {
        core.node("a", 4096);
        AttemptId attempt = core.unmanaged();
        assertThat(hosts(attempt, ask(1, 1, "", in(Scope.NODE)))).isEmpty();
        assertThat(hosts(attempt, ask(2, 1, "x", notIn(Scope.NODE)))).hasSize(2);
        assertThat(hosts(attempt, ask(3, 1, "x", notIn(Scope.NODE)))).isEmpty();
    }

    @Test
    void shouldHeedAttributes() {
        threeNodes();
        attributes(Map.of("a", Map.of("os", "linux"), "b", Map.of("os", "bsd")));
        AttemptId attempt = core.unmanaged();
        assertThat(hosts(attempt, ask(1, 2, "", attribute(Comparison.EQ, "os", "bsd"))))
                .containsExactly("b", "b");
        assertThat(hosts(attempt, ask(2, 2, "x", and(attribute(Comparison.NE, "os", "bsd"), notIn(Scope.NODE, "x")))))
                .containsExactlyInAnyOrder("a", "c");
        assertThat(hosts(attempt, ask(3, 1, "", attribute(Comparison.NO_OP, "os", "bsd"))))
                .isEmpty();
        assertThat(hosts(attempt, ask(4, 1, "", attribute(Comparison.EQ, "os", "none"))))
                .isEmpty();
        attributes(Map.of("a", Map.of("os", "none")));
        assertThat(hosts(attempt)).containsExactly("a");
    }

    @Test
    void shouldReachNodesWithAnExclusiveLabelThatAConstraintNames() {
        threeNodes();
        core.handle(new AdminCommand.AddLabels(Map.of("gpu", true, "slow", false)));
        core.handle(new AdminCommand.ChangeQueues(CoreFixture.plan(
                "root.queues=default",
                "root.default.capacity=100",
                "root.accessible-node-labels.gpu.capacity=100",
                "root.default.accessible-node-labels.gpu.capacity=100",
                "root.accessible-node-labels.slow.capacity=100",
                "root.default.accessible-node-labels.slow.capacity=100")));
        AttemptId attempt = core.unmanaged();
        assertThat(hosts(attempt, ask(1, 1, "", label("gpu")), ask(2, 1, "", label("never"))))
                .isEmpty();
        core.handle(new AdminCommand.LabelNodes(Map.of(new NodeId("b", 1000), Set.of("gpu")), true));
        core.handle(new AdminCommand.LabelNodes(Map.of(new NodeId("c", 1000), Set.of("slow")), true));
        assertThat(hosts(attempt)).containsExactly("b");
        assertThat(hosts(attempt, ask(3, 2, "x", and(label("gpu"), notIn(Scope.NODE, "x")))))
                .containsExactly("b");
        assertThat(hosts(attempt, ask(4, 1, "y", label("slow")))).containsExactly("c");
        assertThat(hosts(attempt, ask(5, 1, "z", or(label("gpu"), label("slow")))))
                .as("only what one constraint in force names is looked for on other nodes than those without a label")
                .containsExactly("c");
        assertThat(state(attempt).asks().keys()).containsExactly(new AskKey(1, 2), new AskKey(1, 3));
    }

    @Test
    void shouldTakeOneOfSeveralWays() {
        threeNodes();
        attributes(Map.of("b", Map.of("os", "bsd")));
        AttemptId attempt = core.unmanaged();
        assertThat(hosts(
                        attempt,
                        ask(
                                1,
                                2,
                                "x",
                                and(
                                        or(in(Scope.NODE, "y"), attribute(Comparison.EQ, "os", "bsd")),
                                        notIn(Scope.NODE, "x")))))
                .containsExactly("b");
        assertThat(hosts(attempt, ask(2, 1, "y", in(Scope.RACK, "nobody")))).isEmpty();
        assertThat(hosts(attempt, ask(3, 1, "", or()))).isEmpty();
        allocate(attempt, ask(2, 0, "y", in(Scope.RACK, "nobody")));
        assertThat(hosts(attempt, ask(2, 1, "y", attribute(Comparison.NE, "os", "bsd"))))
                .as("the one that waited goes where y is now")
                .hasSize(2)
                .doesNotContain("b");
    }

    @Test
    void shouldAddTheConstraintOfTheApplicationForATag() {
        threeNodes();
        AttemptId attempt = new AttemptId(core.submit(CoreFixture.keeping(true)), 1);
        core.handle(new MasterCommand.RegisterMaster(attempt, "host", 1, "", Map.of("x", notIn(Scope.NODE, "x"))));
        core.handle(new MasterCommand.RegisterMaster(attempt, "host", 1, "", Map.of("y", in(Scope.NODE, "x"))));
        assertThat(hosts(attempt, ask(1, 4, "x", PlacementConstraint.none()))).hasSize(3);
        assertThat(hosts(attempt, ask(2, 2, "x", notIn(Scope.RACK, "x")))).isEmpty();
        assertThat(hosts(attempt, ask(3, 1, "y", PlacementConstraint.none())))
                .as("what is said first holds")
                .hasSize(1);
        SchedulingAsk both = new SchedulingAsk(
                new AskKey(1, 4),
                CoreFixture.SMALL,
                1,
                new Requirement(Set.of("x", "z"), PlacementConstraint.none(), SentConstraint.NONE),
                SchedulingAsk.PATIENT);
        assertThat(hosts(attempt, both)).as("constraints are for one tag").hasSize(1);
    }

    @Test
    void shouldReplaceTheNumberAndNothingElse() {
        AttemptId attempt = core.unmanaged();
        allocate(attempt, ask(1, 5, "x", notIn(Scope.NODE, "x")));
        allocate(attempt, ask(1, 1, "x", notIn(Scope.NODE, "x")));
        assertThat(state(attempt).asks().total()).isEqualTo(new Resource(128, 1));
        int before = core.events.size();
        assertRefused(attempt, "only allows changing numAllocations", ask(1, 2, "x", notIn(Scope.NODE, "y")));
        assertRefused(attempt, "only allows changing numAllocations", ask(1, 2, "y", notIn(Scope.NODE, "x")));
        assertRefused(attempt, "must be >= 0", ask(1, -1, "x", notIn(Scope.NODE, "x")));
        assertThat(core.events).hasSize(before);
        allocate(attempt, ask(1, 0, "x", notIn(Scope.NODE, "x")), ask(1, 1, "y", PlacementConstraint.none()));
        assertThat(Objects.requireNonNull(state(attempt).asks().constrained(new AskKey(1, 1)))
                        .requirement()
                        .tags())
                .as("a key is free again")
                .containsExactly("y");
        allocate(attempt, ask(1, 0, "y", PlacementConstraint.none()));
        assertThat(state(attempt).asks().isEmpty()).isTrue();
        assertThat(state(attempt).asks().constrainedKeys()).isEmpty();
    }

    private void assertRefused(AttemptId attempt, String why, SchedulingAsk... asks) {
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> allocate(attempt, asks))
                .withMessageContaining(why)
                .satisfies(refusal -> assertThat(refusal.kind()).isEqualTo(Refusal.Kind.INVALID_REQUEST));
    }

    @Test
    void shouldRefuseAKeyForBothKindsOfAsk() {
        AttemptId attempt = core.unmanaged();
        core.allocate(attempt, CoreFixture.ask(1, 128));
        assertRefused(attempt, "there exists a ResourceRequest", ask(-1, 1, "x", PlacementConstraint.none()));
        allocate(attempt, ask(5, 1, "x", PlacementConstraint.none()));
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> core.allocate(attempt, new Ask(new AskKey(1, 5), "*", CoreFixture.SMALL, 1, true)))
                .withMessageContaining("there exists a SchedulingRequest");
        core.allocate(attempt, CoreFixture.ask(0, 128));
        assertThat(allocate(attempt, ask(-1, 1, "x", PlacementConstraint.none()))
                        .verdicts()
                        .rejected())
                .isEmpty();
    }

    @Test
    void shouldGiveBackWhatEnoughCallsHaveNotMet() {
        core.node("a", 1024);
        AttemptId attempt = core.unmanaged();
        SchedulingAsk wanted = ask(1, 3, "x", notIn(Scope.NODE, "x"), 3);
        Allocation first = allocate(attempt, wanted);
        assertThat(first.grants()).hasSize(1);
        assertThat(first.verdicts().rejected()).isEmpty();
        assertThat(allocate(attempt).verdicts().rejected()).isEmpty();
        assertThat(allocate(attempt).verdicts().rejected())
                .containsExactly(new Allocation.Rejected(wanted.withCount(2), Allocation.RejectionReason.NO_NODE));
        assertThat(state(attempt).isWaiting()).isFalse();
        assertThat(allocate(attempt).verdicts().rejected()).isEmpty();
    }

    @Test
    void shouldAddUpWhatIsTriedSoManyTimes() {
        AttemptId attempt = core.unmanaged();
        SchedulingAsk wanted = ask(1, 2, "x", PlacementConstraint.none(), 2);
        allocate(attempt, wanted);
        assertThat(state(attempt).asks().total()).isEqualTo(new Resource(256, 2));
        allocate(attempt, wanted.withCount(1));
        assertThat(state(attempt).asks().total())
                .as("both together, with another two calls")
                .isEqualTo(new Resource(384, 3));
        assertThat(allocate(attempt).verdicts().rejected())
                .containsExactly(new Allocation.Rejected(wanted.withCount(3), Allocation.RejectionReason.NO_NODE));
    }

    @Test
    void shouldGiveBackAtOnceWhatIsNotSupported() {
        core.node("a", 1024);
        AttemptId attempt = core.unmanaged();
        PlacementConstraint never = new PlacementConstraint.Unsupported("no such thing");
        SchedulingAsk patient = ask(1, 1, "x", and(never));
        SchedulingAsk tried = ask(2, 1, "x", never, 5);
        SchedulingAsk possible = ask(3, 1, "x", or(never, PlacementConstraint.none()));
        Allocation reply = allocate(attempt, patient, tried, possible);
        assertThat(reply.grants()).hasSize(1);
        assertThat(reply.verdicts().rejected())
                .containsExactly(
                        new Allocation.Rejected(patient, Allocation.RejectionReason.NOT_ON_THAT_NODE),
                        new Allocation.Rejected(tried, Allocation.RejectionReason.NO_NODE));
        assertThat(state(attempt).asks().isEmpty()).isTrue();
    }

    @Test
    void shouldHeedTheBlacklist() {
        threeNodes();
        AttemptId attempt = core.unmanaged();
        Wishes wishes = new Wishes(
                List.of(),
                List.of(ask(1, 3, "x", notIn(Scope.NODE, "x"))),
                List.of(),
                new Wishes.BlacklistChange(List.of("a"), List.of()),
                List.of());
        assertThat(core.allocate(attempt, wishes).grants())
                .extracting(grant -> grant.node().host())
                .containsExactlyInAnyOrder("b", "c");
    }

    @Test
    void shouldCutARequestToWhatIsAllowedAsYarnDoes() {
        core.node("a", 4096);
        AttemptId attempt = core.unmanaged();
        SchedulingAsk large = ask(1, 1, "x", PlacementConstraint.none()).withSize(new Resource(1_000_000, 1));
        assertThat(allocate(attempt, large).grants())
                .extracting(Allocation.Grant::resource)
                .containsExactly(new Resource(4096, 1));
    }
}
