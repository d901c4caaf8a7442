package dev.heddle.rm.core;

import static dev.heddle.rm.core.CoreFixture.ask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.command.Allocation;
import dev.heddle.rm.command.CoreCommand;
import dev.heddle.rm.command.Wishes;
import dev.heddle.rm.model.AskKey;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.ContainerUpdate;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.model.Purpose;
import dev.heddle.rm.model.UpdateWish;
import dev.heddle.rm.model.UpdateWish.Kind;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ContainerUpdatesTest {
    private final CoreFixture core = new CoreFixture();
    private NodeId node = new NodeId("a", 1000);
    private AttemptId attempt = CoreFixture.NOBODY;
    private ContainerId container = new ContainerId(attempt, 0);

    @BeforeEach
    void grant() {
        node = core.node("a", 1024);
        attempt = core.unmanaged();
        container = core.allocate(attempt, ask(1, 256)).grants().get(0).container();
        core.running(node, container);
    }

    private static UpdateWish wish(ContainerId container, int version, Kind kind, long memoryMb) {
        return new UpdateWish(container, version, kind, new Resource(memoryMb, 1));
    }

    private Allocation.Verdicts update(UpdateWish... wishes) {
        return core.allocate(attempt, new Wishes(List.of(), List.of(), Wishes.BlacklistChange.NONE, List.of(wishes)))
                .verdicts();
    }

    private Resource size() {
        return Objects.requireNonNull(core.state.container(container)).resource();
    }

    @Test
    void shouldLetAContainerGrowAtOnceWhereItsNodeHasTheRoom() {
        Allocation.Verdicts updates = update(wish(container, 0, Kind.INCREASE, 500));
        assertThat(updates.refused()).isEmpty();
        assertThat(updates.done()).hasSize(1);
        Allocation.Updated updated = updates.done().get(0);
        assertThat(updated.kind()).isEqualTo(Kind.INCREASE);
        assertThat(updated.container().version()).isEqualTo(1);
        assertThat(updated.container().resource()).isEqualTo(new Resource(512, 1));
        assertThat(core.state(node).used()).isEqualTo(new Resource(512, 1));
        assertThat(core.state(node).pendingOrders().updates())
                .as("the master tells the node")
                .isEmpty();
        assertThat(update().done()).as("told once").isEmpty();
    }

    @Test
    void shouldLetAContainerGrowWhenRoomIsThereAndBeforeNewOnesTakeIt() {
        ContainerId other = core.allocate(attempt, ask(1, 640)).grants().get(0).container();
        core.running(node, container, other);
        assertThat(update(wish(container, 0, Kind.INCREASE, 512)).done()).isEmpty();
        assertThat(core.waiting()).hasSize(1);
        core.allocate(attempt, ask(1, 768));
        core.ended(node, other, 0, "");
        assertThat(update().done())
                .extracting(updated -> updated.container().resource())
                .containsExactly(new Resource(512, 1));
        assertThat(core.current(attempt.application()).asks().isEmpty()).isFalse();
    }

    @Test
    void shouldShrinkAContainerAtOnceAndTellItsNode() {
        Allocation.Verdicts updates = update(wish(container, 0, Kind.DECREASE, 128));
        assertThat(updates.done())
                .extracting(
                        Allocation.Updated::kind, updated -> updated.container().resource())
                .containsExactly(tuple(Kind.DECREASE, new Resource(128, 1)));
        assertThat(core.state(node).used()).isEqualTo(new Resource(128, 1));
        assertThat(core.state(node).pendingOrders().updates())
                .containsExactly(new ContainerUpdate(
                        container, new Resource(128, 1), 1, new Purpose(new AskKey(1, -1), Set.of()), true, false));
    }

    @Test
    void shouldGiveTheRoomOfAShrunkContainerToWhoeverWaits() {
        update(wish(container, 0, Kind.INCREASE, 1024));
        AttemptId other = core.unmanaged();
        core.allocate(other, ask(1, 512));
        update(wish(container, 1, Kind.DECREASE, 512));
        assertThat(core.allocate(other).grants()).hasSize(1);
    }

    @Test
    void shouldSayWhatCannotBe() {
        assertThat(update(
                                wish(container, 7, Kind.INCREASE, 512),
                                wish(new ContainerId(attempt, 99), 0, Kind.INCREASE, 512),
                                wish(container, 0, Kind.INCREASE, 100_000),
                                wish(container, 0, Kind.DECREASE, 512),
                                wish(container, 0, Kind.DEMOTE, 0),
                                wish(container, 0, Kind.PROMOTE, 0))
                        .refused())
                .extracting(Allocation.Refused::reason, Allocation.Refused::currentVersion)
                .containsExactly(
                        tuple("INCORRECT_CONTAINER_VERSION_ERROR", 0),
                        tuple("INVALID_CONTAINER_ID", -1),
                        tuple("RESOURCE_OUTSIDE_ALLOWED_RANGE", 0),
                        tuple("RESOURCE_OUTSIDE_ALLOWED_RANGE", 0),
                        tuple("OPPORTUNISTIC_CONTAINERS_DISABLED", 0));
        assertThat(size()).isEqualTo(new Resource(256, 1));
        assertThat(update(wish(container, 0, Kind.PROMOTE, 0)).refused()).isEmpty();
    }

    @Test
    void shouldNotChangeTheContainersOfOthers() {
        attempt = core.unmanaged();
        assertThat(update(wish(container, 0, Kind.DECREASE, 128)).refused())
                .extracting(Allocation.Refused::reason)
                .containsExactly("INVALID_CONTAINER_ID");
        assertThat(size()).isEqualTo(new Resource(256, 1));
    }

    @Test
    void shouldRefuseASecondUpdateInOneCall() {
        assertThat(update(wish(container, 0, Kind.INCREASE, 512), wish(container, 1, Kind.DECREASE, 128))
                        .refused())
                .extracting(Allocation.Refused::reason)
                .containsExactly("UPDATE_OUTSTANDING_ERROR");
    }

    @Test
    void shouldForgetAnIncreaseThatWaitsWhenTheContainerShallShrink() {
        core.allocate(attempt, ask(1, 768));
        update(wish(container, 0, Kind.INCREASE, 512));
        assertThat(core.waiting()).hasSize(1);
        assertThat(update(wish(container, 0, Kind.DECREASE, 128)).done()).hasSize(1);
        assertThat(core.waiting()).isEmpty();
    }

    @Test
    void shouldTakeAnIncreaseBackThatNobodyHasMadeUseOf() {
        update(wish(container, 0, Kind.INCREASE, 512));
        pass(29_999);
        core.handle(new CoreCommand.Expire());
        assertThat(size()).isEqualTo(new Resource(512, 1));
        pass(1);
        core.handle(new CoreCommand.Expire());
        assertThat(size()).isEqualTo(new Resource(256, 1));
        assertThat(update().done())
                .extracting(
                        Allocation.Updated::kind, updated -> updated.container().version())
                .containsExactly(tuple(Kind.DECREASE, 2));
    }

    /** Time goes by, and node and master are heard of meanwhile. */
    private void pass(long ms) {
        for (long left = ms; left > 0; left -= 5_000) {
            core.nowMs += Math.min(left, 5_000);
            core.running(node, container);
            update();
        }
    }
}
