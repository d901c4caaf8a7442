package dev.heddle.rm.core;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.event.ContainerEvent;
import dev.heddle.rm.event.NodeEvent;
import dev.heddle.rm.model.ContainerState;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.state.ClusterState;
import dev.heddle.rm.state.Container;
import dev.heddle.rm.state.Node;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Nodes whose containers hold more than an operator has left them: masters are told which ones may go; once the time is up
 * that was set for that, containers go until the rest fits, as in YARN's {@code AbstractYarnScheduler}: the youngest first,
 * masters last.
 */
final class Overcommit {
    private static final Comparator<Container> FIRST_TO_GO = Comparator.comparing(Container::isMaster)
            .thenComparing(Comparator.comparingLong(Container::grantedAtMs).reversed())
            .thenComparing(Comparator.comparingLong(
                            (Container container) -> container.id().number())
                    .reversed());

    private final Ledger ledger;
    private final ClusterState state;
    private final Eviction eviction;

    Overcommit(Ledger ledger, Eviction eviction) {
        this.ledger = ledger;
        this.state = ledger.state();
        this.eviction = eviction;
    }

    /** A node that has just become smaller may be too full for so long; where it is 0, for no time. */
    void limit(NodeId id, int graceMs) {
        ledger.emit(new NodeEvent.OvercommitLimited(id, ledger.nowMs() + graceMs));
        Node node = state.node(id);
        if (node != null && graceMs > 0) {
            for (Container container : tooMany(node)) {
                ledger.emit(new ContainerEvent.LossAnnounced(container.id()));
            }
        }
        if (node != null) {
            enforce(node);
        }
    }

    /** Lets containers go where the time is up. */
    void enforce(Node node) {
        if (node.overcommittedUntilMs() == 0 || ledger.nowMs() < node.overcommittedUntilMs()) {
            return;
        }
        if (node.used().fitsIn(node.total())) {
            ledger.emit(new NodeEvent.OvercommitLimited(node.id(), 0));
            return;
        }
        tooMany(node).forEach(eviction::evict);
    }

    /** Those that have to go until the rest fits. */
    private static List<Container> tooMany(Node node) {
        List<Container> staying = new ArrayList<>();
        Resource held = Resource.NONE;
        for (Container container : node.containers()) {
            if (container.state() != ContainerState.STOPPING) {
                staying.add(container);
                held = held.plus(container.resource());
            }
        }
        staying.sort(FIRST_TO_GO);
        List<Container> going = new ArrayList<>();
        for (Container container : staying) {
            if (held.fitsIn(node.total())) {
                break;
            }
            held = held.minus(container.resource());
            going.add(container);
        }
        return going;
    }
}
