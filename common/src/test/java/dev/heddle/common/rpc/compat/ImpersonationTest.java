package dev.heddle.common.rpc.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonConfigurationKeys;
import org.apache.hadoop.security.Groups;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.security.authorize.AuthorizationException;
import org.apache.hadoop.security.authorize.ProxyUsers;
import org.apache.hadoop.yarn.api.ApplicationClientProtocol;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Services that act for users by the rules of {@code hadoop.proxyuser.*}, where nobody need prove who he is. */
class ImpersonationTest {
    private static final String HOSTS = "hadoop.proxyuser.service.hosts";
    private static final String USERS = "hadoop.proxyuser.service.users";
    private static final String GROUPS = "hadoop.proxyuser.service.groups";

    private final Configuration configuration = new YarnConfiguration();
    private final EchoService echo = new EchoService();

    @BeforeEach
    void nameGroups() {
        configuration.set(
                CommonConfigurationKeys.HADOOP_USER_GROUP_STATIC_OVERRIDES, "ann=analysts;dan=drivers;service=");
        useRulesOf(configuration);
    }

    @AfterEach
    void forgetGroups() {
        useRulesOf(new Configuration());
    }

    /** Hadoop keeps groups and rules for the whole process. */
    private static void useRulesOf(Configuration rules) {
        Groups.getUserToGroupsMappingServiceWithLoadedConfiguration(rules);
        UserGroupInformation.reset();
        UserGroupInformation.setConfiguration(rules);
        ProxyUsers.refreshSuperUserGroupsConfiguration(rules);
    }

    /** Says something as the service for a user. */
    private void sayFor(String user) throws Exception {
        ProxyUsers.refreshSuperUserGroupsConfiguration(configuration);
        UserGroupInformation service = UserGroupInformation.createRemoteUser("service");
        try (CompatServer server = CompatServer.start(configuration, echo.ofClients());
                StockClient<ApplicationClientProtocol> client = StockClient.as(
                        UserGroupInformation.createProxyUser(user, service),
                        ApplicationClientProtocol.class,
                        server.address(),
                        configuration)) {
            assertThat(EchoService.say(client, "hello")).isEqualTo("hello");
        }
    }

    private void assertRefusedFor(String user, String... message) {
        assertThatThrownBy(() -> sayFor(user))
                .isExactlyInstanceOf(AuthorizationException.class)
                .hasMessageContainingAll(message);
        assertThat(echo.texts()).isEmpty();
    }

    @Test
    void shouldTakeAServicesWordForAUserThatItIsNamedFor() throws Exception {
        configuration.set(HOSTS, "127.0.0.1");
        configuration.set(USERS, "ann,bob");
        sayFor("ann");
        assertThat(echo.callers()).hasSize(1);
        assertThat(echo.callers().get(0).user()).isEqualTo("ann");
        assertThat(echo.callers().get(0).token()).isNull();
    }

    @Test
    void shouldTakeAServicesWordForAUserOfAGroup() throws Exception {
        configuration.set(HOSTS, "127.0.0.0/8");
        configuration.set(GROUPS, "analysts");
        sayFor("ann");
        assertThat(echo.callers().get(0).user()).isEqualTo("ann");
    }

    @Test
    void shouldTakeAServicesWordForAnyoneFromAnywhere() throws Exception {
        configuration.set(HOSTS, "*");
        configuration.set(GROUPS, "*");
        sayFor("dan");
        assertThat(echo.callers().get(0).user()).isEqualTo("dan");
    }

    @Test
    void shouldRefuseAServiceWithoutRules() {
        assertRefusedFor("ann", "service", "is not allowed to impersonate ann");
    }

    @Test
    void shouldRefuseAUserThatTheServiceIsNotNamedFor() {
        configuration.set(HOSTS, "*");
        configuration.set(USERS, "ann");
        assertRefusedFor("dan", "service", "is not allowed to impersonate dan");
    }

    @Test
    void shouldRefuseAUserOfAnotherGroup() {
        configuration.set(HOSTS, "*");
        configuration.set(GROUPS, "analysts");
        assertRefusedFor("dan", "service", "is not allowed to impersonate dan");
    }

    @Test
    void shouldRefuseAServiceFromAnotherHost() {
        configuration.set(HOSTS, "10.1.2.3");
        configuration.set(USERS, "*");
        assertRefusedFor("ann", "Unauthorized connection for super-user: service", "127.0.0.1");
    }
}
