package dev.heddle.common.rpc.compat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Properties;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonConfigurationKeysPublic;
import org.apache.hadoop.minikdc.MiniKdc;
import org.apache.hadoop.security.Groups;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.security.authorize.ProxyUsers;
import org.apache.hadoop.yarn.conf.YarnConfiguration;

/**
 * A KDC in this process, which is itself logged in as the resource manager. Hadoop keeps who is logged in and whether
 * there is Kerberos for the whole process, so that there is one realm at a time.
 */
final class KerberosRealm implements AutoCloseable {
    private static final String SERVER = "rm/localhost";

    private final MiniKdc kdc;
    private final File keytab;

    private KerberosRealm(MiniKdc kdc, File keytab) {
        this.kdc = kdc;
        this.keytab = keytab;
    }

    /**
     * Starts the KDC and logs this process in.
     *
     * @param directory for the KDC's files and the keytab
     * @param users who can log in, besides the server
     */
    static KerberosRealm start(Path directory, String... users) throws Exception {
        Properties properties = MiniKdc.createConf();
        properties.setProperty(MiniKdc.KDC_BIND_ADDRESS, "127.0.0.1");
        MiniKdc kdc = new MiniKdc(properties, directory.toFile());
        kdc.start();
        File keytab = directory.resolve("all.keytab").toFile();
        String[] principals = new String[users.length + 1];
        System.arraycopy(users, 0, principals, 0, users.length);
        principals[users.length] = SERVER;
        kdc.createPrincipal(keytab, principals);
        KerberosRealm realm = new KerberosRealm(kdc, keytab);
        UserGroupInformation.reset();
        UserGroupInformation.setConfiguration(realm.configuration());
        UserGroupInformation.loginUserFromKeytab(realm.principal(SERVER), keytab.getPath());
        return realm;
    }

    private String principal(String name) {
        return name + "@" + kdc.getRealm();
    }

    /** The configuration of servers and clients in this realm. */
    Configuration configuration() {
        Configuration configuration = new YarnConfiguration();
        configuration.set(CommonConfigurationKeysPublic.HADOOP_SECURITY_AUTHENTICATION, "kerberos");
        configuration.set(YarnConfiguration.RM_PRINCIPAL, principal(SERVER));
        return configuration;
    }

    /** Logs a user in, beside the process's own user. */
    UserGroupInformation login(String user) throws IOException {
        return UserGroupInformation.loginUserFromKeytabAndReturnUGI(principal(user), keytab.getPath());
    }

    @Override
    public void close() {
        kdc.stop();
        System.clearProperty(MiniKdc.JAVA_SECURITY_KRB5_CONF);
        System.clearProperty(MiniKdc.SUN_SECURITY_KRB5_DEBUG);
        Configuration none = new Configuration();
        Groups.getUserToGroupsMappingServiceWithLoadedConfiguration(none);
        ProxyUsers.refreshSuperUserGroupsConfiguration(none);
        UserGroupInformation.reset();
    }
}
