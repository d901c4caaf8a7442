package dev.heddle.app.submit;

import dev.heddle.app.ApplicationSettings;
import dev.heddle.common.config.Setting;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is to be submitted. Immutable. */
public final class SubmitOptions {
    private final Path applicationJar;
    private final @Nullable String mainClass;
    private final List<String> arguments;
    private final List<Path> jars;
    private final List<String> files;
    private final Map<String, String> settings;

    private SubmitOptions(Builder builder) {
        this.applicationJar = builder.applicationJar;
        this.mainClass = builder.mainClass;
        this.arguments = List.copyOf(builder.arguments);
        this.jars = List.copyOf(builder.jars);
        this.files = List.copyOf(builder.files);
        this.settings = Map.copyOf(builder.settings);
    }

    /** Begins with the jar that holds the driver. */
    public static Builder builder(Path applicationJar) {
        return new Builder(applicationJar);
    }

    public Path applicationJar() {
        return applicationJar;
    }

    /** Null where the jar's manifest names it. */
    public @Nullable String mainClass() {
        return mainClass;
    }

    public List<String> arguments() {
        return arguments;
    }

    public List<Path> jars() {
        return jars;
    }

    /** Each {@code PATH} or {@code PATH#NAME_IN_CONTAINER}. */
    public List<String> files() {
        return files;
    }

    /** By their keys in {@code heddle.*} or, where they are not Heddle's, in Hadoop's own names. */
    public Map<String, String> settings() {
        return settings;
    }

    /** Collects options. */
    public static final class Builder {
        private final Path applicationJar;
        private @Nullable String mainClass;
        private final List<String> arguments = new ArrayList<>();
        private final List<Path> jars = new ArrayList<>();
        private final List<String> files = new ArrayList<>();
        private final Map<String, String> settings = new LinkedHashMap<>();

        private Builder(Path applicationJar) {
            this.applicationJar = applicationJar;
        }

        public Builder mainClass(@Nullable String name) {
            mainClass = name;
            return this;
        }

        public Builder arguments(List<String> all) {
            arguments.addAll(all);
            return this;
        }

        public Builder jars(List<Path> all) {
            jars.addAll(all);
            return this;
        }

        public Builder files(List<String> all) {
            files.addAll(all);
            return this;
        }

        /**
         * Sets one setting; the last one counts.
         *
         * @throws dev.heddle.common.UserException if the key is one of Heddle's prefix and no application setting
         */
        public Builder conf(String key, String value) {
            return conf(Map.of(key, value));
        }

        /** As {@link #conf(String, String)} for several of equal rank: of those, {@code heddle.X} wins over {@code spark.X}. */
        public Builder conf(Map<String, String> layer) {
            settings.putAll(SettingNames.resolve(layer));
            return this;
        }

        public Builder name(String name) {
            return set(ApplicationSettings.NAME, name);
        }

        public Builder queue(String queue) {
            return set(ApplicationSettings.QUEUE, queue);
        }

        /** For example {@code 512m}. */
        public Builder driverMemory(String memory) {
            return set(ApplicationSettings.DRIVER_MEMORY, memory);
        }

        public Builder driverCores(int cores) {
            return set(ApplicationSettings.DRIVER_CORES, Integer.toString(cores));
        }

        /** For example {@code 512m}. */
        public Builder executorMemory(String memory) {
            return set(ApplicationSettings.EXECUTOR_MEMORY, memory);
        }

        public Builder executorCores(int cores) {
            return set(ApplicationSettings.EXECUTOR_CORES, Integer.toString(cores));
        }

        public Builder executors(int number) {
            return set(ApplicationSettings.EXECUTOR_INSTANCES, Integer.toString(number));
        }

        private Builder set(Setting<?> setting, String value) {
            settings.put(setting.key(), value);
            return this;
        }

        public SubmitOptions build() {
            return new SubmitOptions(this);
        }
    }
}
