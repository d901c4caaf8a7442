package dev.heddle.common.config;

import dev.heddle.common.UserException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.jspecify.annotations.Nullable;

/**
 * Reads Hadoop's configuration files from the directory that {@code HADOOP_CONF_DIR} or {@code YARN_CONF_DIR} names
 * (the latter wins, as in YARN's own scripts).
 */
public final class ConfigurationFiles {
    private static final List<String> VARIABLES = List.of("YARN_CONF_DIR", "HADOOP_CONF_DIR");
    /** YARN's own scripts set this property, on which its default for {@code yarn.nodemanager.log-dirs} builds. */
    private static final String LOG_DIRECTORY = "yarn.log.dir";

    private static final List<String> LOG_VARIABLES = List.of("YARN_LOG_DIR", "HADOOP_LOG_DIR");
    private static final String DEFAULT_LOG_DIRECTORY = "${hadoop.tmp.dir}/logs";
    private static final List<String> FILES =
            List.of("core-site.xml", "hdfs-site.xml", "yarn-site.xml", ResourceTypes.FILE);

    private static final String DYNAMIC_RESOURCES = "dynamic-resources.xml";

    private ConfigurationFiles() {}

    /**
     * Loads the configuration that the environment names and makes it Hadoop's login configuration.
     *
     * @param environment of the process
     * @throws UserException if no directory is named, or what is named holds no {@code yarn-site.xml}
     */
    public static YarnConfiguration load(Map<String, String> environment) {
        return load(environment, List.of());
    }

    /**
     * As {@link #load(Map)} with further files of that directory, which may be missing.
     *
     * @param more names, such as {@code capacity-scheduler.xml}; what they say wins
     */
    public static YarnConfiguration load(Map<String, String> environment, List<String> more) {
        Path directory = directory(environment);
        if (directory == null) {
            throw new UserException("no configuration: set HADOOP_CONF_DIR (or YARN_CONF_DIR) to the directory that"
                    + " holds yarn-site.xml");
        }
        return load(directory, environment, more);
    }

    /** As {@link #load(Map)} for a known directory. */
    public static YarnConfiguration load(Path directory) {
        return load(directory, Map.of(), List.of());
    }

    private static YarnConfiguration load(Path directory, Map<String, String> environment, List<String> more) {
        if (!Files.isReadable(directory.resolve("yarn-site.xml"))) {
            throw new UserException("no readable yarn-site.xml in " + directory.toAbsolutePath()
                    + ": set HADOOP_CONF_DIR (or YARN_CONF_DIR) to the directory that holds it");
        }
        YarnConfiguration configuration = new YarnConfiguration();
        for (String name : Stream.concat(FILES.stream(), more.stream()).toList()) {
            Path file = directory.resolve(name);
            if (Files.isReadable(file)) {
                configuration.addResource(new org.apache.hadoop.fs.Path(file.toUri()));
            }
        }
        // Read again when an operator says so, and then it may be there.
        configuration.addResource(new org.apache.hadoop.fs.Path(
                directory.resolve(DYNAMIC_RESOURCES).toUri()));
        try {
            configuration.size();
        } catch (RuntimeException e) {
            throw new UserException(
                    "cannot read the configuration in " + directory.toAbsolutePath() + ": " + e.getMessage(), e);
        }
        if (configuration.get(LOG_DIRECTORY) == null && System.getProperty(LOG_DIRECTORY) == null) {
            String logs = firstSet(environment, LOG_VARIABLES);
            configuration.set(LOG_DIRECTORY, logs == null ? DEFAULT_LOG_DIRECTORY : logs);
        }
        UserGroupInformation.setConfiguration(configuration);
        return configuration;
    }

    /** The directory that the environment names, or null where it names none. */
    public static @Nullable Path directory(Map<String, String> environment) {
        String value = firstSet(environment, VARIABLES);
        return value == null ? null : Path.of(value);
    }

    private static @Nullable String firstSet(Map<String, String> environment, List<String> variables) {
        for (String variable : variables) {
            String value = environment.get(variable);
            if (value != null && !value.isBlank()) {
                return value;
            }
        }
        return null;
    }
}
