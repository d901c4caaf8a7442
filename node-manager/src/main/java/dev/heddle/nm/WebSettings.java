package dev.heddle.nm;

import dev.heddle.common.config.Setting;
import dev.heddle.common.config.SharedSettings;
import dev.heddle.nm.web.Readers;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonConfigurationKeys;
import org.apache.hadoop.yarn.conf.YarnConfiguration;

/** Settings for the page and REST interface. */
final class WebSettings {
    static final int DEFAULT_PORT = YarnConfiguration.DEFAULT_NM_WEBAPP_PORT;

    static final Setting<String> ADDRESS = Setting.text(
            YarnConfiguration.NM_WEBAPP_ADDRESS,
            "${yarn.nodemanager.hostname}:" + DEFAULT_PORT,
            "Where the node's page and REST interface are; port 0 takes a free one.");
    static final Setting<String> READER = Setting.text(
            CommonConfigurationKeys.HADOOP_HTTP_STATIC_USER,
            CommonConfigurationKeys.DEFAULT_HADOOP_HTTP_STATIC_USER,
            "As which user everybody reads who does not say who they are.");
    static final Setting<String> LOG_SERVER = Setting.text(
            YarnConfiguration.YARN_LOG_SERVER_WEBSERVICE_URL,
            "",
            "Where who asks for logs is sent that are not on this node any more.");

    private WebSettings() {}

    /** Who may read what. */
    static Readers readers(Configuration configuration) {
        return new Readers(
                configuration,
                READER.get(configuration),
                SharedSettings.ACCESS_CONTROL.get(configuration),
                SharedSettings.ONLY_VIEWABLE.get(configuration));
    }

    static List<Setting<?>> all() {
        return List.of(ADDRESS, READER, LOG_SERVER);
    }
}
