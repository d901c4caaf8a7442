package dev.heddle.rm.core;

import static dev.heddle.rm.core.CoreFixture.ask;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.command.Allocation;
import dev.heddle.rm.command.NodeCommand;
import dev.heddle.rm.model.Ask;
import dev.heddle.rm.model.AskKey;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.NodeId;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Hosts before racks, racks before anywhere, and nowhere else where locality is not relaxed. */
class LocalityTest {
    private final CoreFixture core = new CoreFixture();

    private List<String> hosts(AttemptId attempt, Ask... asks) {
        return core.allocate(attempt, asks).grants().stream()
                .map(grant -> grant.node().host())
                .toList();
    }

    @Test
    void shouldFallBackFromTheHostToItsRackAndThenToAnyNode() {
        core.node("other", "/r2", 1024);
        core.node("near", "/r1", 256);
        core.node("wanted", "/r1", 256);
        AttemptId attempt = core.unmanaged();
        assertThat(hosts(attempt, ask("wanted", 3, 256, true), ask("/r1", 3, 256, true), ask(3, 256)))
                .containsExactly("wanted", "near", "other");
    }

    @Test
    void shouldStayInTheRackWhereOnlyThatMayBeRelaxedTo() {
        core.node("other", "/r2", 1024);
        core.node("wanted", "/r1", 256);
        AttemptId attempt = core.unmanaged();
        assertThat(hosts(
                        attempt,
                        ask("wanted", 2, 256, true),
                        ask("/r1", 2, 256, true),
                        ask(Ask.ANYWHERE, 2, 256, false)))
                .containsExactly("wanted");
        core.node("near", "/r1", 256);
        assertThat(hosts(attempt)).containsExactly("near");
    }

    @Test
    void shouldStayOnTheHostWhereNeitherRackNorAnywhereMayBeRelaxedTo() {
        core.node("near", "/r1", 256);
        AttemptId attempt = core.unmanaged();
        assertThat(hosts(
                        attempt,
                        ask("wanted", 1, 256, true),
                        ask("/r1", 1, 256, false),
                        ask(Ask.ANYWHERE, 1, 256, false)))
                .isEmpty();
        core.node("wanted", "/r1", 256);
        assertThat(hosts(attempt)).containsExactly("wanted");
    }

    @Test
    void shouldGoRoundInARack() {
        core.node("a", "/r1", 1024);
        core.node("b", "/r1", 1024);
        core.node("c", "/r2", 1024);
        AttemptId attempt = core.unmanaged();
        assertThat(hosts(attempt, ask("/r1", 4, 128, true), ask(4, 128))).containsExactlyInAnyOrder("a", "b", "a", "b");
    }

    @Test
    void shouldFollowANodeThatComesBackInAnotherRack() {
        NodeId moved = core.node("a", "/r1", 1024);
        AttemptId attempt = core.unmanaged();
        core.allocate(attempt, ask("/r2", 1, 128, true), ask(Ask.ANYWHERE, 1, 128, false));
        core.register(moved, "/r2", new Resource(1024, 8), List.of(), List.of());
        assertThat(hosts(attempt)).containsExactly("a");
        assertThat(core.state.knowsRack("/r1")).isFalse();
        core.handle(new NodeCommand.UnregisterNode(moved));
        assertThat(core.state.knowsRack("/r2")).isFalse();
    }

    @Test
    void shouldServeTheKeysInTheirOrder() {
        AttemptId attempt = core.unmanaged();
        core.allocate(
                attempt,
                new Ask(new AskKey(2, 7), Ask.ANYWHERE, new Resource(128, 1), 1, true),
                new Ask(new AskKey(1, 9), Ask.ANYWHERE, new Resource(128, 1), 1, true),
                new Ask(new AskKey(1, 8), Ask.ANYWHERE, new Resource(128, 1), 1, true));
        core.node("a", 1024);
        assertThat(core.allocate(attempt).grants())
                .extracting(Allocation.Grant::key)
                .containsExactly(new AskKey(1, 8), new AskKey(1, 9), new AskKey(2, 7));
    }
}
