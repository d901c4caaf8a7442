package dev.heddle.rm;

import dev.heddle.common.config.Setting;
import dev.heddle.common.config.SharedSettings;
import dev.heddle.rm.security.Access;
import dev.heddle.rm.security.AccessList;
import dev.heddle.rm.security.DelegationTokens;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.conf.YarnConfiguration;

/** Settings for who may do what, and for the tokens that stand for users. */
final class AccessSettings {
    private static final long DAY_MS = 24 * 60 * 60 * 1000L;

    static final Setting<Boolean> ENABLED = SharedSettings.ACCESS_CONTROL;
    static final Setting<String> ADMINISTRATORS = SharedSettings.ADMINISTRATORS;
    static final Setting<Boolean> ONLY_VIEWABLE = SharedSettings.ONLY_VIEWABLE;
    static final Setting<Long> TOKEN_KEY_INTERVAL_MS = Setting.millis(
            YarnConfiguration.RM_DELEGATION_KEY_UPDATE_INTERVAL_KEY,
            DAY_MS,
            "How long new delegation tokens are made with the same key.");
    static final Setting<Long> TOKEN_RENEW_INTERVAL_MS = Setting.millis(
            YarnConfiguration.RM_DELEGATION_TOKEN_RENEW_INTERVAL_KEY,
            DAY_MS,
            "How long a delegation token is good for before it must be renewed.");
    static final Setting<Long> TOKEN_MAX_LIFETIME_MS = Setting.millis(
            YarnConfiguration.RM_DELEGATION_TOKEN_MAX_LIFETIME_KEY,
            7 * DAY_MS,
            "How long a delegation token can be renewed for.");

    private AccessSettings() {}

    static List<Setting<?>> all() {
        return List.of(
                ENABLED,
                ADMINISTRATORS,
                ONLY_VIEWABLE,
                TOKEN_KEY_INTERVAL_MS,
                TOKEN_RENEW_INTERVAL_MS,
                TOKEN_MAX_LIFETIME_MS);
    }

    static Access.Rules rules(Configuration configuration) {
        return new Access.Rules(ENABLED.get(configuration), ONLY_VIEWABLE.get(configuration));
    }

    /** Who may do everything, besides the user that this process runs as. */
    static AccessList administrators(Configuration configuration) {
        return list(configuration, ADMINISTRATORS);
    }

    private static AccessList list(Configuration configuration, Setting<String> setting) {
        return AccessList.parse(setting.get(configuration));
    }

    static DelegationTokens.Times tokenTimes(Configuration configuration) {
        return new DelegationTokens.Times(
                TOKEN_KEY_INTERVAL_MS.get(configuration),
                TOKEN_RENEW_INTERVAL_MS.get(configuration),
                TOKEN_MAX_LIFETIME_MS.get(configuration));
    }
}
