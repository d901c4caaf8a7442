package dev.heddle.rm.wire;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.command.ApplicationCommand;
import dev.heddle.rm.model.ApplicationSpec;
import dev.heddle.rm.model.LaunchContext;
import java.util.HashSet;
import java.util.List;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.proto.YarnProtos.ApplicationSubmissionContextProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ResourceRequestProto;

/** Submission contexts, with YARN's defaults for what they leave out. */
public final class Submissions {
    private static final int LONGEST_TYPE = 20;

    private final int defaultMaxAttempts;
    private final Resource defaultMaster;

    /**
     * The defaults.
     *
     * @param defaultMaxAttempts for contexts that name none
     * @param defaultMaster the size of masters for which none is named
     */
    public Submissions(int defaultMaxAttempts, Resource defaultMaster) {
        this.defaultMaxAttempts = defaultMaxAttempts;
        this.defaultMaster = defaultMaster;
    }

    /**
     * The command that a submission comes to.
     *
     * @throws YarnException if the context misses what no default can stand for
     */
    ApplicationCommand.SubmitApplication decode(String user, ApplicationSubmissionContextProto context)
            throws YarnException {
        if (!context.hasApplicationId()) {
            throw new YarnException("ApplicationId is not provided in ApplicationSubmissionContext");
        }
        if (!context.getUnmanagedAm() && context.getAmContainerSpec().getCommandCount() == 0) {
            throw new YarnException("The submission has no command that starts the application master");
        }
        ApplicationSpec spec = new ApplicationSpec(
                context.getApplicationName(),
                type(context),
                user,
                context.getQueue(),
                context.getPriority().getPriority(),
                new HashSet<>(context.getApplicationTagsList()),
                context.getMaxAppAttempts() > 0 ? context.getMaxAppAttempts() : defaultMaxAttempts,
                master(context),
                context.getUnmanagedAm(),
                context.getKeepContainersAcrossApplicationAttempts(),
                new LaunchContext(context.getAmContainerSpec().toByteArray()));
        return new ApplicationCommand.SubmitApplication(WireValues.applicationId(context.getApplicationId()), spec);
    }

    private static String type(ApplicationSubmissionContextProto context) {
        String type = context.getApplicationType();
        return type.length() <= LONGEST_TYPE ? type : type.substring(0, LONGEST_TYPE);
    }

    /** Newer clients say the size in a list of resource requests; older ones in a field of its own. */
    private Resource master(ApplicationSubmissionContextProto context) throws YarnException {
        List<ResourceRequestProto> requests = context.getAmContainerResourceRequestList();
        for (ResourceRequestProto request : requests) {
            if (request.hasCapability()) {
                return WireValues.resource(request.getCapability());
            }
        }
        return context.hasResource() ? WireValues.resource(context.getResource()) : defaultMaster;
    }
}
