package dev.heddle.app.master;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.hadoop.yarn.api.records.ApplicationAttemptId;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.Container;
import org.apache.hadoop.yarn.api.records.ContainerExitStatus;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.ContainerState;
import org.apache.hadoop.yarn.api.records.ContainerStatus;
import org.apache.hadoop.yarn.api.records.NodeId;
import org.apache.hadoop.yarn.api.records.Priority;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.api.records.ResourceRequest;
import org.junit.jupiter.api.Test;

final class ContainerLedgerTest {
    private static final ApplicationAttemptId ATTEMPT =
            ApplicationAttemptId.newInstance(ApplicationId.newInstance(1, 1), 1);
    private static final Resource CAPABILITY = Resource.newInstance(512, 2);

    private final ContainerLedger ledger = new ContainerLedger(CAPABILITY);

    private static Container container(int number, Resource resource) {
        return Container.newInstance(
                ContainerId.newContainerId(ATTEMPT, number),
                NodeId.newInstance("node", 1),
                "node:2",
                resource,
                Priority.newInstance(1),
                null);
    }

    private static Container container(int number) {
        return container(number, CAPABILITY);
    }

    private static List<ContainerStatus> ended(Container container) {
        return List.of(ContainerStatus.newInstance(
                container.getId(), ContainerState.COMPLETE, "", ContainerExitStatus.SUCCESS));
    }

    private static List<Integer> asks(ContainerLedger.Request request) {
        return request.asks().stream().map(ResourceRequest::getNumContainers).toList();
    }

    @Test
    void shouldNameTheNumberOnceAndAgainWhenItChanges() {
        assertThat(asks(ledger.request(0))).isEmpty();
        ContainerLedger.Request three = ledger.request(3);
        assertThat(asks(three)).containsExactly(3);
        assertThat(ledger.answered(three, List.of(), 3)).isEmpty();

        assertThat(asks(ledger.request(3))).isEmpty();
        assertThat(asks(ledger.request(5))).containsExactly(5);
        assertThat(asks(ledger.request(0))).containsExactly(0);
    }

    @Test
    void shouldNameTheNumberAnewAfterAGrant() {
        ledger.answered(ledger.request(3), List.of(container(1), container(2)), 3);

        assertThat(asks(ledger.request(3))).containsExactly(1);
        ledger.answered(ledger.request(3), List.of(container(3)), 3);
        assertThat(asks(ledger.request(3))).containsExactly(0);
        assertThat(ledger.lacks(3)).isFalse();
    }

    @Test
    void shouldAskAgainForWhatWasGrantedTooSmall() {
        ContainerLedger.Request one = ledger.request(1);
        Container small = container(1, Resource.newInstance(256, 2));

        assertThat(ledger.answered(one, List.of(small), 1)).isEmpty();
        assertThat(asks(ledger.request(1))).containsExactly(1);
        assertThat(ledger.request(1).releases()).containsExactly(small.getId());
    }

    @Test
    void shouldRepeatReleasesUntilTheyWereSaid() {
        ledger.answered(ledger.request(1), List.of(container(1)), 1);
        ledger.release(container(1).getId());
        ContainerLedger.Request lost = ledger.request(1);
        assertThat(lost.releases()).containsExactly(container(1).getId());
        ledger.release(container(2).getId());

        ledger.answered(lost, List.of(), 1);

        assertThat(ledger.request(1).releases()).containsExactly(container(2).getId());
    }

    @Test
    void shouldSayEverythingToWhoeverKnowsNothing() {
        ledger.answered(ledger.request(3), List.of(container(1), container(2), container(3)), 3);
        ledger.release(container(1).getId());
        ledger.release(container(2).getId());
        ledger.answered(ledger.request(3), List.of(), 3);
        ledger.ended(ended(container(2)));
        assertThat(ledger.request(3).releases()).isEmpty();

        ledger.forgotten();

        assertThat(asks(ledger.request(3))).containsExactly(2);
        assertThat(ledger.request(3).releases()).containsExactly(container(1).getId());
    }

    @Test
    void shouldReplaceWhatHasEndedOrIsOfNoUse() {
        ledger.answered(ledger.request(2), List.of(container(1), container(2)), 2);
        ledger.answered(ledger.request(2), List.of(), 2);
        ledger.ended(ended(container(1)));
        ledger.disregard(container(2).getId());

        assertThat(asks(ledger.request(2))).containsExactly(2);
        assertThat(ledger.request(2).releases()).isEmpty();
    }
}
