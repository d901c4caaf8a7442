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
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who gets the files of a container: the user that it runs as, and the group that lets the node manager's services read
 * them. Giving files away takes root. Blocks.
 *
 * <p>What lies above a user's files stays root's, so that the user cannot put a link in the place of a directory that
 * root writes to: others pass such a directory and cannot list it.
 *
 * @param become what goes before a command of root's to have it run as the user
 */
public record FileOwner(UserPrincipal user, GroupPrincipal group, List<String> become) {
    private static final Set<PosixFilePermission> TO_PASS = PosixFilePermissions.fromString("rwx--x--x");

    /** As YARN has it: what is made in the directory belongs to the group as well. */
    private static final int SHARED_WITH_GROUP = 02750;

    /** Gives each directory that it names to the owner, then becomes the command behind. */
    private static final String GIVE = "owner=$1; shift; while [ \"$1\" != -- ]; do"
            + " chown -h \"$owner\" \"$1\" || exit 27; shift; done; shift; exec \"$@\"";

    public FileOwner {
        become = List.copyOf(become);
    }

    /** Who gets the files of a user's containers. */
    public interface Choice {
        /**
         * The owner, or null where they stay this daemon's own.
         *
         * @throws IOException if nobody can be found
         */
        @Nullable
        FileOwner of(String user) throws IOException;
    }

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
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
                    throws IOException {
                if (failure != null) {
                    throw failure;
                }
                give(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** Gives a directory away in which the user makes files that the group may read. */
    public void giveShared(Path directory) throws IOException {
        give(directory);
        share(directory);
    }

    /** Has what is made in a directory belong to the directory's group. */
    public static void share(Path directory) throws IOException {
        Files.setAttribute(directory, "unix:mode", SHARED_WITH_GROUP, LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Lets everybody pass the directories above a path.
     *
     * @param levels how many
     */
    public static void letPass(Path path, int levels) throws IOException {
        Path above = path.getParent();
        for (int level = 0; level < levels && above != null; level++) {
            Files.setPosixFilePermissions(above, TO_PASS);
            above = above.getParent();
        }
    }

    /**
     * What goes before a command of root's, to have directories given away at the last moment: files in them that root
     * has to open before are open by then.
     */
    public List<String> giving(List<Path> directories) {
        List<String> prefix =
                new ArrayList<>(List.of("/bin/sh", "-c", GIVE, "give", user.getName() + ":" + group.getName()));
        directories.forEach(directory -> prefix.add(directory.toString()));
        prefix.add("--");
        return prefix;
    }
}
