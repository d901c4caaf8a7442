package dev.heddle.deploy.demo;

import java.net.URISyntaxException;
import java.nio.file.Path;

/**
 * Where the files of Heddle lie: {@code lib} with every jar, {@code conf} with the JVM's options, {@code examples}.
 *
 * @param home the directory that holds them, absolute
 */
public record Distribution(Path home) {
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

    /** The argument file with the options of a daemon's JVM. */
    public Path daemonOptions() {
        return home.resolve("conf").resolve("daemon.options");
    }

    public Path examplesJar() {
        return home.resolve("examples").resolve("heddle-examples.jar");
    }

    /** The text that the word count of the examples runs over. */
    public Path exampleText() {
        return home.resolve("examples").resolve("shakespeare.txt");
    }
}
