package dev.heddle.app.submit;

import dev.heddle.common.UserException;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import org.jspecify.annotations.Nullable;

/** Finds the driver's main class before anything is submitted. */
final class MainClass {
    private MainClass() {}

    /**
     * The name of the class to run.
     *
     * @param named by the user; null for the one of the manifest of the first jar
     * @param jars the application's, the one with the driver first
     * @throws UserException if there is no such class in the jars, or it has no {@code public static void main(String[])}
     */
    static String find(@Nullable String named, List<Path> jars) {
        String name = named == null ? ofManifest(jars.get(0)) : named;
        String entry = name.replace('.', '/') + ".class";
        if (jars.stream().noneMatch(jar -> hasEntry(jar, entry))) {
            throw new UserException("no class " + name + " in " + names(jars)
                    + ": correct --class, or name the jar that holds it as the application or with --jars");
        }
        requireMain(name, jars);
        return name;
    }

    private static String ofManifest(Path jar) {
        try (JarFile file = open(jar)) {
            Manifest manifest = file.getManifest();
            String name = manifest == null ? null : manifest.getMainAttributes().getValue(Attributes.Name.MAIN_CLASS);
            if (name == null) {
                throw new UserException("no main class: " + jar + " names none in its manifest; name it with --class");
            }
            return name;
        } catch (IOException e) {
            throw new UserException("cannot read " + jar + ": " + e.getMessage() + "; name a jar", e);
        }
    }

    private static boolean hasEntry(Path jar, String entry) {
        try (JarFile file = open(jar)) {
            return file.getEntry(entry) != null;
        } catch (IOException e) {
            throw new UserException("cannot read " + jar + " as a jar: " + e.getMessage() + "; name a jar", e);
        }
    }

    private static JarFile open(Path jar) throws IOException {
        return new JarFile(jar.toFile());
    }

    private static void requireMain(String name, List<Path> jars) {
        URL[] urls = jars.stream().map(MainClass::url).toArray(URL[]::new);
        try (URLClassLoader loader = new URLClassLoader(urls, MainClass.class.getClassLoader())) {
            Method main = Class.forName(name, false, loader).getMethod("main", String[].class);
            if (Modifier.isStatic(main.getModifiers()) && main.getReturnType() == void.class) {
                return;
            }
        } catch (NoSuchMethodException e) {
            // Told below.
        } catch (ClassNotFoundException | LinkageError e) {
            // It may still be loadable where it runs: with a newer Java, or next to classes that the nodes have.
            return;
        } catch (IOException e) {
            throw new UserException("cannot read " + names(jars) + ": " + e.getMessage(), e);
        }
        throw new UserException("class " + name + " has no method 'public static void main(String[])': name the class"
                + " that has it with --class");
    }

    private static URL url(Path jar) {
        try {
            return jar.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static String names(List<Path> jars) {
        return String.join(", ", jars.stream().map(Path::toString).toList());
    }
}
