package dev.heddle.rm.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.model.Ask;
import dev.heddle.rm.model.AttemptState;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.ContainerState;
import dev.heddle.rm.model.LogProgress;
import dev.heddle.rm.model.LogState;
import dev.heddle.rm.model.NodeState;
import dev.heddle.rm.state.Application;
import dev.heddle.rm.state.Attempt;
import dev.heddle.rm.state.Container;
import dev.heddle.rm.state.Node;
import dev.heddle.rm.state.Preemptions;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** What holds of the state after every step, counted anew: nothing is lost, nothing is there twice, all sums are right. */
final class Books {
    private Books() {}

    static void check(CoreFixture core) {
        Set<ContainerId> onNodes = new HashSet<>();
        Resource total = Resource.NONE;
        Resource allUsed = Resource.NONE;
        int running = 0;
        int inUse = 0;
        for (Node node : core.state.nodes()) {
            Resource used = Resource.NONE;
            for (Container container : node.containers()) {
                assertThat(onNodes.add(container.id()))
                        .as("one place for a container")
                        .isTrue();
                assertThat(container.node()).isEqualTo(node.id());
                assertThat(container.state()).isNotEqualTo(ContainerState.COMPLETED);
                used = used.plus(container.resource());
            }
            assertThat(node.used()).as("a node uses the sum of its containers").isEqualTo(used);
            allUsed = allUsed.plus(used);
            if (node.state() == NodeState.RUNNING) {
                running++;
                total = total.plus(node.total().max(used));
            } else if (node.isInUse()) {
                inUse++;
                total = total.plus(used);
            } else {
                assertThat(node.containers())
                        .as("nothing runs on a node that is gone")
                        .isEmpty();
            }
        }
        assertThat(core.state.goneNodes())
                .as("whoever is not in use is gone, and remembered up to the limit")
                .hasSize(core.state.nodes().size() - running - inUse)
                .hasSizeLessThanOrEqualTo(CoreFixture.POLICY.history().goneNodes());
        checkLogs(core);
        assertThat(core.state.busyCores()).isBetween(0f, 4f * (running + inUse));
        assertThat(core.state.wantedContainers()).isEqualTo(wanted(core));
        assertThat(core.state.total()).isEqualTo(total);
        assertThat(core.state.used()).isEqualTo(allUsed);
        assertThat(core.state.runningNodes()).isEqualTo(running);
        checkAttempts(core, onNodes);
        checkTags(core, onNodes);
    }

    private static void checkTags(CoreFixture core, Set<ContainerId> onNodes) {
        Map<String, Integer> tagged = new HashMap<>();
        onNodes.forEach(id -> core.state.allocationTags().of(id).forEach(tag -> tagged.merge(tag, 1, Integer::sum)));
        Map<String, Integer> counted = new HashMap<>();
        core.state.allocationTags().all().forEach((tag, places) -> places.nodes()
                .forEach(node -> counted.merge(tag, places.on(node), Integer::sum)));
        assertThat(counted).as("the tags of what holds room").isEqualTo(tagged);
    }

    private static void checkLogs(CoreFixture core) {
        for (Application application : core.state.applications()) {
            Map<LogState, Integer> counts = new EnumMap<>(LogState.class);
            for (Node node : core.state.nodesOf(application)) {
                assertThat(core.state.node(node.id()))
                        .as("only what is remembered")
                        .isSameAs(node);
                counts.merge(application.logs(node), 1, Integer::sum);
            }
            LogProgress logs = application.logs();
            assertThat(List.of(logs.running(), logs.withFailure(), logs.succeeded(), logs.failed()))
                    .as("counts are those of the nodes")
                    .containsExactly(
                            counts.getOrDefault(LogState.RUNNING, 0),
                            counts.getOrDefault(LogState.RUNNING_WITH_FAILURE, 0),
                            counts.getOrDefault(LogState.SUCCEEDED, 0),
                            counts.getOrDefault(LogState.FAILED, 0) + counts.getOrDefault(LogState.TIMED_OUT, 0));
            assertThat(logs.notStarted()).isBetween(0, counts.getOrDefault(LogState.NOT_STARTED, 0));
        }
        for (Node node : core.state.nodes()) {
            for (Container container : node.containers()) {
                assertThat(core.application(container.id().attempt().application())
                                .hasBeenOn(node))
                        .as("where its containers are it has been")
                        .isTrue();
            }
        }
    }

