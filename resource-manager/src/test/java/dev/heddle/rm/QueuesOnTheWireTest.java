package dev.heddle.rm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.heddle.common.UserException;
import java.lang.reflect.UndeclaredThrowableException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivilegedExceptionAction;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.ipc.RPC;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ApplicationSubmissionContext;
import org.apache.hadoop.yarn.api.records.ContainerLaunchContext;
import org.apache.hadoop.yarn.api.records.QueueACL;
import org.apache.hadoop.yarn.api.records.QueueUserACLInfo;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.client.ClientRMProxy;
import org.apache.hadoop.yarn.client.api.YarnClient;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.server.api.ResourceManagerAdministrationProtocol;
import org.apache.hadoop.yarn.server.api.protocolrecords.RefreshQueuesRequest;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Queues from a file, and who comes into which of them, with Hadoop's own client. */
@NullUnmarked
class QueuesOnTheWireTest {
    private static final String QUEUES = "yarn.scheduler.capacity.";

    @TempDir
    Path directory;

    private Path file;
    private RunningResourceManager resourceManager;

    @BeforeEach
    void start() throws Exception {
        file = directory.resolve("capacity-scheduler.xml");
        write(queues());
        resourceManager = RunningResourceManager.start(configuration());
    }

    @AfterEach
    void stop() {
        resourceManager.close();
    }

    private YarnConfiguration configuration() {
        YarnConfiguration configuration = RunningResourceManager.configuration();
        configuration.setBoolean(YarnConfiguration.YARN_ACL_ENABLE, true);
        configuration.addResource(new org.apache.hadoop.fs.Path(file.toUri()));
        return configuration;
    }

    private static Map<String, String> queues() {
        Map<String, String> queues = new LinkedHashMap<>();
        queues.put("root.queues", "default,people,ops");
        queues.put("root.acl_submit_applications", " ");
        queues.put("root.acl_administer_queue", "chief");
        queues.put("root.default.capacity", "20");
        queues.put("root.default.acl_submit_applications", "*");
        queues.put("root.people.capacity", "50");
        queues.put("root.people.queues", "ann,bob");
        queues.put("root.people.acl_submit_applications", "bob");
        queues.put("root.people.ann.capacity", "50");
        queues.put("root.people.ann.acl_submit_applications", "ann");
        queues.put("root.people.bob.capacity", "50");
        queues.put("root.ops.capacity", "30");
        queues.put("queue-mappings", "u:%user:root.people.%user");
        return queues;
    }

    private void write(Map<String, String> values) throws Exception {
        StringBuilder xml = new StringBuilder("<configuration>");
        values.forEach((key, value) -> xml.append("<property><name>")
                .append(QUEUES)
                .append(key)
                .append("</name><value>")
                .append(value)
                .append("</value></property>"));
        Files.writeString(file, xml.append("</configuration>"));
    }

    @FunctionalInterface
    private interface Use<T> {
        T with(YarnClient client) throws Exception;
    }

    private <T> T as(String user, Use<T> use) throws Exception {
        try {
            return UserGroupInformation.createRemoteUser(user).doAs((PrivilegedExceptionAction<T>) () -> {
                YarnClient client = resourceManager.client();
                try {
                    return use.with(client);
                } finally {
                    client.stop();
                }
            });
        } catch (UndeclaredThrowableException e) {
            if (e.getCause() instanceof YarnException refusal) {
                throw refusal;
            }
            throw e;
        }
    }

    private String submit(String user, String queue) throws Exception {
        return as(user, client -> {
            ApplicationSubmissionContext context = client.createApplication().getApplicationSubmissionContext();
            context.setApplicationName("queues");
            context.setQueue(queue);
            context.setResource(Resource.newInstance(128, 1));
            context.setAMContainerSpec(
                    ContainerLaunchContext.newInstance(Map.of(), Map.of(), List.of("none"), null, null, Map.of()));
            client.submitApplication(context);
            ApplicationId id = context.getApplicationId();
            return client.getApplicationReport(id).getQueue();
        });
    }

    private void refresh() throws Exception {
        ResourceManagerAdministrationProtocol proxy = ClientRMProxy.createRMProxy(
                resourceManager.clientConfiguration(), ResourceManagerAdministrationProtocol.class);
        try {
            proxy.refreshQueues(RefreshQueuesRequest.newInstance());
        } finally {
            RPC.stopProxy(proxy);
        }
    }

