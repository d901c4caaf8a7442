package dev.heddle.rm.core;

import static dev.heddle.rm.core.CoreFixture.ask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.command.AdminCommand;
import dev.heddle.rm.command.NodeCommand;
import dev.heddle.rm.command.Refusal;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.AttributeKey;
import dev.heddle.rm.model.NodeId;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class MarkControlTest {
    private final CoreFixture core = new CoreFixture();

    private void label(NodeId node, String... labels) {
        core.handle(new AdminCommand.LabelNodes(Map.of(node, Set.of(labels)), false));
    }

    private static void assertRefused(String part, ThrowingCallable call) {
        assertThatExceptionOfType(Refusal.class).isThrownBy(call).withMessageContaining(part);
    }

    @Test
    void shouldKeepANodeWithAnExclusiveLabelFromThoseWhoDoNotAskForIt() {
        core.handle(new AdminCommand.AddLabels(Map.of("gpu", true, "slow", false)));
        NodeId node = core.node("a", 1024);
        AttemptId attempt = core.unmanaged();
        label(new NodeId("a", 0), "gpu");
        assertThat(core.state(node).label()).isEqualTo("gpu");
        assertThat(core.allocate(attempt, ask(1, 128), ask("a", 1, 128, true)).grants())
                .isEmpty();
        label(node, "slow");
        assertThat(core.allocate(attempt).grants()).hasSize(1);
        label(new NodeId("a", 0), "gpu");
        assertThat(core.state(node).label())
                .as("what is said of the host holds for each of its nodes")
                .isEqualTo("gpu");
        core.handle(new AdminCommand.RemoveLabels(Set.of("gpu")));
        assertThat(core.state(node).label()).isEmpty();
        assertThat(core.allocate(attempt, ask(1, 128)).grants()).hasSize(1);
    }

    @Test
    void shouldKnowTheLabelOfAHostThatComesLater() {
        core.handle(new AdminCommand.AddLabels(Map.of("gpu", true)));
        label(new NodeId("a", 0), "gpu");
        assertThat(core.state(core.node("a", 1024)).label()).isEqualTo("gpu");
        assertThat(core.state.partition("gpu").total()).isEqualTo(new Resource(1024, 8));
        assertThat(core.state.partition("").total()).isEqualTo(Resource.NONE);
    }

    @Test
    void shouldRefuseLabelsThatCannotBeAndChangeNothing() {
        core.handle(new AdminCommand.AddLabels(Map.of("gpu", true)));
        NodeId node = core.node("a", 1024);
        int before = core.events.size();
        assertRefused(
                "Exclusivity cannot be modified",
                () -> core.handle(new AdminCommand.AddLabels(Map.of("gpu", false, "new", true))));
        assertRefused("Not all labels", () -> label(node, "unknown"));
        assertRefused("2 labels specified on host=a", () -> label(node, "gpu", "other"));
        assertRefused("to be removed", () -> core.handle(new AdminCommand.RemoveLabels(Set.of("unknown"))));
        assertRefused(
                "unknown nodes:[b:1]",
                () -> core.handle(new AdminCommand.LabelNodes(Map.of(new NodeId("b", 1), Set.of()), true)));
        assertRefused("Not all labels", () -> core.handle(new NodeCommand.ReportLabel(node, Set.of("unknown"))));
        assertThat(core.events).hasSize(before);
        assertThat(core.state.marks().labels()).containsOnlyKeys("gpu");
    }

    @Test
    void shouldTakeTheLabelThatANodeReports() {
        core.handle(new AdminCommand.AddLabels(Map.of("gpu", true)));
        NodeId node = core.node("a", 1024);
        core.handle(new NodeCommand.ReportLabel(node, Set.of("gpu")));
        assertThat(core.state(node).label()).isEqualTo("gpu");
        int before = core.events.size();
        core.handle(new NodeCommand.ReportLabel(node, Set.of("gpu")));
        assertThat(core.events).as("no news").hasSize(before);
    }

    @Test
    void shouldAddReplaceAndRemoveAttributes() {
        NodeId node = core.node("a", 1024);
        map(AdminCommand.Change.ADD, Map.of("os", "linux", "java", "17"));
        map(AdminCommand.Change.ADD, Map.of("java", "21"));
        core.handle(new NodeCommand.ReportAttributes(node, Map.of("disk", "ssd")));
        assertThat(core.state.marks().attributes())
                .containsEntry(
                        "a",
                        Map.of(
                                new AttributeKey(AttributeKey.OPERATORS, "os"), "linux",
                                new AttributeKey(AttributeKey.OPERATORS, "java"), "21",
                                new AttributeKey(AttributeKey.NODES, "disk"), "ssd"));
        assertRefused("doesn't exist on node a", () -> map(AdminCommand.Change.REMOVE, Map.of("gpu", "")));
        map(AdminCommand.Change.REMOVE, Map.of("os", ""));
        map(AdminCommand.Change.REPLACE, Map.of("zone", "1"));
        core.handle(new NodeCommand.ReportAttributes(node, Map.of()));
        assertThat(core.state.marks().attributes())
                .containsEntry("a", Map.of(new AttributeKey(AttributeKey.OPERATORS, "zone"), "1"));
        assertRefused(
                "Following nodes does not exist : [b]",
                () -> core.handle(new AdminCommand.MapAttributes(
                        AdminCommand.Change.ADD, Map.of("b", Map.of("os", "linux")), true)));
    }

    private void map(AdminCommand.Change change, Map<String, String> values) {
        core.handle(new AdminCommand.MapAttributes(change, Map.of("a", values), false));
    }
}
