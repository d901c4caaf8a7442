package dev.heddle.rm;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Properties;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.minikdc.MiniKdc;
import org.apache.hadoop.security.Groups;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.security.authorize.ProxyUsers;

/**
 * A KDC in this process. Hadoop keeps who is logged in and whether there is Kerberos for the whole process, so that there is
 * one realm at a time.
 */
final class KerberosRealm implements AutoCloseable {
    private final MiniKdc kdc;
    private final File keytab;

    private KerberosRealm(MiniKdc kdc, File keytab) {
        this.kdc = kdc;
        this.keytab = keytab;
    }

    /**
     * Starts the KDC; nobody is logged in then.
     *
     * @param directory for the KDC's files and the keytab
     * @param names of those who can log in
     */
    static KerberosRealm start(Path directory, String... names) throws Exception {
        Properties properties = MiniKdc.createConf();
        properties.setProperty(MiniKdc.KDC_BIND_ADDRESS, "127.0.0.1");
        MiniKdc kdc = new MiniKdc(properties, directory.toFile());
        kdc.start();
        File keytab = directory.resolve("all.keytab").toFile();
        kdc.createPrincipal(keytab, names);
        UserGroupInformation.reset();
        return new KerberosRealm(kdc, keytab);
    }

    /** The whole name of somebody in this realm. */
    String principal(String name) {
        return name + "@" + kdc.getRealm();
    }

    /** The keys of everybody in this realm. */
    String keytab() {
        return keytab.getPath();
    }

    /** Logs somebody in, beside the process's own user. */
    UserGroupInformation login(String name) throws IOException {
        return UserGroupInformation.loginUserFromKeytabAndReturnUGI(principal(name), keytab.getPath());
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
