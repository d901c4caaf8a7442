package dev.heddle.rm.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.common.resources.Resource;
import dev.heddle.common.resources.ResourceKind;
import dev.heddle.rm.command.AdminCommand;
import dev.heddle.rm.command.Allocation;
import dev.heddle.rm.command.Refusal;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.scheduler.Explanation;
import dev.heddle.rm.scheduler.explain.Waiting;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Containers that want something besides memory and cores. */
class KindsOfResourcesTest {
    private static final ResourceKind GPU = CoreFixture.GPU;

    private final CoreFixture core = new CoreFixture();

    private List<String> reasons(AttemptId attempt) {
        return new Explanation(core.state, core.nowMs)
                .of(Objects.requireNonNull(core.state.attempt(attempt))).stream()
                        .map(Waiting::obstacle)
                        .map(obstacle -> obstacle.sentence())
                        .toList();
    }

    @Test
    void shouldPlaceContainersWhereTheirKindsAre() {
        core.node("plain", 4096);
        NodeId first = core.node("first", new Resource(2048, 8).and(GPU, 2));
        NodeId second = core.node("second", new Resource(2048, 8).and(GPU, 1));
        AttemptId attempt = core.unmanaged();
        Allocation reply = core.allocate(attempt, CoreFixture.gpus(4, 256, 1));
        assertThat(reply.grants()).extracting(Allocation.Grant::node).containsExactlyInAnyOrder(first, first, second);
        assertThat(reply.grants())
                .allSatisfy(grant -> assertThat(grant.resource()).isEqualTo(new Resource(256, 1).and(GPU, 1)));
        assertThat(core.state(first).free()).isEqualTo(new Resource(2048 - 512, 6));
        assertThat(core.state.used().amount(GPU)).isEqualTo(3);
        assertThat(core.state.total().amount(GPU)).isEqualTo(3);
        Allocation next =
                core.allocate(attempt, List.of(), List.of(reply.grants().get(0).container()));
        assertThat(next.grants()).hasSize(1);
    }

    @Test
    void shouldRefuseMoreThanAContainerMayHaveOrANodeHas() {
        AttemptId attempt = core.unmanaged();
        assertThatThrownBy(() -> core.allocate(attempt, CoreFixture.gpus(1, 256, 5)))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("Requested resource type=[yarn.io/gpu], Requested resource=<memory:256, vCores:1,"
                        + " yarn.io/gpu: 5>, maximum allowed allocation=<memory:4096, vCores:8, yarn.io/gpu: 4>: ask for"
                        + " less, or raise yarn.resource-types.yarn.io/gpu.maximum-allocation");
        core.node("two", new Resource(2048, 8).and(GPU, 2));
        assertThatThrownBy(() -> core.allocate(attempt, CoreFixture.gpus(1, 256, 3)))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("maximum allowed allocation=<memory:2048, vCores:8, yarn.io/gpu: 2>");
    }

    @Test
    void shouldNameTheKindThatIsShort() {
        core.node("a", new Resource(2048, 8).and(GPU, 1));
        NodeId large = core.node("b", new Resource(2048, 8).and(GPU, 3));
        AttemptId attempt = core.unmanaged();
        core.allocate(attempt, CoreFixture.gpus(1, 256, 3));
        core.allocate(attempt, CoreFixture.gpus(1, 256, 2));
        assertThat(reasons(attempt))
                .containsExactly("none of the nodes without a label has 2 yarn.io/gpu free, the largest free is 1"
                        + " yarn.io/gpu on a:1000: wait for containers to end, ask for less, or add nodes that have more"
                        + " of it");
        core.handle(new AdminCommand.UpdateNodeResources(Map.of(large, new Resource(2048, 8))));
        assertThat(reasons(attempt))
                .containsExactly("none of the nodes without a label has 2 yarn.io/gpu, the largest has 1 yarn.io/gpu on"
                        + " a:1000: ask for less, or add nodes that have more of it");
    }

    @Test
    void shouldSayThatNothingOfAKindIsFree() {
        core.node("a", new Resource(2048, 8).and(GPU, 1));
        AttemptId attempt = core.unmanaged();
        core.allocate(attempt, CoreFixture.gpus(2, 256, 1));
        assertThat(reasons(attempt))
                .containsExactly("none of the nodes without a label has 1 yarn.io/gpu free, none has any free: wait for"
                        + " containers to end, ask for less, or add nodes that have more of it");
    }

    @Test
    void shouldKeepTheKindsOfANodeWhoseMemoryIsSetInAFile() {
        NodeId node = core.node("a", new Resource(2048, 8).and(GPU, 2));
        core.handle(new AdminCommand.UseDynamicResources(Map.of(node, new Resource(1024, 4))));
        assertThat(core.state(node).total()).isEqualTo(new Resource(1024, 4).and(GPU, 2));
        core.node("a", new Resource(4096, 8).and(GPU, 3));
        assertThat(core.state(node).total()).isEqualTo(new Resource(1024, 4).and(GPU, 3));
    }

    @Test
    void shouldLetNodesJoinThatHaveNothingOfAKind() {
        CorePolicy atLeastOne = new CorePolicy(
                CoreFixture.SMALL.and(GPU, 1),
                CoreFixture.POLICY.maximumAllocation(),
                3,
                100,
                CoreFixture.POLICY.expiry(),
                CoreFixture.POLICY.history(),
                10);
        CoreFixture strict = new CoreFixture(atLeastOne);
        strict.node("plain", 2048);
        NodeId gpus = strict.node("gpus", new Resource(2048, 8).and(GPU, 1));
        Allocation reply = strict.allocate(strict.unmanaged(), CoreFixture.ask(2, 256));
        assertThat(reply.grants()).extracting(Allocation.Grant::node).containsExactly(gpus);
    }

    @Test
    void shouldGrantKindsAlsoWhereMemoryAloneCounts() {
        CoreFixture byMemory = new CoreFixture(
                CoreFixture.POLICY, CoreFixture.plan("root.queues=default", "root.default.capacity=100"));
        byMemory.node("plain", 4096);
        byMemory.node("gpus", new Resource(4096, 8).and(GPU, 2));
        Allocation reply = byMemory.allocate(byMemory.unmanaged(), CoreFixture.gpus(3, 256, 1));
        assertThat(reply.grants()).hasSize(2);
    }

    @Test
    void shouldStopAQueueAtItsMaximumOfAKind() {
        CoreFixture shared = new CoreFixture(
                CoreFixture.POLICY,
                CoreFixture.plan(
                        "root.queues=default,b",
                        "root.default.capacity=50",
                        "root.default.maximum-capacity=50",
                        "root.b.capacity=50",
                        "resource-calculator=org.apache.hadoop.yarn.util.resource.DominantResourceCalculator"));
        shared.node("gpus", new Resource(4096, 8).and(GPU, 4));
        AttemptId attempt = shared.unmanaged();
        assertThat(shared.allocate(attempt, CoreFixture.gpus(4, 128, 1)).grants())
                .hasSize(2);
        assertThat(new Explanation(shared.state, shared.nowMs)
                        .of(Objects.requireNonNull(shared.state.attempt(attempt)))
                        .get(0)
                        .obstacle()
                        .what())
                .isEqualTo(
                        "queue root.default uses 256 MB, 2 vcores, 2 yarn.io/gpu of its maximum of 2048 MB, 4 vcores,"
                                + " 2 yarn.io/gpu of nodes without a label, and another container takes 128 MB, 1 vcore, 1"
                                + " yarn.io/gpu");
    }
}
