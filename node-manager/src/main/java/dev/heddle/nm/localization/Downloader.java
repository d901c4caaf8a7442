package dev.heddle.nm.localization;

import dev.heddle.nm.directories.Deletion;
import dev.heddle.nm.directories.FileOwner;
import dev.heddle.nm.directories.NodeDirectories;
import dev.heddle.nm.localization.ResourceRequest.Kind;
import dev.heddle.nm.localization.ResourceRequest.Visibility;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.PrivilegedExceptionAction;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.permission.FsAction;
import org.apache.hadoop.security.Credentials;
import org.apache.hadoop.security.UserGroupInformation;

/** Copies one file from wherever Hadoop can read it to this node. Blocks; safe for all threads. */
final class Downloader {
    private static final Set<PosixFilePermission> PUBLIC_DIRECTORY = PosixFilePermissions.fromString("rwxr-xr-x");
    private static final Set<PosixFilePermission> PRIVATE_DIRECTORY = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> PUBLIC_FILE = PosixFilePermissions.fromString("r-xr-xr-x");
    private static final Set<PosixFilePermission> PRIVATE_FILE = PosixFilePermissions.fromString("r-x------");

    private static final String LOCAL = "file";

    private final Configuration configuration;
    private final NodeDirectories directories;
    private final InstantSource clock;

    Downloader(Configuration configuration, NodeDirectories directories, InstantSource clock) {
        this.configuration = configuration;
        this.directories = directories;
        this.clock = clock;
    }

    /**
     * A copy on this node.
     *
     * @param path the file, or the directory that the archive was unpacked into
     * @param sizeBytes what it takes on disk
     */
    record Copy(Path path, long sizeBytes) {}

    /**
     * Copies, and unpacks an archive. The copy appears in {@code directory} all at once or not at all.
     *
     * @param directory made by this call; the copy is in it under its own name
     * @throws IOException if the source cannot be read, is not what the application saw, or does not unpack; the message
     *     says which
     */
    Copy download(CacheKey key, Path directory, String user, Credentials credentials)
            throws IOException, InterruptedException {
        Path parent = directory.getParent();
        if (parent == null) {
            throw new IOException("no place for " + key.source());
        }
        if (key.visibility() == Visibility.PUBLIC) {
            NodeDirectories.makePublic(parent);
        } else {
            NodeDirectories.makePrivate(parent);
        }
        Path incoming = directory.resolveSibling(directory.getFileName() + "_tmp");
        try {
            Files.createDirectories(incoming);
            String name = key.source().getName();
            // Public files are read with this daemon's own right, all others with their user's.
            if (key.visibility() == Visibility.PUBLIC) {
                fetch(key, incoming.resolve(name), sources(key, user));
            } else {
                UserGroupInformation caller = UserGroupInformation.createRemoteUser(user);
                caller.addCredentials(credentials);
                caller.doAs((PrivilegedExceptionAction<Void>) () -> {
                    fetch(key, incoming.resolve(name), sources(key, user));
                    return null;
                });
            }
            long sizeBytes = protect(incoming, key.visibility());
            Files.move(incoming, directory, StandardCopyOption.ATOMIC_MOVE);
            return new Copy(directory.resolve(name), sizeBytes);
        } finally {
            Deletion.delete(incoming);
        }
    }

    private FileSystem sources(CacheKey key, String user) throws IOException {
        FileOwner owner = directories.owner(user);
        boolean local = FileSystem.getDefaultUri(configuration)
                .resolve(key.source().toUri())
                .getScheme()
                .equals(LOCAL);
        return owner != null && local
                ? new FilesAsUser(key.source(), owner.become(), configuration)
                : FileSystem.newInstance(key.source().toUri(), configuration);
    }

