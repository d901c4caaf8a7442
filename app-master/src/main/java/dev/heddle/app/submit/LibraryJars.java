package dev.heddle.app.submit;

import dev.heddle.app.master.ApplicationMaster;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.regex.Pattern;

/** Heddle's own jars that run in an application's containers: this module's, and those that its manifest names. */
final class LibraryJars {
    private static final Pattern SPACES = Pattern.compile("\\s+");
    private static final int UNLIMITED = -1;

    private LibraryJars() {}

    /** The jars, which stand in one directory. */
    static List<Path> locate() throws IOException {
        Path own = ownJar();
        List<Path> jars = new ArrayList<>();
        jars.add(own);
        try (JarFile file = new JarFile(own.toFile())) {
            String classPath = file.getManifest().getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
            if (classPath == null) {
                throw new IOException(own + " does not name the jars that it needs");
            }
            for (String name : SPACES.split(classPath.trim(), UNLIMITED)) {
                Path jar = own.resolveSibling(name);
                if (!Files.isReadable(jar)) {
                    throw new IOException(own + " needs " + name + ", which does not stand next to it");
                }
                jars.add(jar);
            }
        }
        return jars;
    }

    private static Path ownJar() throws IOException {
        try {
            Path own = Path.of(ApplicationMaster.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            if (!Files.isRegularFile(own)) {
                throw new IOException("Heddle runs from " + own
                        + " and not from its jars: build it, or set heddle.yarn.jars to local:/DIRECTORY");
            }
            return own;
        } catch (URISyntaxException e) {
            throw new IOException("Heddle's own jar has no usable name", e);
        }
    }
}
