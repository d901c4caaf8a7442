package dev.heddle.app.launch;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Where things stand in the working directory of a container. */
public final class ContainerFiles {
    /** Folder of Heddle's own jars. */
    public static final String LIBRARIES = "__heddle_libs__";
    /** Folder of the application's jars; their names sort in class path order. */
    public static final String APPLICATION_JARS = "__heddle_app__";
    /** Hadoop configuration and the application's settings; in the application master's container alone. */
    public static final String CONFIGURATION = "__heddle_conf__.xml";
    /** {@link ApplicationDescription}; in the application master's container alone. */
    public static final String DESCRIPTION = "__heddle_application__.properties";

    private ContainerFiles() {}

    /** A loader of the application's jars, above the one of Heddle's own classes. It lives as long as the process. */
    public static URLClassLoader applicationClassLoader(Path workingDirectory) throws IOException {
        List<Path> jars = new ArrayList<>();
        Path folder = workingDirectory.resolve(APPLICATION_JARS);
        if (Files.isDirectory(folder)) {
            try (var files = Files.list(folder)) {
                files.forEach(jars::add);
            }
        }
        Collections.sort(jars);
        List<URL> urls = new ArrayList<>();
        for (Path jar : jars) {
            urls.add(url(jar));
        }
        return new URLClassLoader("application", urls.toArray(new URL[0]), ContainerFiles.class.getClassLoader());
    }

    private static URL url(Path jar) throws MalformedURLException {
        return jar.toUri().toURL();
    }
}
