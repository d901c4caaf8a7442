package dev.heddle.rm.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.command.Allocation;
import dev.heddle.rm.command.ApplicationCommand;
import dev.heddle.rm.command.Command;
import dev.heddle.rm.command.MasterCommand;
import dev.heddle.rm.command.NodeCommand;
import dev.heddle.rm.command.NodeInstructions;
import dev.heddle.rm.command.Wishes;
import dev.heddle.rm.core.ClusterController;
import dev.heddle.rm.core.CorePolicy;
import dev.heddle.rm.model.ApplicationAcls;
import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.model.ApplicationSpec;
import dev.heddle.rm.model.Ask;
import dev.heddle.rm.model.AskKey;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.ContainerExit;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.LaunchContext;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.model.NodeOffer;
import dev.heddle.rm.model.NodeStatus;
import dev.heddle.rm.model.Retries;
import dev.heddle.rm.model.Utilization;
import dev.heddle.rm.scheduler.queue.Measure;
import dev.heddle.rm.scheduler.queue.QueuePlan;
import dev.heddle.rm.scheduler.queue.QueueSpec;
import dev.heddle.rm.state.ClusterState;
import dev.heddle.rm.state.Container;
import dev.heddle.rm.state.Node;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Nodes cannot tell who has answered them: nothing that they say or should hear is lost, whatever is lost on the way. */
class QuietNodesPropertyTest {
    private static final Resource SMALL = new Resource(128, 1);
    private static final int NODES = 3;
    private static final int STEPS = 80;

    /** A node manager: what runs there, and what it knows. */
    private static final class Daemon {
        final NodeId id;
        final Set<ContainerId> running = new LinkedHashSet<>();
        final List<ContainerExit> ended = new ArrayList<>();
        int responseId;
        long heardMs;

        Daemon(String host) {
            id = new NodeId(host, 1000);
        }
    }

    /** A core, and who answers in front of it. */
    private static final class Cluster {
        private final QuietNodes quiet = new QuietNodes();
        private final ClusterState state = new ClusterState(
                1, 1, QueuePlan.single(Measure.DOMINANT, SMALL, SMALL, 10, QueueSpec.ApplicationCaps.DEFAULT, 1));
        private final ClusterController controller = new ClusterController(
                state,
                new CorePolicy(
                        SMALL,
                        SMALL,
                        1,
                        100,
                        new CorePolicy.Expiry(1_000_000, 1_000_000, 1_000_000, 1_000_000),
                        new CorePolicy.History(2, 2, 2),
                        0));
        private long nowMs = 1;
        private int answeredAtTheEdge;

        private <R> R handle(Command<R> command) {
            ClusterController.Outcome<R> outcome = controller.handle(command, nowMs);
            quiet.publish(state, outcome.events());
            return outcome.reply();
        }

        /** As {@link ClusterLoop#hear} has it. */
        private NodeInstructions hear(NodeCommand.NodeHeartbeat heartbeat) {
            int responseId = quiet.answer(heartbeat, nowMs);
            if (responseId != QuietNodes.NOT_QUIET) {
                answeredAtTheEdge++;
                return NodeInstructions.nothing(responseId);
            }
            handle(quiet.take(heartbeat.node()));
            NodeInstructions reply = handle(heartbeat);
            quiet.answered(heartbeat, reply);
            return reply;
        }

        private void register(Daemon daemon) {
            NodeOffer offer = NodeOffer.of(new Resource(1024, 8), 0, "3.5.0");
            handle(new NodeCommand.RegisterNode(
                    daemon.id, offer, NodeStatus.HEALTHY, List.copyOf(daemon.running), List.copyOf(daemon.ended)));
            daemon.responseId = 0;
            daemon.heardMs = nowMs;
        }

        private void beat(Daemon daemon, Random random, boolean lost) {
            NodeStatus status = new NodeStatus(true, "", 0, Utilization.NONE, new Utilization(random.nextInt(3), 0, 0));
            NodeInstructions reply = hear(new NodeCommand.NodeHeartbeat(
                    daemon.id, daemon.responseId, status, List.copyOf(daemon.running), List.copyOf(daemon.ended)));
            assertThat(reply.action()).isEqualTo(NodeInstructions.Action.NORMAL);
            assertThat(reply.responseId()).isEqualTo(daemon.responseId + 1);
            daemon.heardMs = nowMs;
            if (lost) {
                return;
            }
            daemon.responseId = reply.responseId();
            for (ContainerId id : reply.stop()) {
                if (daemon.running.remove(id)) {
                    daemon.ended.add(new ContainerExit(id, -105, ""));
                }
            }
            daemon.ended.removeIf(exit -> reply.forget().contains(exit.container()));
        }

