package dev.heddle.nm.logs;

import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log files of containers in the log directories of this node. Containers own those directories and may put links
 * there while they are read: every step down from a log directory is taken without following one, so that nothing outside
 * is ever opened. Only plain files at the top of a container's log directory count, as in YARN. Blocks; safe for all
 * threads.
 */
public final class ContainerLogFiles {
    private static final Logger log = LoggerFactory.getLogger(ContainerLogFiles.class);

    /** Of one container on one disk. Whoever has more has a program gone wild, of which these will tell enough. */
    static final int MAX_FILES = 10_000;

    /** Of one application on one disk. */
    static final int MAX_CONTAINERS = 100_000;

    private final List<Path> roots;

    /** @param roots the log directories, one for each disk */
    public ContainerLogFiles(List<Path> roots) {
        this.roots = List.copyOf(roots);
    }

    /**
     * A file that is being read.
     *
     * @param file as it was when it was opened
     */
    public record Opened(LogFile file, SeekableByteChannel channel) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    /** What is done with a container's log directory on one disk. */
    private interface Visit<T> {
        @Nullable
        T at(Path path, SecureDirectoryStream<Path> directory) throws IOException;
    }

    /** Where a container's logs lie, one directory for each disk, whether there or not. */
    public List<Path> directories(ContainerId container) {
        return applicationDirectories(application(container)).stream()
                .map(directory -> directory.resolve(container.toString()))
                .toList();
    }

    /** Where an application's logs lie, one directory for each disk, whether there or not. */
    public List<Path> applicationDirectories(ApplicationId application) {
        return roots.stream().map(root -> root.resolve(application.toString())).toList();
    }

    /** The containers of an application that have a log directory. */
    Set<ContainerId> containers(ApplicationId application) throws IOException {
        Set<ContainerId> containers = new TreeSet<>();
        for (Path root : roots) {
            visit(root, List.of(application.toString()), (path, directory) -> {
                for (Path entry : directory) {
                    ContainerId container = container(application, String.valueOf(entry.getFileName()));
                    if (container != null && containers.size() < MAX_CONTAINERS) {
                        containers.add(container);
                    }
                }
                return null;
            });
        }
        return containers;
    }

    private static @Nullable ContainerId container(ApplicationId application, String name) {
        try {
            ContainerId container = ContainerId.fromString(name);
            return application(container).equals(application)
                            && container.toString().equals(name)
                    ? container
                    : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static ApplicationId application(ContainerId container) {
        return container.getApplicationAttemptId().getApplicationId();
    }

    /** The log files of a container in the order of their names, none where it has no directory. */
    public List<LogFile> list(ContainerId container) throws IOException {
        List<LogFile> files = new ArrayList<>();
        for (Path root : roots) {
            visit(root, names(container), (path, directory) -> {
                int left = MAX_FILES;
                for (Path entry : directory) {
                    LogFile file = file(path, directory, String.valueOf(entry.getFileName()));
                    if (file != null && left-- > 0) {
                        files.add(file);
                    }
                }
                if (left < 0) {
                    log.warn("{} has more than {} log files: the rest is left alone", path, MAX_FILES);
                }
                return null;
            });
        }
        files.sort(Comparator.comparing(LogFile::name));
        return files;
    }

    /**
     * Opens a log file. A link is followed where it leads to another file in the same directory, and nowhere else.
     *
     * @return null where the container has no such file
     */
    public @Nullable Opened open(ContainerId container, String name) throws IOException {
        if (!isName(name)) {
            return null;
        }
        for (Path root : roots) {
            Opened opened = visit(root, names(container), (path, directory) -> {
                Opened direct = open(path, directory, name);
                if (direct != null) {
                    return direct;
                }
                String target = neighbour(path, name);
                return target == null ? null : open(path, directory, target);
            });
            if (opened != null) {
                return opened;
            }
        }
        return null;
    }

    /** Opens a file that was listed before, or answers null where it is no longer the same. */
    @Nullable
    Opened open(ContainerId container, LogFile listed) throws IOException {
        for (Path root : roots) {
            Opened opened = visit(
                    root,
                    names(container),
                    (path, directory) -> path.equals(listed.directory()) ? open(path, directory, listed.name()) : null);
            if (opened != null) {
                if (opened.file().identity().equals(listed.identity())) {
                    return opened;
                }
                opened.close();
            }
        }
        return null;
    }

    private static boolean isName(String name) {
        return !name.isEmpty()
                && !name.equals(".")
                && !name.equals("..")
                && name.indexOf('/') < 0
                && name.indexOf('\0') < 0;
    }

    /** The name that a link in a directory stands for, where that is in the directory too. */
    private static @Nullable String neighbour(Path directory, String name) {
        try {
            Path target = Files.readSymbolicLink(directory.resolve(name));
            Path full = directory.resolve(target);
            Path last = target.getFileName();
            return directory.equals(full.getParent()) && last != null && isName(last.toString())
                    ? last.toString()
                    : null;
        } catch (IOException | UnsupportedOperationException e) {
            return null;
        }
    }

    private static @Nullable Opened open(Path path, SecureDirectoryStream<Path> directory, String name)
            throws IOException {
        // Before it is opened: to open a pipe waits for whoever writes to it.
        LogFile file = file(path, directory, name);
        if (file == null) {
            return null;
        }
        try {
            return new Opened(
                    file,
                    directory.newByteChannel(
                            Path.of(name), Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)));
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    private static @Nullable LogFile file(Path path, SecureDirectoryStream<Path> directory, String name)
            throws IOException {
        try {
            BasicFileAttributes attributes = directory
                    .getFileAttributeView(Path.of(name), BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                    .readAttributes();
            return attributes.isRegularFile()
                    ? new LogFile(
                            path,
                            name,
                            attributes.size(),
                            attributes.lastModifiedTime().toMillis(),
                            String.valueOf(attributes.fileKey()))
                    : null;
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    private static List<String> names(ContainerId container) {
        return List.of(application(container).toString(), container.toString());
    }

    private static <T> @Nullable T visit(Path root, List<String> names, Visit<T> visit) throws IOException {
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(root)) {
            if (!(stream instanceof SecureDirectoryStream<Path> directory)) {
                throw new IOException("the file system of " + root + " cannot be read safely where others write to it");
            }
            return down(root, directory, names, visit);
        } catch (NoSuchFileException | NotDirectoryException e) {
            return null;
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    private static <T> @Nullable T down(
            Path path, SecureDirectoryStream<Path> directory, List<String> names, Visit<T> visit) throws IOException {
        if (names.isEmpty()) {
            return visit.at(path, directory);
        }
        Path next = Path.of(names.get(0));
        try (SecureDirectoryStream<Path> below = directory.newDirectoryStream(next, LinkOption.NOFOLLOW_LINKS)) {
            return down(path.resolve(next), below, names.subList(1, names.size()), visit);
        }
    }
}
