package dev.heddle.nm.services;

import dev.heddle.nm.directories.NodeDirectories;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.util.DiskChecker.DiskErrorException;
import org.apache.hadoop.yarn.server.api.AuxiliaryLocalPathHandler;

/** Where services find the files of applications below the local directories. Safe for all threads; looks at disks. */
final class LocalPaths implements AuxiliaryLocalPathHandler {
    private static final long ANY_SIZE = 0;

    private final NodeDirectories directories;

    LocalPaths(NodeDirectories directories) {
        this.directories = directories;
    }

    @Override
    public org.apache.hadoop.fs.Path getLocalPathForRead(String path) throws IOException {
        List<org.apache.hadoop.fs.Path> found = getAllLocalPathsForRead(path);
        if (found.isEmpty()) {
            throw new DiskErrorException("Could not find " + path + " in any of the directories");
        }
        return found.get(0);
    }

    @Override
    public org.apache.hadoop.fs.Path getLocalPathForWrite(String path) throws IOException {
        return getLocalPathForWrite(path, ANY_SIZE);
    }

    @Override
    public org.apache.hadoop.fs.Path getLocalPathForWrite(String path, long size) throws IOException {
        int roots = directories.localRoots().size();
        for (int attempt = 0; attempt < roots; attempt++) {
            Path root = directories.nextLocalRoot();
            if (Files.getFileStore(root).getUsableSpace() >= size) {
                Path file = below(root, path);
                Path parent = file.getParent();
                if (parent != null) {
                    NodeDirectories.makePrivate(parent);
                }
                return hadoop(file);
            }
        }
        throw new DiskErrorException(
                "Could not find any valid local directory for " + path + " with " + size + " bytes");
    }

    @Override
    public List<org.apache.hadoop.fs.Path> getAllLocalPathsForRead(String path) throws IOException {
        List<org.apache.hadoop.fs.Path> found = new ArrayList<>();
        for (Path root : directories.localRoots()) {
            Path file = below(root, path);
            if (Files.exists(file)) {
                found.add(hadoop(file));
            }
        }
        return found;
    }

    private static Path below(Path root, String path) throws IOException {
        Path file =
                root.resolve(path.startsWith("/") ? path.substring(1) : path).normalize();
        if (!file.startsWith(root)) {
            throw new IOException("'" + path + "' leaves the local directories");
        }
        return file;
    }

    private static org.apache.hadoop.fs.Path hadoop(Path file) {
        return new org.apache.hadoop.fs.Path(file.toString());
    }
}
