package dev.heddle.deploy.demo;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;

/**
 * Where the files of Heddle lie: {@code lib} with every jar, {@code conf} with the JVM's options, {@code examples}.
 *
 * @param home the directory that holds them, absolute
 */
public record Distribution(Path home) {
    private static final int FIRST_JAVA_THAT_WARNS = 24;

    /**
     * The distribution that the running program belongs to.
     *
     * @throws IllegalStateException if it was not started from a distribution's jars
     */
    public static Distribution ofThisProgram() {
        try {
            Path jar = Path.of(Distribution.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            Path lib = jar.toAbsolutePath().getParent();
            Path home = lib == null ? null : lib.getParent();
            if (home == null || !jar.toString().endsWith(".jar")) {
                throw new IllegalStateException(
                        jar + " is not a jar in a distribution's lib directory: run the command 'heddle'");
            }
            return new Distribution(home);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    public Path libraries() {
        return home.resolve("lib");
    }

    /** What a daemon's JVM, one like this, is started with: argument files. */
    List<String> daemonOptions() {
        Path conf = home.resolve("conf");
        String options = "@" + conf.resolve("daemon.options");
        return Runtime.version().feature() < FIRST_JAVA_THAT_WARNS
                ? List.of(options)
                : List.of(options, "@" + conf.resolve("java24.options"));
    }

    public Path examplesJar() {
        return home.resolve("examples").resolve("heddle-examples.jar");
    }

    /** The text that the word count of the examples runs over. */
    public Path exampleText() {
        return home.resolve("examples").resolve("shakespeare.txt");
    }
}
