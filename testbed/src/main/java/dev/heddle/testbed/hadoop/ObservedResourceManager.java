package dev.heddle.testbed.hadoop;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hadoop.yarn.event.AsyncDispatcher;
import org.apache.hadoop.yarn.event.Dispatcher;
import org.apache.hadoop.yarn.event.Event;
import org.apache.hadoop.yarn.event.EventDispatcher;
import org.apache.hadoop.yarn.event.EventHandler;
import org.apache.hadoop.yarn.server.resourcemanager.ResourceManager;
import org.apache.hadoop.yarn.server.resourcemanager.amlauncher.AMLauncherEventType;
import org.apache.hadoop.yarn.server.resourcemanager.amlauncher.ApplicationMasterLauncher;
import org.apache.hadoop.yarn.server.resourcemanager.monitor.capacity.ProportionalCapacityPreemptionPolicy;
import org.apache.hadoop.yarn.server.resourcemanager.recovery.NullRMStateStore;
import org.apache.hadoop.yarn.server.resourcemanager.recovery.RMStateStoreEvent;
import org.apache.hadoop.yarn.server.resourcemanager.rmapp.attempt.RMAppAttempt;
import org.apache.hadoop.yarn.server.resourcemanager.scheduler.ResourceScheduler;
import org.apache.hadoop.yarn.server.resourcemanager.scheduler.capacity.CapacityScheduler;
import org.apache.hadoop.yarn.server.resourcemanager.scheduler.event.SchedulerEvent;
import org.jspecify.annotations.Nullable;

/**
 * Hadoop's resource manager as it is, but for three things: one can wait until it has done all that was begun, its
 * preemption runs when it is told to and at the time that it is told, and it has no web pages.
 */
final class ObservedResourceManager extends ResourceManager {
    private final Work work = new Work();
    private final AtomicLong preemptionTimeMs = new AtomicLong();
    private @Nullable ProportionalCapacityPreemptionPolicy preemption;

    /** Returns when no thread of the resource manager has anything left of what was asked before. */
    void drain(long limitMs) throws InterruptedException, TimeoutException {
        work.awaitDone(limitMs);
    }

    /** One round of the preemption monitor, that much later than the last one. */
    void preempt(long laterMs) {
        if (preemption == null) {
            preemption = new ProportionalCapacityPreemptionPolicy(
                    getRMContext(), (CapacityScheduler) getResourceScheduler(), preemptionTimeMs::get);
        }
        preemptionTimeMs.addAndGet(laterMs);
        preemption.editSchedule();
    }

    @Override
    protected void startWepApp() {
        // Nobody reads the pages, and a start of theirs costs more than all the rest.
    }

    @Override
    protected Dispatcher createDispatcher() {
        return new ObservedDispatcher();
    }

    @Override
    protected EventHandler<SchedulerEvent> createSchedulerEventDispatcher() {
        EventHandler<SchedulerEvent> toScheduler = event -> {
            try {
                scheduler.handle(event);
            } finally {
                work.ended();
            }
        };
        return new EventDispatcher<>(toScheduler, "SchedulerEventDispatcher") {
            @Override
            public void handle(SchedulerEvent event) {
                work.begun();
                super.handle(event);
            }
        };
    }

    @Override
    protected ApplicationMasterLauncher createAMLauncher() {
        return new ApplicationMasterLauncher(rmContext) {
            @Override
            protected Runnable createRunnableLauncher(RMAppAttempt attempt, AMLauncherEventType event) {
                Runnable call = super.createRunnableLauncher(attempt, event);
                work.begun();
                return () -> {
                    try {
                        call.run();
                    } finally {
                        work.ended();
                    }
                };
            }
        };
    }

    /** The store is made just before the scheduler, and nothing has asked for it by then. */
    @Override
    protected ResourceScheduler createScheduler() {
        ObservedStore store = new ObservedStore();
        store.init(rmContext.getYarnConfiguration());
        setRMStateStore(store);
        return super.createScheduler();
    }

    @SuppressWarnings("rawtypes")
    private final class ObservedDispatcher extends AsyncDispatcher {
        private final EventHandler<Event> counting = event -> {
            work.begun();
            super.getEventHandler().handle(event);
        };

        ObservedDispatcher() {
            super("RM Event dispatcher");
        }

        @Override
        public EventHandler<Event> getEventHandler() {
            return counting;
        }

        @Override
        protected void dispatch(Event event) {
            try {
                super.dispatch(event);
            } finally {
                work.ended();
            }
        }
    }

    /** Keeps nothing; as with every store of Hadoop's, most of that is done on a thread of its own. */
    private final class ObservedStore extends NullRMStateStore {
        private final Set<Event<?>> handedOver = ConcurrentHashMap.newKeySet();

        @Override
        @SuppressWarnings({"rawtypes", "unchecked"})
        protected EventHandler getRMStateStoreEventHandler() {
            EventHandler handler = super.getRMStateStoreEventHandler();
            return (EventHandler<Event<?>>) event -> {
                work.begun();
                handedOver.add(event);
                handler.handle(event);
            };
        }

        @Override
        protected void handleStoreEvent(RMStateStoreEvent event) {
            try {
                super.handleStoreEvent(event);
            } finally {
                if (handedOver.remove(event)) {
                    work.ended();
                }
            }
        }
    }
}
