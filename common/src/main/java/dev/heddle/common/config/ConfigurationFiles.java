package dev.heddle.common.config;

import dev.heddle.common.UserException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.jspecify.annotations.Nullable;

/**
 * Reads Hadoop's configuration files from the directory that {@code HADOOP_CONF_DIR} or {@code YARN_CONF_DIR} names
 * (the latter wins, as in YARN's own scripts).
 */
public final class ConfigurationFiles {
    private static final List<String> VARIABLES = List.of("YARN_CONF_DIR", "HADOOP_CONF_DIR");
    private static final List<String> FILES = List.of("core-site.xml", "hdfs-site.xml", "yarn-site.xml");

    private ConfigurationFiles() {}

    /**
     * Loads the configuration that the environment names and makes it Hadoop's login configuration.
     *
     * @param environment of the process
     * @throws UserException if no directory is named, or what is named holds no {@code yarn-site.xml}
     */
    public static YarnConfiguration load(Map<String, String> environment) {
        Path directory = directory(environment);
        if (directory == null) {
            throw new UserException("no configuration: set HADOOP_CONF_DIR (or YARN_CONF_DIR) to the directory that"
                    + " holds yarn-site.xml");
        }
        return load(directory);
    }

    /** As {@link #load(Map)} for a known directory. */
    public static YarnConfiguration load(Path directory) {
        if (!Files.isReadable(directory.resolve("yarn-site.xml"))) {
            throw new UserException("no readable yarn-site.xml in " + directory.toAbsolutePath()
                    + ": set HADOOP_CONF_DIR (or YARN_CONF_DIR) to the directory that holds it");
        }
        YarnConfiguration configuration = new YarnConfiguration();
        for (String name : FILES) {
            Path file = directory.resolve(name);
            if (Files.isReadable(file)) {
                configuration.addResource(new org.apache.hadoop.fs.Path(file.toUri()));
            }
        }
        try {
            configuration.size();
        } catch (RuntimeException e) {
            throw new UserException(
                    "cannot read the configuration in " + directory.toAbsolutePath() + ": " + e.getMessage(), e);
        }
        UserGroupInformation.setConfiguration(configuration);
        return configuration;
    }

    /** The directory that the environment names, or null where it names none. */
    public static @Nullable Path directory(Map<String, String> environment) {
        for (String variable : VARIABLES) {
            String value = environment.get(variable);
            if (value != null && !value.isBlank()) {
                return Path.of(value);
            }
        }
        return null;
    }
}
