package dev.heddle.app.submit;

import dev.heddle.app.ApplicationSettings;
import dev.heddle.common.UserException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonConfigurationKeysPublic;
import org.apache.hadoop.yarn.conf.HAUtil;
import org.apache.hadoop.yarn.conf.YarnConfiguration;

/** How long a person is kept waiting for a resource manager that does not answer. */
final class ClientConnection {
    private static final int RETRY_INTERVAL_MS = 500;
    private static final String DEFAULTS = "-default.xml";

    private ClientConnection() {}

    /** A copy with which Hadoop's client gives up after seconds, not a quarter of an hour; what a person has set stays. */
    static YarnConfiguration bounded(YarnConfiguration conf) {
        YarnConfiguration bounded = new YarnConfiguration(conf);
        int limitMs = Math.toIntExact(ApplicationSettings.CONNECT_TIMEOUT.get(conf));
        setUnlessSet(bounded, conf, YarnConfiguration.RESOURCEMANAGER_CONNECT_MAX_WAIT_MS, limitMs);
        setUnlessSet(bounded, conf, YarnConfiguration.RESOURCEMANAGER_CONNECT_RETRY_INTERVAL_MS, RETRY_INTERVAL_MS);
        setUnlessSet(bounded, conf, CommonConfigurationKeysPublic.IPC_CLIENT_CONNECT_MAX_RETRIES_KEY, 0);
        setUnlessSet(
                bounded, conf, CommonConfigurationKeysPublic.IPC_CLIENT_CONNECT_MAX_RETRIES_ON_SOCKET_TIMEOUTS_KEY, 0);
        setUnlessSet(bounded, conf, CommonConfigurationKeysPublic.IPC_CLIENT_CONNECT_TIMEOUT_KEY, limitMs);
        return bounded;
    }

    private static void setUnlessSet(YarnConfiguration bounded, Configuration conf, String key, int value) {
        if (isDefault(conf, key)) {
            bounded.setInt(key, value);
        }
    }

    /** Whether a value is Hadoop's own and not a person's. */
    static boolean isDefault(Configuration conf, String key) {
        String[] sources = conf.getPropertySources(key);
        return sources == null || sources.length == 0 || sources[sources.length - 1].endsWith(DEFAULTS);
    }

    static UserException unreachable(Configuration conf, Exception cause) {
        return new UserException(
                "no resource manager answers at " + String.join(" or ", addresses(conf))
                        + ": start it, or correct its address in HADOOP_CONF_DIR (" + cause.getMessage() + ")",
                cause);
    }

    private static List<String> addresses(Configuration conf) {
        List<String> addresses = new ArrayList<>();
        if (HAUtil.isHAEnabled(conf)) {
            for (String id : HAUtil.getRMHAIds(conf)) {
                addresses.add(conf.get(HAUtil.addSuffix(YarnConfiguration.RM_ADDRESS, id), id));
            }
        } else {
            addresses.add(conf.get(YarnConfiguration.RM_ADDRESS, YarnConfiguration.DEFAULT_RM_ADDRESS));
        }
        return addresses;
    }
}
