package dev.heddle.rm.command;

/** One method for each kind of command, so that a new kind cannot be left without an answer. */
public interface CommandHandler {
    NewApplication takeApplicationId(Command.TakeApplicationId command);

    Done submitApplication(Command.SubmitApplication command);

    Killed killApplication(Command.KillApplication command);

    MasterRegistered registerMaster(Command.RegisterMaster command);

    Allocation allocate(Command.Allocate command);

    Done finishMaster(Command.FinishMaster command);

    Done masterLaunched(Command.MasterLaunched command);

    Done masterLaunchFailed(Command.MasterLaunchFailed command);

    NodeRegistered registerNode(Command.RegisterNode command);

    NodeInstructions nodeHeartbeat(Command.NodeHeartbeat command);

    Done unregisterNode(Command.UnregisterNode command);

    Done expire(Command.Expire command);

    Done continuePlacement(Command.ContinuePlacement command);
}
