package dev.heddle.testbed.hadoop;

import org.apache.hadoop.service.AbstractService;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.event.Dispatcher;
import org.apache.hadoop.yarn.event.Event;
import org.apache.hadoop.yarn.event.EventHandler;
import org.apache.hadoop.yarn.server.resourcemanager.ResourceManager;

/**
 * Hadoop's resource manager with everything in it and nothing running: its scheduler does what it is called for, and what
 * that has to tell others is heard by nobody.
 */
final class StandingResourceManager extends ResourceManager {
    StandingResourceManager(YarnConfiguration configuration) {
        init(configuration);
        getRMContext().getContainerTokenSecretManager().rollMasterKey();
        getRMContext().getNMTokenSecretManager().rollMasterKey();
        getRMContext().getNodeLabelManager().start();
    }

    @Override
    protected Dispatcher createDispatcher() {
        return new DeafDispatcher();
    }

    @Override
    protected void startWepApp() {
        // It is never started.
    }

    @SuppressWarnings("rawtypes")
    private static final class DeafDispatcher extends AbstractService implements Dispatcher {
        private static final EventHandler<Event> NOBODY = event -> {};

        DeafDispatcher() {
            super("deaf dispatcher");
        }

        @Override
        public EventHandler<Event> getEventHandler() {
            return NOBODY;
        }

        @Override
        public void register(Class<? extends Enum> eventType, EventHandler handler) {
            // Whatever it handles does not come.
        }
    }
}
