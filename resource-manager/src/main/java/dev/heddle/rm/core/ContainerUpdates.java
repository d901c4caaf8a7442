package dev.heddle.rm.core;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.command.Allocation;
import dev.heddle.rm.event.AttemptEvent;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.ContainerState;
import dev.heddle.rm.model.UpdateWish;
import dev.heddle.rm.state.Attempt;
import dev.heddle.rm.state.Container;
import dev.heddle.rm.state.Queue;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Containers that grow and shrink, as YARN's {@code RMServerUtils.validateAndSplitUpdateResourceRequests} has it: what
 * cannot be is no exception, but an error in the reply. A smaller size holds at once and the node is told; a larger one
 * holds as soon as its node has the room, and the master tells the node, with the new token.
 */
final class ContainerUpdates {
    static final String INVALID_CONTAINER_ID = "INVALID_CONTAINER_ID";
    static final String INCORRECT_CONTAINER_VERSION = "INCORRECT_CONTAINER_VERSION_ERROR";
    static final String UPDATE_OUTSTANDING = "UPDATE_OUTSTANDING_ERROR";
    static final String RESOURCE_OUTSIDE_ALLOWED_RANGE = "RESOURCE_OUTSIDE_ALLOWED_RANGE";
    static final String OPPORTUNISTIC_CONTAINERS_DISABLED = "OPPORTUNISTIC_CONTAINERS_DISABLED";

    private final Ledger ledger;
    private final ContainerControl containers;
    private final ContainerSizes sizes;

    ContainerUpdates(Ledger ledger, ContainerControl containers, ContainerSizes sizes) {
        this.ledger = ledger;
        this.containers = containers;
        this.sizes = sizes;
    }

    /** Does what can be done of an attempt's wishes, and says what cannot. */
    List<Allocation.Refused> apply(Attempt attempt, List<UpdateWish> wishes) {
        if (wishes.isEmpty()) {
            return List.of();
        }
        List<Allocation.Refused> refused = new ArrayList<>();
        Set<ContainerId> updated = new HashSet<>();
        for (UpdateWish wish : wishes) {
            Container container = ownContainer(attempt, wish.container());
            String reason = container == null ? INVALID_CONTAINER_ID : update(attempt, container, wish, updated);
            if (reason != null) {
                refused.add(new Allocation.Refused(wish, reason, container == null ? -1 : container.version()));
            }
        }
        return refused;
    }

    private @Nullable Container ownContainer(Attempt attempt, ContainerId id) {
        Container container = ledger.state().container(id);
        return container != null && ledger.state().holder(container) == attempt ? container : null;
    }

    /** Returns why nothing comes of it, or null. */
    private @Nullable String update(Attempt attempt, Container container, UpdateWish wish, Set<ContainerId> updated) {
        if (wish.version() != container.version()) {
            return INCORRECT_CONTAINER_VERSION;
        }
        if (updated.contains(container.id())) {
            return UPDATE_OUTSTANDING;
        }
        return switch (wish.kind()) {
            case INCREASE, DECREASE -> {
                Queue queue = attempt.application().queue();
                if (!wish.target().fitsIn(sizes.maximumCapability(queue))
                        || container.state() == ContainerState.STOPPING) {
                    yield RESOURCE_OUTSIDE_ALLOWED_RANGE;
                }
                Resource target = sizes.fitted(wish.target(), queue);
                boolean possible = wish.kind() == UpdateWish.Kind.INCREASE
                        ? increase(attempt, container, target)
                        : decrease(attempt, container, target);
                if (!possible) {
                    yield RESOURCE_OUTSIDE_ALLOWED_RANGE;
                }
                updated.add(container.id());
                yield null;
            }
            // Every container is guaranteed its room already.
            case PROMOTE -> null;
            case DEMOTE -> OPPORTUNISTIC_CONTAINERS_DISABLED;
        };
    }

    /** The latest wish holds: one that waits for room gives way to it. */
    private boolean increase(Attempt attempt, Container container, Resource target) {
        Resource size = target.max(container.resource());
        if (containers.hasRoomToGrow(container, size)) {
            containers.resize(container, UpdateWish.Kind.INCREASE, size);
        } else {
            ledger.emit(new AttemptEvent.IncreaseAwaited(attempt.id(), container.id(), size));
        }
        return true;
    }

    private boolean decrease(Attempt attempt, Container container, Resource target) {
        if (!target.fitsIn(container.resource())) {
            return false;
        }
        if (attempt.awaitedIncreases().containsKey(container.id())) {
            ledger.emit(new AttemptEvent.IncreaseAwaited(attempt.id(), container.id(), null));
        }
        containers.resize(container, UpdateWish.Kind.DECREASE, target);
        return true;
    }
}
