package dev.heddle.nm.directories;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.UserPrincipal;

/**
 * Who gets the files of a container: the user that it runs as, and the group that lets the node manager's services read
 * them. Giving files away takes root. Blocks.
 */
public record FileOwner(UserPrincipal user, GroupPrincipal group) {
    /** Gives one file or directory away; a link itself, not what it points to. */
    public void give(Path path) throws IOException {
        PosixFileAttributeView view =
                Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        // The group first: root may, whoever owns it.
        view.setGroup(group);
        view.setOwner(user);
    }

    /** Gives a tree away, the top last, so that its new owner cannot change what is still being walked. */
    public void giveTree(Path root) throws IOException {
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                give(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(
                    Path directory, @org.jspecify.annotations.Nullable IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                give(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
