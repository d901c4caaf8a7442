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

    private ClientConnection() {}

    /** A copy with which Hadoop's client gives up after seconds, not a quarter of an hour; what a person has changed stays. */
    static YarnConfiguration bounded(YarnConfiguration conf) {
        YarnConfiguration bounded = new YarnConfiguration(conf);
        int limitMs = Math.toIntExact(ApplicationSettings.CONNECT_TIMEOUT.get(conf));
        replace(
                bounded,
                YarnConfiguration.RESOURCEMANAGER_CONNECT_MAX_WAIT_MS,
                YarnConfiguration.DEFAULT_RESOURCEMANAGER_CONNECT_MAX_WAIT_MS,
                limitMs);
        replace(
                bounded,
                YarnConfiguration.RESOURCEMANAGER_CONNECT_RETRY_INTERVAL_MS,
                YarnConfiguration.DEFAULT_RESOURCEMANAGER_CONNECT_RETRY_INTERVAL_MS,
                RETRY_INTERVAL_MS);
        replace(
                bounded,
                CommonConfigurationKeysPublic.IPC_CLIENT_CONNECT_MAX_RETRIES_KEY,
                CommonConfigurationKeysPublic.IPC_CLIENT_CONNECT_MAX_RETRIES_DEFAULT,
                0);
        replace(
                bounded,
                CommonConfigurationKeysPublic.IPC_CLIENT_CONNECT_MAX_RETRIES_ON_SOCKET_TIMEOUTS_KEY,
                CommonConfigurationKeysPublic.IPC_CLIENT_CONNECT_MAX_RETRIES_ON_SOCKET_TIMEOUTS_DEFAULT,
                0);
        replace(
                bounded,
                CommonConfigurationKeysPublic.IPC_CLIENT_CONNECT_TIMEOUT_KEY,
                CommonConfigurationKeysPublic.IPC_CLIENT_CONNECT_TIMEOUT_DEFAULT,
                limitMs);
        return bounded;
    }

    private static void replace(YarnConfiguration bounded, String key, long hadoopsDefault, int value) {
        if (bounded.getLong(key, hadoopsDefault) == hadoopsDefault) {
            bounded.setInt(key, value);
        }
    }

    static UserException unreachable(Configuration conf, Exception cause) {
        return new UserException(
                "no resource manager answers at " + String.join(" or ", addresses(conf))
                        + ": start it, or correct its address in HADOOP_CONF_DIR (" + rootMessage(cause) + ")",
                cause);
    }

    /** Hadoop wraps the cause in long texts of its own. */
    private static String rootMessage(Throwable thrown) {
        Throwable root = thrown;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage()).strip().replaceAll("\\s+", " ");
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