    private void assertRefused(String user, String queue, String message) {
        assertThatExceptionOfType(YarnException.class)
                .isThrownBy(() -> submit(user, queue))
                .withMessageContaining(message);
    }

    @Test
    void shouldPutApplicationsIntoTheQueuesThatTheRulesName() throws Exception {
        assertThat(submit("ann", "default")).isEqualTo("root.people.ann");
        assertThat(submit("zoe", "default")).isEqualTo("root.default");
        assertThat(submit("chief", "ops")).isEqualTo("root.ops");
        assertThat(submit("ann", "root.default")).isEqualTo("root.default");
        assertRefused("chief", "nowhere", "to unknown queue: nowhere");
        assertRefused("chief", "people", "to non-leaf queue: people");
    }

    @Test
    void shouldTakeSubmissionsOfThoseWhomTheQueueOrOneAboveItLists() throws Exception {
        assertThat(submit("ann", "root.people.ann")).isEqualTo("root.people.ann");
        assertThat(submit("bob", "root.people.ann")).isEqualTo("root.people.ann");
        assertThat(submit("chief", "root.people.ann")).isEqualTo("root.people.ann");
        assertRefused("zoe", "root.people.ann", "User zoe does not have permission to submit");
        assertRefused("ann", "root.people.bob", "to queue root.people.bob");
        List<QueueUserACLInfo> acls = as("bob", YarnClient::getQueueAclsInfo);
        assertThat(acls)
                .extracting(QueueUserACLInfo::getQueueName)
                .containsExactly(
                        "root", "root.default", "root.people", "root.people.ann", "root.people.bob", "root.ops");
        assertThat(acls.stream()
                        .filter(acl -> acl.getUserAcls().contains(QueueACL.SUBMIT_APPLICATIONS))
                        .map(QueueUserACLInfo::getQueueName)
                        .toList())
                .containsExactly("root.default", "root.people", "root.people.ann", "root.people.bob");
        List<QueueUserACLInfo> chiefs = as("chief", YarnClient::getQueueAclsInfo);
        assertThat(chiefs).allSatisfy(acl -> assertThat(acl.getUserAcls()).contains(QueueACL.ADMINISTER_QUEUE));
    }

    @Test
    void shouldTakeAFileWholeOrRefuseItWhole() throws Exception {
        Map<String, String> next = queues();
        next.put("root.queues", "default,people,ops,zoe");
        next.put("root.ops.state", "ON");
        next.put("root.zoe.capacity", "10");
        write(next);
        assertThatExceptionOfType(YarnException.class)
                .isThrownBy(this::refresh)
                .withMessageContaining(
                        "java.io.IOException: Failed to re-init queues : " + QUEUES + "root.queues names")
                .withMessageContaining("\n" + QUEUES + "root.ops.state is 'ON'");
        assertRefused("chief", "root.zoe", "to unknown queue: root.zoe");
        next.put("root.ops.state", "STOPPED");
        next.put("root.ops.capacity", "20");
        next.put("queue-mappings", "u:zoe:root.zoe");
        next.put("root.zoe.acl_submit_applications", "zoe");
        write(next);
        refresh();
        assertThat(submit("zoe", "default")).isEqualTo("root.zoe");
        assertThat(submit("ann", "default")).isEqualTo("root.default");
        assertRefused("chief", "root.ops", "Queue root.ops is STOPPED. Cannot accept submission of application");
    }

    @Test
    void shouldKeepAQueueThatHasApplications() throws Exception {
        assertThat(submit("ann", "root.people.ann")).isEqualTo("root.people.ann");
        Map<String, String> next = queues();
        next.put("root.people.queues", "bob");
        next.put("root.people.bob.capacity", "100");
        write(next);
        assertThatExceptionOfType(YarnException.class)
                .isThrownBy(this::refresh)
                .withMessageContaining("Queue root.people.ann cannot be removed");
        assertThat(submit("bob", "root.people.ann")).isEqualTo("root.people.ann");
    }

    @Test
    void shouldNotStartWithAFileThatHasFaults() throws Exception {
        write(Map.of("root.queues", "a,b", "root.a.capacity", "x", "root.b.capacity", "101"));
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> RunningResourceManager.start(configuration()))
                .withMessageContaining(QUEUES + "root.a.capacity is 'x', which is no number")
                .withMessageContaining("\n" + QUEUES + "root.b.capacity is '101', which is no percentage");
    }
}
