package dev.heddle.nm.descriptors;

import dev.heddle.common.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a node has its label or its attributes from, and which they were when it last looked. What cannot be had, or
 * makes no sense, leaves them as they were, and is logged once. Looked at by one thread, read by all.
 */
final class DescriptorSource<T> {
    private static final Logger log = LoggerFactory.getLogger(DescriptorSource.class);

    private static final String CONFIG = "config";
    private static final String SCRIPT = "script";

    private final Configuration configuration;
    private final DescriptorSettings.Source settings;
    private final DescriptorForm<T> form;
    private final @Nullable DescriptorScript script;
    private volatile @Nullable Set<T> current;
    private @Nullable String complaint;

    private DescriptorSource(
            Configuration configuration,
            DescriptorSettings.Source settings,
            DescriptorForm<T> form,
            @Nullable DescriptorScript script) {
        this.configuration = configuration;
        this.settings = settings;
        this.form = form;
        this.script = script;
    }

    /**
     * The source that is configured, or null where there is none.
     *
     * @throws UserException if there is no such source, its script cannot be run, or the configuration makes no sense
     */
    static <T> @Nullable DescriptorSource<T> of(
            Configuration configuration, DescriptorSettings.Source settings, DescriptorForm<T> form) {
        String provider = settings.provider.get(configuration);
        return switch (provider) {
            case "" -> null;
            case CONFIG -> {
                String text = settings.configured.get(configuration);
                try {
                    form.configured(text);
                } catch (IOException e) {
                    throw new UserException(
                            settings.configured.key() + " is '" + text + "': " + e.getMessage() + "; correct it", e);
                }
                yield new DescriptorSource<>(configuration, settings, form, null);
            }
            case SCRIPT -> new DescriptorSource<>(configuration, settings, form, script(configuration, settings));
            default ->
                throw new UserException(settings.provider.key() + " is '" + provider
                        + "', but this node manager has only 'config' and 'script': set one of them");
        };
    }

    private static DescriptorScript script(Configuration configuration, DescriptorSettings.Source settings) {
        String path = settings.script.get(configuration);
        if (path.isEmpty() || !Files.isRegularFile(Path.of(path)) || !Files.isExecutable(Path.of(path))) {
            throw new UserException(settings.script.key() + " is '" + path + "', but " + settings.provider.key()
                    + " wants a program there that this user may run: correct it, or give the right to run it");
        }
        return new DescriptorScript(
                Path.of(path),
                List.of(configuration.getTrimmedStrings(settings.options.key())),
                settings.limitMs.get(configuration));
    }

    /**
     * Looks anew. Blocks.
     *
     * @return whether they are others than before
     */
    boolean look() throws InterruptedException {
        Set<T> found;
        try {
            found = script == null
                    ? form.configured(settings.configured.get(asItIsNow()))
                    : form.printed(script.run().stream());
        } catch (IOException | RuntimeException e) {
            complain(String.valueOf(e.getMessage()));
            return false;
        }
        complaint = null;
        boolean same = print(found).equals(print(current));
        current = found;
        if (!same) {
            log.info("the node's {}: {}", settings.subject, print(found));
        }
        return !same;
    }

    /** The files may have changed since this daemon has read them. */
    private Configuration asItIsNow() {
        Configuration now = new Configuration(configuration);
        now.reloadConfiguration();
        return now;
    }

    private void complain(String why) {
        if (!why.equals(complaint)) {
            complaint = why;
            log.warn(
                    "cannot read the node's {} from {}: {}; they stay as they are: {}",
                    settings.subject,
                    script == null ? settings.configured.key() : script.path() + " (" + settings.script.key() + ")",
                    why,
                    print(current));
        }
    }

    /** In words; equal words for equal values, which Hadoop's records of attributes are not for. */
    private String print(@Nullable Set<T> descriptors) {
        return descriptors == null
                ? "unknown"
                : descriptors.stream().map(String::valueOf).sorted().toList().toString();
    }

    /** What was last found, or null where nothing has been yet. */
    @Nullable
    Set<T> current() {
        return current;
    }

    /** How often it wants to be looked at, in milliseconds, or {@link DescriptorSettings#ONCE}. */
    int intervalMs() {
        return settings.intervalMs.get(configuration);
    }
}
