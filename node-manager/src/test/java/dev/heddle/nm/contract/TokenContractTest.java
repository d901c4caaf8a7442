package dev.heddle.nm.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.nm.FakeResourceManager;
import dev.heddle.nm.FakeResourceManager.Grant;
import dev.heddle.testbed.Await;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.hadoop.yarn.api.ContainerManagementProtocol;
import org.apache.hadoop.yarn.api.protocolrecords.GetContainerStatusesRequest;
import org.apache.hadoop.yarn.api.protocolrecords.StartContainerRequest;
import org.apache.hadoop.yarn.api.protocolrecords.StartContainersRequest;
import org.apache.hadoop.yarn.api.protocolrecords.StartContainersResponse;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.ContainerState;
import org.apache.hadoop.yarn.api.records.NodeId;
import org.apache.hadoop.yarn.api.records.Token;
import org.apache.hadoop.yarn.server.api.protocolrecords.NodeHeartbeatResponse;

/** Whom a node believes. */
class TokenContractTest {
    private static final NodeId ELSEWHERE = NodeId.newInstance("127.0.0.1", 1);

    private static final String ALONE = "a token that does not hold fails its container alone, not the whole call";

    private static void assertNotStarted(Stage stage, ContainerId id, Token token, String heddle, String hadoop)
            throws Exception {
        boolean answered = stage.onPurpose(ALONE, true, false);
        if (answered) {
            StartContainersResponse response = stage.start(token, Stage.launch("sleep 1000"));
            assertThat(Stage.message(response.getFailedRequests(), id)).contains(heddle);
        } else {
            assertThatThrownBy(() -> stage.start(token, Stage.launch("sleep 1000")))
                    .hasMessageContaining(hadoop);
        }
        assertThat(stage.node()
                        .getContainerStatuses(GetContainerStatusesRequest.newInstance(List.of(id)))
                        .getContainerStatuses())
                .isEmpty();
    }

    @ContractTest
    void shouldNotBelieveForgedContainerTokens(Stage stage) throws Exception {
        ContainerId id = stage.newContainer();
        Grant grant = stage.grant(id);
        Token genuine = stage.token(grant);
        Token forged = Token.newInstance(
                stage.token(grant.until(Long.MAX_VALUE)).getIdentifier().array(),
                genuine.getKind(),
                genuine.getPassword().array(),
                genuine.getService());
        assertNotStarted(
                stage,
                id,
                forged,
                "is not signed by this node's resource manager",
                "Invalid container token used for starting container on : ");
        try (FakeResourceManager other = new FakeResourceManager(1_000)) {
            assertNotStarted(
                    stage, id, other.containerToken(grant), "does not hold", "to have an illegally generated token");
        }
    }

    @ContractTest
    void shouldNotTakeContainerTokensOfAnotherNode(Stage stage) throws Exception {
        ContainerId id = stage.newContainer();
        assertNotStarted(
                stage,
                id,
                stage.token(stage.grant(id).at(ELSEWHERE.toString())),
                "is for node " + ELSEWHERE,
                "identifier is not valid for current Node manager. Expected : " + stage.nodeId() + " Found : ");
    }

    @ContractTest
    void shouldRefuseWhatIsLateOrAnotherOnes(Stage stage) throws Exception {
        ContainerId id = stage.newContainer();
        Grant grant = stage.grant(id);
        StartContainersResponse response = stage.start(stage.token(grant.from(3)), Stage.launch("sleep 1000"));
        assertThat(Stage.message(response.getFailedRequests(), id))
                .isEqualTo("\nContainer " + id + " rejected as it is allocated by a previous RM");
        response = stage.start(stage.token(grant.until(1_000)), Stage.launch("sleep 1000"));
        assertThat(Stage.message(response.getFailedRequests(), id))
                .startsWith("Unauthorized request to start container.\nThis token is expired. current time is ")
                .endsWith("\nNote: System times on machines may be out of sync. Check system time and time zones.");
        response = stage.stranger()
                .startContainers(StartContainersRequest.newInstance(
                        List.of(StartContainerRequest.newInstance(Stage.launch("sleep 1000"), stage.token(grant)))));
        assertThat(Stage.message(response.getFailedRequests(), id))
                .startsWith("Unauthorized request to start container.\nNMToken for application attempt : ")
                .contains(" was used for starting container with container token issued for application attempt : ");
    }