    private static long wanted(CoreFixture core) {
        return core.state.applications().stream()
                .flatMap(application -> application.attempts().stream())
                .flatMap(attempt -> attempt.asks().keys().stream().map(attempt.asks()::anywhere))
                .filter(Objects::nonNull)
                .mapToLong(Ask::count)
                .sum();
    }

    private static void checkAttempts(CoreFixture core, Set<ContainerId> onNodes) {
        Set<ContainerId> ofAttempts = new HashSet<>();
        QueueInvariants.check(core.state);
        Collection<Attempt> waiting = core.waiting();
        for (Application application : core.state.applications()) {
            boolean settled = application.isOver()
                    && Objects.requireNonNull(application.currentAttempt()).isOver();
            assertThat(core.state.unsettledApplications().contains(application))
                    .as("time matters to those alone that are not over for good")
                    .isNotEqualTo(settled);
            for (Attempt attempt : application.attempts()) {
                Resource used = Resource.NONE;
                for (Container container : attempt.containers()) {
                    assertThat(ofAttempts.add(container.id()))
                            .as("one holder for a container")
                            .isTrue();
                    assertThat(core.state.holder(container)).isSameAs(attempt);
                    used = used.plus(container.resource());
                }
                assertThat(attempt.used()).isEqualTo(used);
                assertThat(waiting.contains(attempt))
                        .as("whoever has asks waits or is held, and nobody else")
                        .isEqualTo(attempt.isWaiting() || (!attempt.isActive() && !attempt.isOver()));
                assertThat(attempt.awaitedIncreases().keySet())
                        .as("only what it has may grow")
                        .allMatch(id -> attempt.containers().stream()
                                .anyMatch(container -> container.id().equals(id)));
                if (attempt.isOver()) {
                    assertThat(attempt.isWaiting()).isFalse();
                    assertThat(attempt.undeliveredExits()).isEmpty();
                }
                if (application.isOver()) {
                    assertThat(attempt.state())
                            .isIn(
                                    AttemptState.FINISHING,
                                    AttemptState.FINISHED,
                                    AttemptState.FAILED,
                                    AttemptState.KILLED);
                }
            }
        }
        assertThat(core.state.unsettledIncreases().keySet())
                .as("what may be larger is there")
                .isSubsetOf(onNodes);
        assertThat(ofAttempts).as("each container has an owner and a place").isEqualTo(onNodes);
        checkPreemptions(core, onNodes);
    }

    private static void checkPreemptions(CoreFixture core, Set<ContainerId> onNodes) {
        Preemptions preemptions = core.state.preemptions();
        Set<ContainerId> stopping = new HashSet<>();
        Set<ContainerId> untold = new HashSet<>();
        for (ContainerId id : onNodes) {
            if (Objects.requireNonNull(core.state.container(id)).state() == ContainerState.STOPPING) {
                stopping.add(id);
            }
        }
        assertThat(preemptions.stopping().stream().map(Container::id))
                .as("what is on its way out")
                .containsExactlyInAnyOrderElementsOf(stopping);
        assertThat(preemptions.notices().keySet())
                .as("what is to go is there, and not on its way")
                .isSubsetOf(onNodes)
                .noneMatch(stopping::contains);
        for (Application application : core.state.applications()) {
            for (Attempt attempt : application.attempts()) {
                for (ContainerId id : preemptions.untold(attempt.id())) {
                    assertThat(untold.add(id)).as("one is told").isTrue();
                    Container container = Objects.requireNonNull(core.state.container(id));
                    assertThat(core.state.holder(container)).isSameAs(attempt);
                }
            }
        }
        assertThat(onNodes).as("nobody is told of what is gone").containsAll(untold);
    }
}