    private void fetch(CacheKey key, Path target, FileSystem sources) throws IOException {
        try (sources) {
            FileStatus status = sources.getFileStatus(key.source());
            if (status.getModificationTime() != key.timestamp()) {
                throw new IOException("Resource " + key.source() + " changed on src filesystem - expected: \""
                        + Instant.ofEpochMilli(key.timestamp()) + "\", was: \""
                        + Instant.ofEpochMilli(status.getModificationTime()) + "\", current time: \""
                        + clock.instant() + "\"");
            }
            if (key.visibility() == Visibility.PUBLIC && !isPublic(sources, status)) {
                throw new IOException("Resource " + key.source()
                        + " is not publicly accessible and as such cannot be part of the public cache.");
            }
            if (status.isDirectory()) {
                try (LocalFileSystem local = FileSystem.newInstanceLocal(configuration)) {
                    FileUtil.copy(
                            sources,
                            key.source(),
                            local.getRaw(),
                            new org.apache.hadoop.fs.Path(target.toUri()),
                            false,
                            configuration);
                }
            } else if (key.kind() != Kind.FILE
                    && ArchiveUnpacker.understands(key.source().getName())) {
                unpack(key, status, target, sources);
            } else {
                copy(key, status, target, sources);
            }
        }
    }

    /** Whether everybody may read a file (or all of a directory) and get to it. */
    private static boolean isPublic(FileSystem files, FileStatus status) throws IOException {
        if (!isReadableByAll(files, status)) {
            return false;
        }
        for (org.apache.hadoop.fs.Path above = status.getPath().getParent(); above != null; above = above.getParent()) {
            FsAction others = files.getFileStatus(above).getPermission().getOtherAction();
            if (!others.implies(FsAction.EXECUTE)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isReadableByAll(FileSystem files, FileStatus status) throws IOException {
        FsAction needed = status.isDirectory() ? FsAction.READ_EXECUTE : FsAction.READ;
        if (!status.getPermission().getOtherAction().implies(needed)) {
            return false;
        }
        if (status.isDirectory()) {
            for (FileStatus child : files.listStatus(status.getPath())) {
                if (!isReadableByAll(files, child)) {
                    return false;
                }
            }
        }
        return true;
    }

    private static void unpack(CacheKey key, FileStatus status, Path target, FileSystem sources) throws IOException {
        Path packed = target.resolveSibling(".packed");
        copy(key, status, packed, sources);
        Files.createDirectory(target);
        try {
            if (key.kind() == Kind.PATTERN && ArchiveUnpacker.isJar(key.source().getName())) {
                ArchiveUnpacker.unpackSome(packed, new NamePattern(key.pattern()), target);
                // Those who ask for a part expect the whole beside it.
                Files.move(packed, target.resolve(key.source().getName()), StandardCopyOption.REPLACE_EXISTING);
            } else {
                ArchiveUnpacker.unpack(packed, key.source().getName(), target);
                Files.delete(packed);
            }
        } catch (IOException e) {
            throw new IOException("Resource " + key.source() + " cannot be unpacked: " + e.getMessage(), e);
        }
    }

    private static void copy(CacheKey key, FileStatus status, Path target, FileSystem sources) throws IOException {
        try (InputStream in = sources.open(key.source())) {
            long copied = Files.copy(in, target);
            if (copied != status.getLen()) {
                throw new IOException("Resource " + key.source() + " changed while it was read - expected: "
                        + status.getLen() + " bytes, was: " + copied);
            }
        }
    }

    /** Closes the copy to strangers and to changes, and adds up its size. */
    private static long protect(Path root, Visibility visibility) throws IOException {
        boolean everybody = visibility == Visibility.PUBLIC;
        List<Path> all;
        try (Stream<Path> tree = Files.walk(root)) {
            all = tree.toList();
        }
        long sizeBytes = 0;
        for (Path path : all) {
            if (Files.isSymbolicLink(path)) {
                continue;
            }
            if (Files.isDirectory(path)) {
                Files.setPosixFilePermissions(path, everybody ? PUBLIC_DIRECTORY : PRIVATE_DIRECTORY);
            } else {
                Files.setPosixFilePermissions(path, everybody ? PUBLIC_FILE : PRIVATE_FILE);
                sizeBytes += Files.size(path);
            }
        }
        return sizeBytes;
    }
}