    @ContractTest
    void shouldNotStartTheSameContainerTwice(Stage stage) throws Exception {
        ContainerId id = stage.newContainer();
        Token token = stage.token(stage.grant(id));
        stage.start(token, Stage.launch("true"));
        stage.awaitEnd(id);
        NodeHeartbeatResponse answer = FakeResourceManager.answer();
        answer.addContainersToBeRemovedFromNM(List.of(id));
        stage.resourceManager().answers.add(answer);
        Await.until("the container to be forgotten", Stage.LIMIT, () -> stage.node()
                .getContainerStatuses(GetContainerStatusesRequest.newInstance(List.of(id)))
                .getFailedRequests()
                .containsKey(id));
        StartContainersResponse response = stage.start(token, Stage.launch("true"));
        assertThat(Stage.message(response.getFailedRequests(), id))
                .isEqualTo("Unauthorized request to start container.\n Attempt to relaunch the same container with id "
                        + id + ".");
    }

    @ContractTest
    void shouldNotBelieveNmTokensOfOthers(Stage stage) throws Exception {
        ContainerId id = stage.start(Stage.launch("sleep 1000"));
        ApplicationId application = id.getApplicationAttemptId().getApplicationId();
        GetContainerStatusesRequest request = GetContainerStatusesRequest.newInstance(List.of(id));
        Token elsewhere = stage.resourceManager().nmToken(id, ELSEWHERE, Stage.USER);
        assertThatThrownBy(() -> stage.node(application, elsewhere).getContainerStatuses(request))
                .hasMessageContaining(stage.onPurpose(
                        "says which node it is for", "is for node", "is not valid for current node manager"));
        try (FakeResourceManager other = new FakeResourceManager(1_000)) {
            Token unknown = other.nmToken(id, stage.nodeId(), Stage.USER);
            assertThatThrownBy(() -> stage.node(application, unknown).getContainerStatuses(request))
                    .hasMessageContaining(stage.onPurpose(
                            "an application with containers is no excuse for a key that nobody has",
                            "does not hold",
                            ""));
        }
        Token genuine = stage.nmToken(application);
        byte[] password = genuine.getPassword().array().clone();
        password[0] ^= 1;
        genuine.setPassword(ByteBuffer.wrap(password));
        assertThatThrownBy(() -> stage.node(application, genuine).getContainerStatuses(request))
                .isInstanceOf(IOException.class);
    }

    @ContractTest
    void shouldGoOnBelievingWhileKeysRoll(Stage stage) throws Exception {
        ContainerId id = stage.start(Stage.launch("sleep 1000"));
        ApplicationId application = id.getApplicationAttemptId().getApplicationId();
        Token firstNmToken = stage.nmToken(application);
        ContainerId second = stage.newContainer();
        Token ofFirstKey = stage.token(stage.grant(second));
        ApplicationId idle = ApplicationId.newInstance(1, 1);
        Token idleNmToken = stage.nmToken(idle);
        awaitRoll(stage);

        assertThat(stage.start(ofFirstKey, Stage.launch("sleep 1000")).getSuccessfullyStartedContainers())
                .as("the key before the current one")
                .containsExactly(second);
        ContainerId third = stage.newContainer();
        Token ofSecondKey = stage.token(stage.grant(third));
        assertThat(stage.start(ofSecondKey, Stage.launch("sleep 1000")).getSuccessfullyStartedContainers())
                .as("the current key")
                .containsExactly(third);
        ContainerId fourth = stage.newContainer();
        Token old = stage.token(stage.grant(fourth));
        awaitRoll(stage);
        awaitRoll(stage);

        assertNotStarted(stage, fourth, old, "does not hold", "to have an illegally generated token");
        ContainerManagementProtocol again = stage.node(application, firstNmToken);
        assertThat(again.getContainerStatuses(GetContainerStatusesRequest.newInstance(List.of(id)))
                        .getContainerStatuses()
                        .get(0)
                        .getState())
                .as("who has containers here needs no new token")
                .isEqualTo(ContainerState.RUNNING);
        assertThatThrownBy(() -> stage.node(idle, idleNmToken)
                        .getContainerStatuses(GetContainerStatusesRequest.newInstance(List.of(id))))
                .as("who has none does")
                .isInstanceOf(IOException.class);
    }

    /** Waits until the node has told that it has the new key. */
    private static void awaitRoll(Stage stage) {
        stage.resourceManager().rollKeys();
        int key = stage.resourceManager().containerTokenKey();
        Await.until("the new key", Stage.LIMIT, () -> stage.resourceManager().heartbeats.stream()
                .anyMatch(heartbeat ->
                        heartbeat.getLastKnownContainerTokenMasterKey().getKeyId() == key));
    }
}
