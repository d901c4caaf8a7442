package dev.heddle.common.rpc.transport;

import dev.heddle.common.UserException;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.security.SecurityUtil;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.security.UserGroupInformation.AuthenticationMethod;

/** Gives a daemon its Kerberos identity where the cluster wants one. */
public final class ServiceLogin {
    private ServiceLogin() {}

    /**
     * Logs in from a keytab where {@code hadoop.security.authentication} is {@code kerberos}; otherwise does nothing.
     *
     * @param keytabKey the setting that names the keytab
     * @param principalKey the setting that names the principal, in which {@code _HOST} stands for the host
     * @param address where the daemon serves
     * @throws UserException if that cannot be done
     */
    public static void login(
            Configuration configuration, String keytabKey, String principalKey, InetSocketAddress address) {
        if (SecurityUtil.getAuthenticationMethod(configuration) != AuthenticationMethod.KERBEROS) {
            return;
        }
        String keytab = configuration.getTrimmed(keytabKey);
        String principal = configuration.getTrimmed(principalKey);
        if (keytab == null || principal == null) {
            throw new UserException(
                    "hadoop.security.authentication is kerberos, but " + (keytab == null ? keytabKey : principalKey)
                            + " is not set: set " + keytabKey + " and " + principalKey);
        }
        UserGroupInformation.setConfiguration(configuration);
        try {
            // The name of the host is looked up only here: that may take long.
            SecurityUtil.login(configuration, keytabKey, principalKey, address.getHostName());
        } catch (IOException e) {
            throw new UserException(
                    "cannot log in as " + principal + " with the keytab " + keytab + ": " + e.getMessage() + "; check "
                            + principalKey + " and " + keytabKey,
                    e);
        }
    }
}
