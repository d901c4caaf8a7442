package dev.heddle.common.rpc.compat;

import static dev.heddle.common.rpc.compat.RawAnswers.assertFatal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonConfigurationKeysPublic;
import org.apache.hadoop.ipc.RpcConstants;
import org.apache.hadoop.ipc.protobuf.ProtobufRpcEngine2Protos.RequestHeaderProto;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcResponseHeaderProto.RpcErrorCodeProto;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcResponseHeaderProto.RpcStatusProto;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.security.authorize.AuthorizationException;
import org.apache.hadoop.yarn.api.ApplicationClientProtocol;
import org.apache.hadoop.yarn.api.ApplicationMasterProtocol;
import org.apache.hadoop.yarn.api.ApplicationMasterProtocolPB;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.RegisterApplicationMasterRequestProto;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may use which protocol by {@code hadoop-policy.xml}, where {@code hadoop.security.authorization} asks for it. */
class AuthorizationTest {
    private final EchoService echo = new EchoService();
    private Configuration configuration = new YarnConfiguration();
    private URLClassLoader classPath = new URLClassLoader(new URL[0]);

    @BeforeEach
    void writePolicy(@TempDir Path directory) throws Exception {
        Files.writeString(
                directory.resolve("hadoop-policy.xml"),
                """
                <configuration>
                  <property>
                    <name>security.applicationclient.protocol.acl</name>
                    <value>ann,bob</value>
                  </property>
                  <property>
                    <name>security.applicationclient.protocol.acl.blocked</name>
                    <value>bob</value>
                  </property>
                  <property>
                    <name>security.applicationmaster.protocol.hosts</name>
                    <value>10.1.2.3</value>
                  </property>
                </configuration>
                """);
        classPath = new URLClassLoader(
                new URL[] {directory.toUri().toURL()}, getClass().getClassLoader());
        configuration = new YarnConfiguration();
        configuration.setClassLoader(classPath);
        configuration.setBoolean(CommonConfigurationKeysPublic.HADOOP_SECURITY_AUTHORIZATION, true);
    }

    @AfterEach
    void closeClassPath() throws Exception {
        classPath.close();
    }

    private StockClient<ApplicationClientProtocol> clientOf(String user, InetSocketAddress address) throws Exception {
        return StockClient.as(
                UserGroupInformation.createRemoteUser(user), ApplicationClientProtocol.class, address, configuration);
    }

    private void assertRefused(String user, String... message) throws Exception {
        try (CompatServer server = CompatServer.start(configuration, echo.ofClients());
                StockClient<ApplicationClientProtocol> client = clientOf(user, server.address())) {
            assertThatThrownBy(() -> EchoService.say(client, "hello"))
                    .isExactlyInstanceOf(AuthorizationException.class)
                    .hasMessageContainingAll(message);
        }
        assertThat(echo.texts()).isEmpty();
    }

    @Test
    void shouldServeAUserWhomThePolicyNames() throws Exception {
        try (CompatServer server = CompatServer.start(configuration, echo.ofClients(), echo.ofMasters());
                StockClient<ApplicationClientProtocol> client = clientOf("ann", server.address())) {
            assertThat(EchoService.say(client, "hello")).isEqualTo("hello");
        }
        assertThat(echo.callers().get(0).user()).isEqualTo("ann");
    }

    @Test
    void shouldRefuseAUserWhomThePolicyDoesNotName() throws Exception {
        assertRefused("carol", "carol", "is not authorized for protocol", "ApplicationClientProtocolPB");
    }

    @Test
    void shouldRefuseAUserWhomThePolicyBlocks() throws Exception {
        assertRefused("bob", "bob", "is not authorized for protocol", "ApplicationClientProtocolPB");
    }

    @Test
    void shouldRefuseAHostThatThePolicyDoesNotName() throws Exception {
        try (CompatServer server = CompatServer.start(configuration, echo.ofMasters());
                StockClient<ApplicationMasterProtocol> client =
                        StockClient.of(ApplicationMasterProtocol.class, server.address(), configuration)) {
            assertThatThrownBy(() -> EchoService.sayAsMaster(client, "hello"))
                    .isExactlyInstanceOf(AuthorizationException.class)
                    .hasMessageContainingAll("127.0.0.1", "is not authorized for protocol");
        }
        assertThat(echo.texts()).isEmpty();
    }

    @Test
    void shouldServeAnyoneOnceNobodyAsksForThePolicy() throws Exception {
        configuration.setBoolean(CommonConfigurationKeysPublic.HADOOP_SECURITY_AUTHORIZATION, false);
        try (CompatServer server = CompatServer.start(configuration, echo.ofClients());
                StockClient<ApplicationClientProtocol> client = clientOf("carol", server.address())) {
            assertThat(EchoService.say(client, "hello")).isEqualTo("hello");
        }
    }

    @Test
    void shouldRefuseAConnectionForAProtocolThatItDoesNotServe() throws Exception {
        try (CompatServer server = CompatServer.start(configuration, echo.ofClients());
                RawConnection connection = RawConnection.to(server.address())) {
            connection.preamble(RawConnection.VERSION, RawConnection.NO_AUTHENTICATION);
            connection.frame(
                    RawConnection.header(RpcConstants.CONNECTION_CONTEXT_CALL_ID)
                            .build(),
                    RawConnection.context("ann").toBuilder()
                            .setProtocol("com.example.Stranger")
                            .build());
            assertFatal(
                    connection,
                    RpcConstants.CONNECTION_CONTEXT_CALL_ID,
                    RpcErrorCodeProto.FATAL_UNAUTHORIZED,
                    AuthorizationException.class,
                    "com.example.Stranger");
        }
    }

    /** Hadoop's server asks the policy for the connection's protocol alone, whatever its calls are for. */
    @Test
    void shouldNotLetAConnectionForOneProtocolCallAnother() throws Exception {
        try (CompatServer server = CompatServer.start(configuration, echo.ofClients(), echo.ofMasters());
                RawConnection connection = RawConnection.to(server.address())) {
            connection.preamble(RawConnection.VERSION, RawConnection.NO_AUTHENTICATION);
            connection.frame(
                    RawConnection.header(RpcConstants.CONNECTION_CONTEXT_CALL_ID)
                            .build(),
                    RawConnection.context("ann"));
            connection.frame(
                    RawConnection.header(1).build(),
                    RequestHeaderProto.newBuilder()
                            .setMethodName("registerApplicationMaster")
                            .setDeclaringClassProtocolName(ApplicationMasterProtocolPB.class.getName())
                            .setClientProtocolVersion(1)
                            .build(),
                    RegisterApplicationMasterRequestProto.newBuilder()
                            .setHost("by the back door")
                            .build());
            var refusal = connection.read().header();
            assertThat(refusal.getCallId()).isEqualTo(1);
            assertThat(refusal.getStatus()).isEqualTo(RpcStatusProto.ERROR);
            assertThat(refusal.getExceptionClassName()).isEqualTo(AuthorizationException.class.getName());
            assertThat(RawAnswers.say(connection, 2, "hello")).isEqualTo("hello");
        }
        assertThat(echo.texts()).containsExactly("hello");
    }
}
