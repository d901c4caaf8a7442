package dev.heddle.nm.services;

import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.apache.hadoop.util.ApplicationClassLoader;
import org.apache.hadoop.util.StringUtils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The classes of one auxiliary service: its own libraries where it brings them, whichever this daemon has, and this
 * daemon's where the two talk to each other.
 *
 * <p>System classes (in YARN's notation: a prefix that ends with a dot, or a class, or either after a minus for what is
 * none) are this daemon's first, so that Hadoop and its logging are the same on both sides; what it does not have of them
 * is taken from the service, whose own package may well be one of Hadoop's. All else is the service's first. This daemon's
 * own classes are not for services. Safe for all threads.
 */
final class ServiceClassLoader extends URLClassLoader {
    private static final Logger log = LoggerFactory.getLogger(ServiceClassLoader.class);

    /** What a service and this daemon pass each other, which must be the same classes, whatever is configured. */
    private static final List<String> SHARED = List.of(
            "java.",
            "org.apache.hadoop.conf.",
            "org.apache.hadoop.fs.",
            "org.apache.hadoop.service.",
            "org.apache.hadoop.yarn.api.",
            "org.apache.hadoop.yarn.server.api.",
            "org.slf4j.");

    private static final String NOT_FOR_SERVICES = "dev.heddle.";

    static {
        registerAsParallelCapable();
    }

    private final ClassLoader daemon;
    private final List<String> systemClasses;

    private ServiceClassLoader(URL[] classPath, ClassLoader daemon, List<String> systemClasses) {
        super(classPath, daemon);
        this.daemon = daemon;
        this.systemClasses = systemClasses;
    }

    /**
     * The classes of a service that has a class path of its own.
     *
     * @throws IOException if a directory of it cannot be read, or if nothing of it exists
     */
    static ServiceClassLoader of(ServiceDeclaration declaration, ClassLoader daemon) throws IOException {
        List<String> systemClasses = new ArrayList<>(SHARED);
        systemClasses.addAll(
                declaration.systemClasses().isEmpty()
                        ? List.of(StringUtils.getTrimmedStrings(ApplicationClassLoader.SYSTEM_CLASSES_DEFAULT))
                        : declaration.systemClasses());
        List<URL> urls = new ArrayList<>();
        for (String element : declaration.classPath().split(File.pathSeparator, -1)) {
            if (!element.isBlank()) {
                add(element.trim(), urls, declaration);
            }
        }
        if (urls.isEmpty()) {
            throw new IOException("nothing of its class path '" + declaration.classPath() + "' exists: correct "
                    + declaration.classPathKey());
        }
        return new ServiceClassLoader(urls.toArray(new URL[0]), daemon, systemClasses);
    }

    private static void add(String element, List<URL> urls, ServiceDeclaration declaration) throws IOException {
        if (element.endsWith(File.separator + "*")) {
            Path directory = Path.of(element.substring(0, element.length() - 2));
            if (Files.isDirectory(directory)) {
                List<Path> jars = new ArrayList<>();
                try (DirectoryStream<Path> all = Files.newDirectoryStream(directory, "*.{jar,JAR}")) {
                    all.forEach(jars::add);
                }
                Collections.sort(jars);
                for (Path jar : jars) {
                    urls.add(url(jar));
                }
                return;
            }
        } else if (Files.exists(Path.of(element))) {
            urls.add(url(Path.of(element)));
            return;
        }
        log.warn("{} names {}, which does not exist", declaration.classPathKey(), element);
    }

    private static URL url(Path path) throws MalformedURLException {
        return path.toAbsolutePath().toUri().toURL();
    }

    private boolean isSystem(String name) {
        return ApplicationClassLoader.isSystemClass(name, systemClasses);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        synchronized (getClassLoadingLock(name)) {
            Class<?> found = findLoadedClass(name);
            if (found == null) {
                found = name.startsWith(NOT_FOR_SERVICES)
                        ? findClass(name)
                        : isSystem(name) ? daemonsFirst(name) : ownFirst(name);
            }
            if (resolve) {
                resolveClass(found);
            }
            return found;
        }
    }

    private Class<?> daemonsFirst(String name) throws ClassNotFoundException {
        try {
            return daemon.loadClass(name);
        } catch (ClassNotFoundException e) {
            return findClass(name);
        }
    }

    private Class<?> ownFirst(String name) throws ClassNotFoundException {
        try {
            return findClass(name);
        } catch (ClassNotFoundException e) {
            return daemon.loadClass(name);
        }
    }

    @Override
    public @Nullable URL getResource(String name) {
        URL daemons = isSystem(name) ? daemon.getResource(name) : null;
        URL own = daemons == null ? findResource(name) : daemons;
        return own == null ? daemon.getResource(name) : own;
    }

    /** Own ones alone where there are any, so that a service's libraries do not find their counterparts here. */
    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
        Enumeration<URL> own = findResources(name);
        return own.hasMoreElements() && !isSystem(name) ? own : daemon.getResources(name);
    }
}
