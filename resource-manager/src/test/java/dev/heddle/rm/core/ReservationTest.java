package dev.heddle.rm.core;

import static dev.heddle.rm.core.CoreFixture.ask;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.command.Allocation;
import dev.heddle.rm.command.ApplicationCommand;
import dev.heddle.rm.command.CoreCommand;
import dev.heddle.rm.command.NodeCommand;
import dev.heddle.rm.command.Wishes;
import dev.heddle.rm.model.Ask;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.NodeId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A large ask is not starved by small ones that come after it: a node is kept for it. */
class ReservationTest {
    private final CoreFixture core = new CoreFixture();
    private final NodeId node = core.node("a", 1024);
    private final AttemptId large = core.unmanaged();
    private final AttemptId small = core.unmanaged();
    private final List<ContainerId> held = new ArrayList<>();

    private void take(Allocation allocation) {
        allocation.grants().forEach(grant -> held.add(grant.container()));
    }

    /** Everything is taken by small containers, of which more are wanted, and then a large one is. */
    private void fill() {
        take(core.allocate(small, ask(8, 128)));
        assertThat(held).hasSize(8);
        take(core.allocate(small, ask(8, 128)));
        assertThat(core.allocate(large, ask(1, 1024)).grants()).isEmpty();
    }

    /** Some of the small containers end. Returns what the small and the large ones get then. */
    private int end(int count) {
        List<ContainerId> ended = new ArrayList<>(held.subList(0, count));
        held.removeAll(ended);
        Allocation of = core.allocate(small, List.of(), ended);
        take(of);
        return of.grants().size();
    }

    private boolean isKept() {
        return core.state(node).reservation() != null;
    }

    @Test
    void shouldKeepANodeUntilThereIsRoom() {
        fill();
        assertThat(isKept()).as("nobody could take anything").isFalse();
        assertThat(end(3)).isZero();
        assertThat(isKept()).isTrue();
        assertThat(core.allocate(small, ask(9, 128)).grants()).as("new asks").isEmpty();
        assertThat(end(4)).isZero();
        assertThat(core.allocate(large).grants()).isEmpty();
        assertThat(end(1)).isZero();
        assertThat(core.allocate(large).grants()).hasSize(1);
        assertThat(isKept()).isFalse();
    }

    @Test
    void shouldLetGoWhenNothingIsWantedAnyMore() {
        fill();
        end(3);
        core.allocate(large, ask(0, 1024));
        assertThat(isKept()).isFalse();
        assertThat(core.allocate(small).grants()).hasSize(3);
    }

    @Test
    void shouldLetGoWhenTheNodeIsExcluded() {
        fill();
        end(3);
        core.allocate(
                large,
                new Wishes(
                        List.of(),
                        List.of(),
                        List.of(),
                        new Wishes.BlacklistChange(List.of("a"), List.of()),
                        List.of()));
        assertThat(core.allocate(small).grants()).hasSize(3);
    }

    /** The attempt may be forgotten with its end. */
    @Test
    void shouldLetGoWhenTheAttemptEnds() {
        fill();
        end(3);
        core.handle(new ApplicationCommand.KillApplication(large.application(), "enough"));
        assertThat(isKept()).isFalse();
        assertThat(core.allocate(small).grants()).hasSize(3);
    }

    @Test
    void shouldServeItElsewhereWhereThereIsRoom() {
        fill();
        end(3);
        NodeId fresh = core.node("b", 1024);
        assertThat(core.allocate(large).grants())
                .extracting(Allocation.Grant::node)
                .containsExactly(fresh);
        assertThat(core.allocate(small).grants()).hasSize(3);
        assertThat(isKept()).isFalse();
    }

    @Test
    void shouldKeepNothingWhereAMasterIsInTheWay() {
        CoreFixture other = new CoreFixture();
        NodeId only = other.node("a", 1024);
        AttemptId running = other.running();
        Resource master = other.current(running.application()).used();
        assertThat(master.memoryMb()).isPositive();
        AttemptId later = other.unmanaged();
        other.allocate(running, ask(1, 1024));
        assertThat(other.allocate(later, ask(1, 128)).grants()).hasSize(1);
        assertThat(other.state(only).reservation()).isNull();
    }

    @Test
    void shouldForgetANodeThatIsGone() {
        fill();
        end(3);
        core.handle(new NodeCommand.UnregisterNode(node));
        assertThat(core.current(large.application()).reserved()).isNull();
    }

    @Test
    void shouldSayThatANodeIsKept() {
        fill();
        end(3);
        assertThat(core.handle(new CoreCommand.Explain(large.application())))
                .singleElement()
                .satisfies(waiting -> assertThat(waiting.obstacle().what()).contains("is kept for it", "384 MB"));
        assertThat(core.handle(new CoreCommand.Explain(small.application())))
                .singleElement()
                .satisfies(waiting -> assertThat(waiting.obstacle().what()).contains("one node is kept"));
    }

    /** Whoever came before the large one is served first, also while a node is kept. */
    @Test
    void shouldKeepNothingForWhoComesLater() {
        CoreFixture other = new CoreFixture();
        NodeId only = other.node("a", 1024);
        AttemptId first = other.unmanaged();
        AttemptId second = other.unmanaged();
        Allocation filled = other.allocate(first, ask(8, 128));
        other.allocate(first, new Ask[] {ask(8, 128)});
        other.allocate(second, ask(1, 1024));
        ContainerId ended = filled.grants().get(0).container();
        assertThat(other.allocate(first, List.of(), List.of(ended)).grants()).hasSize(1);
        assertThat(other.state(only).reservation()).isNull();
    }
}
