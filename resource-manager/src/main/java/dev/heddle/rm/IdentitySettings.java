package dev.heddle.rm;

import dev.heddle.common.config.Setting;
import java.util.List;
import org.apache.hadoop.yarn.conf.YarnConfiguration;

/** Settings that say which resource manager this is, where it listens and what proves who it is. */
public final class IdentitySettings {
    public static final Setting<String> CLIENT_ADDRESS = address(
            YarnConfiguration.RM_ADDRESS,
            YarnConfiguration.DEFAULT_RM_PORT,
            "Where clients reach the resource manager.");
    public static final Setting<String> SCHEDULER_ADDRESS = address(
            YarnConfiguration.RM_SCHEDULER_ADDRESS,
            YarnConfiguration.DEFAULT_RM_SCHEDULER_PORT,
            "Where application masters reach the resource manager.");
    public static final Setting<String> TRACKER_ADDRESS = address(
            YarnConfiguration.RM_RESOURCE_TRACKER_ADDRESS,
            YarnConfiguration.DEFAULT_RM_RESOURCE_TRACKER_PORT,
            "Where nodes reach the resource manager.");
    public static final Setting<String> ADMIN_ADDRESS = address(
            YarnConfiguration.RM_ADMIN_ADDRESS,
            YarnConfiguration.DEFAULT_RM_ADMIN_PORT,
            "Where operators reach the resource manager.");
    public static final Setting<String> PAGE_ADDRESS = address(
            YarnConfiguration.RM_WEBAPP_ADDRESS,
            YarnConfiguration.DEFAULT_RM_WEBAPP_PORT,
            "Where browsers reach the resource manager.");
    public static final Setting<String> HOSTNAME = Setting.text(
                    YarnConfiguration.RM_HOSTNAME,
                    "0.0.0.0",
                    "The host of those addresses of the resource manager that are not set.")
            .ofEachResourceManager();
    public static final Setting<String> BIND_HOST = Setting.text(
            YarnConfiguration.RM_BIND_HOST,
            "",
            "The address that the resource manager listens on, where it is not the one that others use.");
    public static final Setting<Boolean> HA_ENABLED = Setting.bool(
            YarnConfiguration.RM_HA_ENABLED, false, "Whether there are several resource managers that elect a leader.");
    public static final Setting<String> HA_IDS =
            Setting.text(YarnConfiguration.RM_HA_IDS, "", "The ids of the resource managers, separated by commas.");
    public static final Setting<String> HA_ID =
            Setting.text(YarnConfiguration.RM_HA_ID, "", "Which of the resource managers this process is.");
    public static final Setting<String> KEYTAB = Setting.text(
            YarnConfiguration.RM_KEYTAB, "/etc/krb5.keytab", "The keytab of the resource manager, with Kerberos.");
    public static final Setting<String> PRINCIPAL = Setting.text(
            YarnConfiguration.RM_PRINCIPAL,
            "",
            "The principal of the resource manager, with Kerberos; _HOST in it stands for the host.");

    private IdentitySettings() {}

    private static Setting<String> address(String key, int port, String description) {
        return Setting.text(key, "${yarn.resourcemanager.hostname}:" + port, description)
                .ofEachResourceManager();
    }

    /** Every setting of who this resource manager is. */
    static List<Setting<?>> all() {
        return List.of(
                CLIENT_ADDRESS,
                SCHEDULER_ADDRESS,
                TRACKER_ADDRESS,
                ADMIN_ADDRESS,
                PAGE_ADDRESS,
                HOSTNAME,
                BIND_HOST,
                HA_ENABLED,
                HA_IDS,
                HA_ID,
                KEYTAB,
                PRINCIPAL);
    }
}
