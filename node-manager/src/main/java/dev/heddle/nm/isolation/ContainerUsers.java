package dev.heddle.nm.isolation;

import dev.heddle.nm.directories.FileOwner;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which user of the machine a container runs as, by the rules of YARN's Linux container executor. The machine is asked
 * each time, by {@code getent}, which knows users of directory services as well. Safe for all threads; blocks.
 */
final class ContainerUsers {
    private static final long COMMAND_LIMIT_S = 10;
    private static final int MAX_ANSWER_BYTES = 10_000;

    // Fields of passwd(5).
    private static final int NAME = 0;
    private static final int USER_ID = 2;
    private static final int GROUP_ID = 3;
    private static final int FIELDS = 7;

    private final Terms terms;

    /**
     * Who may run what.
     *
     * @param everybody the one user that all containers run as, or null where each runs as its application's
     * @param names of users that are let through
     * @param minUserId below which only {@code allowed} users run anything; root never does
     * @param group that may read the containers' files
     */
    record Terms(@Nullable String everybody, Pattern names, int minUserId, Set<String> allowed, String group) {}

    /** A user of the machine. */
    record LocalUser(String name, int userId, int groupId) {
        /** What goes before a command to have it run as this user, with this user's groups and no capability. */
        List<String> drop() {
            return List.of(
                    "setpriv", "--reuid=" + userId, "--regid=" + groupId, "--init-groups", "--inh-caps=-all", "--");
        }
    }

    ContainerUsers(Terms terms) {
        this.terms = terms;
    }

    String description() {
        String everybody = terms.everybody();
        return everybody == null ? "containers run as their application's user" : "containers run as " + everybody;
    }

    /**
     * Who a user's container runs as.
     *
     * @throws IOException if that is nobody, or one that must not run containers; the message says what to do
     */
    LocalUser resolve(String user) throws IOException {
        if (!terms.names().matcher(user).matches()) {
            throw new IOException("Invalid user name '" + user + "', it must match '"
                    + terms.names().pattern() + "' ("
                    + IsolationSettings.USER_PATTERN.key() + ")");
        }
        String everybody = terms.everybody();
        LocalUser local = lookUp(everybody == null ? user : everybody);
        if (local.userId() == 0
                || (local.userId() < terms.minUserId() && !terms.allowed().contains(local.name()))) {
            throw new IOException("user " + local.name() + " has the id " + local.userId()
                    + " and must not run containers: only users from " + terms.minUserId() + " ("
                    + IsolationSettings.MIN_USER_ID.key() + ") and those that "
                    + IsolationSettings.ALLOWED_SYSTEM_USERS.key() + " names may, and root never");
        }
        return local;
    }

    private static LocalUser lookUp(String name) throws IOException {
        String[] fields = run(List.of("getent", "passwd", "--", name)).split(":", -1);
        if (fields.length < FIELDS || !fields[NAME].equals(name)) {
            throw new IOException("this machine has no user " + name
                    + ", so that none of its containers can run here: create the user on every node");
        }
        return new LocalUser(name, Integer.parseInt(fields[USER_ID]), Integer.parseInt(fields[GROUP_ID]));
    }

    /** Who gets the files of such a user's containers. */
    FileOwner owner(LocalUser user) throws IOException {
        UserPrincipalLookupService machine = FileSystems.getDefault().getUserPrincipalLookupService();
        return new FileOwner(
                machine.lookupPrincipalByName(user.name()),
                machine.lookupPrincipalByGroupName(terms.group()),
                user.drop());
    }

    /**
     * Tries once what every container will do.
     *
     * @throws IOException saying what is missing
     */
    void tryOut(String user) throws IOException {
        LocalUser local = resolve(user);
        owner(local);
        List<String> command = new ArrayList<>(local.drop());
        command.addAll(List.of("id", "-u"));
        String answer = run(command);
        if (!answer.equals(Integer.toString(local.userId()))) {
            throw new IOException("setpriv cannot become user " + local.name() + ": "
                    + (answer.isEmpty() ? "is util-linux installed, and does the node manager run as root?" : answer));
        }
    }

    /** What a command writes; both its streams, cut where they are long. */
    private static String run(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (InputStream out = process.getInputStream()) {
            process.getOutputStream().close();
            String text = new String(out.readNBytes(MAX_ANSWER_BYTES), StandardCharsets.UTF_8).trim();
            if (!process.waitFor(COMMAND_LIMIT_S, TimeUnit.SECONDS)) {
                throw new IOException("'" + String.join(" ", command) + "' hangs");
            }
            return text;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while running '" + String.join(" ", command) + "'", e);
        } finally {
            process.destroyForcibly();
        }
    }
}