        private AttemptId master() {
            ApplicationId id =
                    handle(new ApplicationCommand.TakeApplicationId()).application();
            handle(new ApplicationCommand.SubmitApplication(
                    id,
                    new ApplicationSpec(
                            "name",
                            "TYPE",
                            "user",
                            "default",
                            0,
                            Set.of(),
                            new Retries(1, -1, false),
                            SMALL,
                            ApplicationSpec.Labels.NONE,
                            true,
                            0,
                            ApplicationAcls.NOBODY,
                            new LaunchContext(new byte[0]))));
            AttemptId attempt = new AttemptId(id, 1);
            handle(new MasterCommand.RegisterMaster(attempt, "host", 4040, ""));
            return attempt;
        }

        private int responseIdOf(AttemptId attempt) {
            return Objects.requireNonNull(state.attempt(attempt)).responseId();
        }

        private Allocation allocate(AttemptId attempt, int count, List<ContainerId> releases) {
            Ask ask = new Ask(new AskKey(1, -1), Ask.ANYWHERE, SMALL, count, true);
            return handle(new MasterCommand.Allocate(
                    attempt, responseIdOf(attempt), 0, "", Wishes.of(List.of(ask), releases)));
        }

        private void act(Daemon daemon, AttemptId master, Random random) {
            Node node = Objects.requireNonNull(state.node(daemon.id));
            List<ContainerId> held =
                    node.containers().stream().map(Container::id).toList();
            switch (random.nextInt(14)) {
                case 0 -> allocate(master, random.nextInt(4), List.of());
                case 1 -> daemon.running.addAll(held);
                case 2 -> {
                    if (!daemon.running.isEmpty()) {
                        ContainerId id = daemon.running.iterator().next();
                        daemon.running.remove(id);
                        daemon.ended.add(new ContainerExit(id, 0, ""));
                    }
                }
                case 3 -> {
                    if (!held.isEmpty()) {
                        allocate(master, 0, held.subList(0, 1));
                    }
                }
                case 4 -> handle(quiet.takeAll());
                case 5 -> {
                    if (random.nextInt(4) == 0) {
                        register(daemon);
                    }
                }
                default -> beat(daemon, random, random.nextInt(4) == 0);
            }
        }
    }

    @Property(tries = 300)
    void shouldLoseNothing(@ForAll long seed) {
        Random random = new Random(seed);
        Cluster cluster = new Cluster();
        List<Daemon> daemons = new ArrayList<>();
        for (int i = 0; i < NODES; i++) {
            Daemon daemon = new Daemon("h" + i);
            daemons.add(daemon);
            cluster.register(daemon);
        }
        AttemptId master = cluster.master();
        for (int step = 0; step < STEPS; step++) {
            cluster.nowMs += random.nextInt(300);
            cluster.act(daemons.get(random.nextInt(NODES)), master, random);
        }
        cluster.allocate(master, 0, List.of());
        for (Daemon daemon : daemons) {
            for (int i = 0; i < 4; i++) {
                cluster.beat(daemon, random, false);
            }
        }
        cluster.handle(cluster.quiet.takeAll());
        for (Daemon daemon : daemons) {
            Node node = Objects.requireNonNull(cluster.state.node(daemon.id));
            assertThat(node.lastHeardMs()).isEqualTo(daemon.heardMs);
            assertThat(node.responseId()).isEqualTo(daemon.responseId);
            Set<ContainerId> granted = new LinkedHashSet<>();
            node.containers().forEach(container -> granted.add(container.id()));
            assertThat(granted).containsAll(daemon.running);
        }
    }

    @Test
    void shouldAnswerForNodesThatHaveNothingToSayAlone() {
        Random random = new Random(1);
        Cluster cluster = new Cluster();
        Daemon daemon = new Daemon("h");
        cluster.register(daemon);
        AttemptId master = cluster.master();
        cluster.beat(daemon, random, false);
        cluster.beat(daemon, random, false);
        assertThat(cluster.answeredAtTheEdge).as("the second is like the first").isEqualTo(1);

        ContainerId container =
                cluster.allocate(master, 1, List.of()).grants().get(0).container();
        daemon.running.add(container);
        cluster.beat(daemon, random, false);
        assertThat(cluster.answeredAtTheEdge).as("a container has begun").isEqualTo(1);
        cluster.beat(daemon, random, true);
        assertThat(cluster.answeredAtTheEdge).as("it goes on").isEqualTo(2);
        assertThat(Objects.requireNonNull(cluster.state.node(daemon.id)).responseId())
                .isEqualTo(3);

        cluster.allocate(master, 0, List.of(container));
        cluster.beat(daemon, random, false);
        assertThat(cluster.answeredAtTheEdge)
                .as("it is to end, but a repeated call is answered as before")
                .isEqualTo(2);
        assertThat(daemon.running).containsExactly(container);
        cluster.beat(daemon, random, false);
        assertThat(daemon.running).isEmpty();
        cluster.quiet.close();
        cluster.beat(daemon, random, false);
        cluster.beat(daemon, random, false);
        cluster.beat(daemon, random, false);
        assertThat(cluster.answeredAtTheEdge).isEqualTo(2);
    }
}
