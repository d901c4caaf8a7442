package dev.heddle.nm.localization;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Enumeration;
import java.util.Locale;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * Unpacks archives. No entry is ever written outside of the directory that it is unpacked into: neither by its name, nor
 * through a link that an earlier entry made, nor as a link that leads out. Blocks.
 */
final class ArchiveUnpacker {
    private ArchiveUnpacker() {}

    /** Whether a file's name says that it is an archive which can be unpacked. */
    static boolean understands(String fileName) {
        return isZip(fileName) || isTar(fileName);
    }

    static boolean isJar(String fileName) {
        return fileName.toLowerCase(Locale.ROOT).endsWith(".jar");
    }

    private static boolean isZip(String fileName) {
        String name = fileName.toLowerCase(Locale.ROOT);
        return name.endsWith(".zip") || name.endsWith(".jar");
    }

    private static boolean isTar(String fileName) {
        String name = fileName.toLowerCase(Locale.ROOT);
        return name.endsWith(".tar") || isCompressedTar(name);
    }

    private static boolean isCompressedTar(String name) {
        return name.endsWith(".tar.gz") || name.endsWith(".tgz");
    }

    /**
     * Unpacks an archive into a directory, which must exist and be empty.
     *
     * @param fileName whose ending says what kind of archive it is
     * @throws IOException if it cannot be read, becomes too much, or has an entry that would leave the directory or is no
     *     file, directory or link
     */
    static void unpack(Path archive, String fileName, Path directory, Transfer transfer) throws IOException {
        if (isZip(fileName)) {
            unzip(archive, directory, null, transfer);
        } else {
            untar(archive, isCompressedTar(fileName.toLowerCase(Locale.ROOT)), directory, transfer);
        }
    }

    /** As {@link #unpack} for those files of a jar whose names match. */
    static void unpackSome(Path jar, NamePattern names, Path directory, Transfer transfer) throws IOException {
        unzip(jar, directory, names, transfer);
    }

    /** @param names of which files; null for all of it */
    private static void unzip(Path archive, Path directory, @Nullable NamePattern names, Transfer transfer)
            throws IOException {
        try (ZipFile zip = ZipFile.builder().setPath(archive).get()) {
            Enumeration<ZipArchiveEntry> entries = zip.getEntries();
            while (entries.hasMoreElements()) {
                ZipArchiveEntry entry = entries.nextElement();
                if (names != null && (entry.isDirectory() || !names.matches(entry.getName()))) {
                    continue;
                }
                transfer.countEntry();
                Path target = target(directory, entry.getName());
                if (entry.isDirectory()) {
                    Files.createDirectories(target);
                } else if (entry.isUnixSymlink()) {
                    link(directory, target, zip.getUnixSymlink(entry));
                } else {
                    try (InputStream in = zip.getInputStream(entry)) {
                        write(in, target, entry.getUnixMode(), transfer);
                    }
                }
            }
        }
    }

    private static void untar(Path archive, boolean compressed, Path directory, Transfer transfer) throws IOException {
        try (InputStream file = new BufferedInputStream(Files.newInputStream(archive));
                InputStream raw = compressed ? new GZIPInputStream(file) : file;
                TarArchiveInputStream tar = new TarArchiveInputStream(raw)) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                transfer.countEntry();
                Path target = target(directory, entry.getName());
                if (entry.isCharacterDevice() || entry.isBlockDevice() || entry.isFIFO()) {
                    throw new IOException("the archive's entry '" + entry.getName() + "' is a device or a pipe");
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(target);
                } else if (entry.isSymbolicLink()) {
                    link(directory, target, entry.getLinkName());
                } else if (entry.isLink()) {
                    Path existing = target(directory, entry.getLinkName());
                    Files.createDirectories(parent(target));
                    Files.deleteIfExists(target);
                    Files.createLink(target, existing);
                } else if (entry.isFile()) {
                    write(tar, target, entry.getMode(), transfer);
                }
            }
        }
    }

    private static Path target(Path directory, String name) throws IOException {
        Path target = directory.resolve(name).normalize();
        if (!target.startsWith(directory)) {
            throw leaves(name);
        }
        for (Path part = target.getParent();
                part != null && !part.equals(directory) && part.startsWith(directory);
                part = part.getParent()) {
            if (Files.isSymbolicLink(part) && !part.toRealPath().startsWith(directory.toRealPath())) {
                throw leaves(name);
            }
        }
        return target;
    }

    private static void link(Path directory, Path target, String to) throws IOException {
        Path parent = parent(target);
        Files.createDirectories(parent);
        // The parent may itself be reached through a link, so it is its real place that the link is relative to. And
        // ".."
        // after the name of another link would lead from that link's target: only a plain path can be judged.
        Path real = parent.toRealPath();
        Path plain = Path.of(to).normalize();
        if (!plain.equals(Path.of(to)) || !real.resolve(plain).normalize().startsWith(directory.toRealPath())) {
            throw new IOException("the archive's link " + directory.relativize(target) + " -> " + to
                    + " leads out of the archive's directory");
        }
        Files.deleteIfExists(target);
        Files.createSymbolicLink(target, Path.of(to));
    }

    private static void write(InputStream in, Path target, int mode, Transfer transfer) throws IOException {
        Files.createDirectories(parent(target));
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            // Never through a link that an earlier entry made.
            Files.delete(target);
        }
        transfer.unpack(in, target);
        if ((mode & 0111) != 0) {
            Set<PosixFilePermission> permissions = EnumSet.copyOf(Files.getPosixFilePermissions(target));
            permissions.add(PosixFilePermission.OWNER_EXECUTE);
            Files.setPosixFilePermissions(target, permissions);
        }
    }

    private static Path parent(Path path) throws IOException {
        Path parent = path.getParent();
        if (parent == null) {
            throw leaves(path.toString());
        }
        return parent;
    }

    private static IOException leaves(String name) {
        return new IOException("the archive's entry '" + name + "' leads out of the archive's directory");
    }
}
