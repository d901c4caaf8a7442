package dev.heddle.nm.isolation;

import dev.heddle.nm.directories.FileOwner;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.jspecify.annotations.Nullable;

/**
 * Another isolation, and containers run as users of the machine: the process gives its privileges up by {@code setpriv}
 * of util-linux when it has entered its place and before it becomes the container's command.
 */
final class OtherUserIsolation implements Isolation {
    private final Isolation inner;
    private final ContainerUsers users;

    OtherUserIsolation(Isolation inner, ContainerUsers users) {
        this.inner = inner;
        this.users = users;
    }

    @Override
    public String description() {
        return inner.description() + "; " + users.description();
    }

    @Override
    public List<String> prepare(ContainerId container, String user, Allocation allocation) throws IOException {
        List<String> drop = users.resolve(user).drop();
        List<String> prefix = new ArrayList<>(inner.prepare(container, user, allocation));
        prefix.addAll(drop);
        return prefix;
    }

    @Override
    public void update(ContainerId container, Allocation allocation) throws IOException {
        inner.update(container, allocation);
    }

    @Override
    public boolean enforcesMemory() {
        return inner.enforcesMemory();
    }

    @Override
    public Account account(ContainerId container) {
        return inner.account(container);
    }

    @Override
    public @Nullable List<Long> processes(ContainerId container) {
        return inner.processes(container);
    }

    @Override
    public boolean kill(ContainerId container, long leader) throws InterruptedException {
        return inner.kill(container, leader);
    }

    @Override
    public void remove(ContainerId container) throws InterruptedException {
        inner.remove(container);
    }

    @Override
    public FileOwner owner(String user) throws IOException {
        return users.owner(users.resolve(user));
    }
}
