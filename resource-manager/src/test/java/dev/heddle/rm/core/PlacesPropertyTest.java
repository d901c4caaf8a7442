package dev.heddle.rm.core;

import dev.heddle.rm.command.CoreCommand;
import dev.heddle.rm.command.NodeCommand;
import dev.heddle.rm.model.Ask;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.state.Container;
import dev.heddle.rm.state.Node;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Many who wait for certain places on a cluster with room elsewhere: nobody is forgotten when one of the places has room. */
class PlacesPropertyTest {
    private static final int NODES = 6;
    private static final int SLOTS = 3;
    private static final int APPLICATIONS = 6;
    private static final int STEPS = 60;
    private static final long SLOT_MB = 128;

    private final List<AttemptId> attempts = new ArrayList<>();

    @Property(tries = 200)
    void shouldServeWhoeverWaitsForAPlaceWhenItHasRoom(@ForAll long seed) {
        Random random = new Random(seed);
        attempts.clear();
        String[] orders = {"fifo", "fair"};
        CoreFixture core = new CoreFixture(
                CoreFixture.POLICY,
                CoreFixture.plan(
                        "root.queues=default",
                        "root.default.capacity=100",
                        "root.default.ordering-policy=" + orders[random.nextInt(2)],
                        "maximum-am-resource-percent=1",
                        "user-limit-factor=10",
                        "node-locality-delay=" + random.nextInt(NODES),
                        "rack-locality-additional-delay=" + (random.nextInt(NODES) - 1),
                        "heddle.scheduler.locality-wait-ms=" + (random.nextBoolean() ? "-1" : "20000")));
        for (int i = 0; i < NODES; i++) {
            core.node("h" + i, rack(i), SLOTS * SLOT_MB);
        }
        for (int i = 0; i < APPLICATIONS; i++) {
            attempts.add(core.unmanaged());
        }
        for (int step = 0; step < STEPS; step++) {
            act(core, random);
            QueueInvariants.check(core.state);
        }
    }

    private static String rack(int node) {
        return "/r" + node % 2;
    }

    private void act(CoreFixture core, Random random) {
        core.nowMs += random.nextInt(500);
        int node = random.nextInt(NODES);
        NodeId id = new NodeId("h" + node, 1000);
        Node known = core.state.node(id);
        boolean inUse = known != null && known.isInUse();
        switch (random.nextInt(12)) {
            case 0, 1, 2, 3 -> core.allocate(attempts.get(random.nextInt(APPLICATIONS)), asks(random));
            case 4, 5, 6, 7 -> {
                List<Container> held = core.state.nodes().stream()
                        .flatMap(some -> some.containers().stream())
                        .sorted(Comparator.comparing(container -> container.id().toString()))
                        .toList();
                if (!held.isEmpty()) {
                    Container ended = held.get(random.nextInt(held.size()));
                    core.ended(ended.node(), ended.id(), 0, "");
                }
            }
            case 8, 9 -> {
                if (inUse) {
                    core.heartbeat(id, List.of(), List.of());
                }
            }
            case 10 -> {
                if (inUse) {
                    core.handle(new NodeCommand.UnregisterNode(id));
                } else {
                    core.node(id.host(), rack(node), SLOTS * SLOT_MB);
                }
            }
            default -> core.handle(new CoreCommand.Expire());
        }
    }

    /** A host with its rack, or a rack alone; any node will do later, or never. */
    private static Ask[] asks(Random random) {
        int node = random.nextInt(NODES);
        int count = 1 + random.nextInt(3);
        boolean rackWillDo = random.nextBoolean();
        Ask rack = CoreFixture.ask(rack(node), count, SLOT_MB, rackWillDo);
        Ask anywhere = CoreFixture.ask(Ask.ANYWHERE, count, SLOT_MB, rackWillDo && random.nextBoolean());
        return random.nextBoolean()
                ? new Ask[] {CoreFixture.ask("h" + node, count, SLOT_MB, true), rack, anywhere}
                : new Ask[] {rack, anywhere};
    }
}
