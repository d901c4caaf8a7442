package dev.heddle.rm.lead;

import java.util.concurrent.atomic.AtomicReference;
import org.apache.hadoop.ipc.StandbyException;
import org.jspecify.annotations.Nullable;

/** Whether this RM leads now, and with what. Asked by every call from the wire, on any thread. */
public final class Leadership {
    private final String name;
    private final AtomicReference<@Nullable LeadingCluster> cluster = new AtomicReference<>();

    /** Nobody leads at first. */
    public Leadership(String name) {
        this.name = name;
    }

    /**
     * The cluster that this RM leads.
     *
     * @throws StandbyException if it does not lead: stock clients then try the next RM
     */
    public LeadingCluster require() throws StandbyException {
        LeadingCluster leading = cluster.get();
        if (leading == null) {
            throw new StandbyException("ResourceManager " + name + " is in standby state: another one leads");
        }
        return leading;
    }

    /** The cluster that this RM leads, or null. */
    public @Nullable LeadingCluster current() {
        return cluster.get();
    }

    /** Begins or ends a term. Returns what ended, for the caller to close. */
    public @Nullable LeadingCluster replace(@Nullable LeadingCluster next) {
        return cluster.getAndSet(next);
    }
}
