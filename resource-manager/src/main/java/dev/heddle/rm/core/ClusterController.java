package dev.heddle.rm.core;

import dev.heddle.rm.command.Allocation;
import dev.heddle.rm.command.Command;
import dev.heddle.rm.command.CommandHandler;
import dev.heddle.rm.command.Done;
import dev.heddle.rm.command.Killed;
import dev.heddle.rm.command.MasterRegistered;
import dev.heddle.rm.command.NewApplication;
import dev.heddle.rm.command.NodeInstructions;
import dev.heddle.rm.command.NodeRegistered;
import dev.heddle.rm.event.Event;
import dev.heddle.rm.state.ClusterState;
import java.util.List;

/**
 * Decides on commands, one at a time, for the thread that owns it. Deterministic: the same commands at the same times give
 * the same events and replies.
 */
public final class ClusterController {
    /** What a command came to: its reply, and everything that it made happen. */
    public record Outcome<R>(R reply, List<Event> events) {}

    private final Ledger ledger;
    private final ContainerControl containers;
    private final Handler handler;

    public ClusterController(ClusterState state, CorePolicy policy) {
        this.ledger = new Ledger(state);
        this.containers = new ContainerControl(ledger, policy);
        ApplicationControl applications = new ApplicationControl(ledger, containers, policy);
        NodeControl nodes = new NodeControl(ledger, containers, applications, policy);
        this.handler = new Handler(applications, nodes, containers);
    }

    /**
     * Decides on one command and makes its events true.
     *
     * @param nowMs when it arrived, in ms since 1970
     * @throws dev.heddle.rm.command.Refusal if it is refused; nothing has changed then
     */
    public <R> Outcome<R> handle(Command<R> command, long nowMs) {
        ledger.begin(nowMs);
        containers.beginPass();
        R reply = command.on(handler);
        return new Outcome<>(reply, ledger.take());
    }

    /** Whether a pass was cut short since the last call, so that {@link Command.ContinuePlacement} is due. */
    public boolean takeBacklog() {
        return containers.takeBacklog();
    }

    /** Which part of the core answers which command. */
    private record Handler(ApplicationControl applications, NodeControl nodes, ContainerControl containers)
            implements CommandHandler {
        @Override
        public NewApplication takeApplicationId(Command.TakeApplicationId command) {
            return applications.takeId();
        }

        @Override
        public Done submitApplication(Command.SubmitApplication command) {
            return applications.submit(command);
        }

        @Override
        public Killed killApplication(Command.KillApplication command) {
            return applications.kill(command);
        }

        @Override
        public MasterRegistered registerMaster(Command.RegisterMaster command) {
            return applications.register(command);
        }

        @Override
        public Allocation allocate(Command.Allocate command) {
            return applications.allocate(command);
        }

        @Override
        public Done finishMaster(Command.FinishMaster command) {
            return applications.finish(command);
        }

        @Override
        public Done masterLaunched(Command.MasterLaunched command) {
            return applications.launched(command.attempt());
        }

        @Override
        public Done masterLaunchFailed(Command.MasterLaunchFailed command) {
            return applications.launchFailed(command.attempt(), command.reason());
        }

        @Override
        public NodeRegistered registerNode(Command.RegisterNode command) {
            return nodes.register(command);
        }

        @Override
        public NodeInstructions nodeHeartbeat(Command.NodeHeartbeat command) {
            return nodes.heartbeat(command);
        }

        @Override
        public Done unregisterNode(Command.UnregisterNode command) {
            return nodes.unregister(command.node());
        }

        @Override
        public Done expire(Command.Expire command) {
            nodes.expireNodes();
            applications.expireMasters();
            containers.placeWaiting();
            return Done.DONE;
        }

        @Override
        public Done continuePlacement(Command.ContinuePlacement command) {
            containers.placeWaiting();
            return Done.DONE;
        }
    }
}
