package dev.heddle.rm.wire;

import dev.heddle.common.resources.Resource;
import dev.heddle.common.resources.ResourceKinds;
import dev.heddle.rm.command.ApplicationCommand;
import dev.heddle.rm.model.ApplicationAcls;
import dev.heddle.rm.model.ApplicationSpec;
import dev.heddle.rm.model.Ask;
import dev.heddle.rm.model.LaunchContext;
import dev.heddle.rm.model.Retries;
import dev.heddle.rm.queues.CurrentQueues;
import dev.heddle.rm.scheduler.queue.mapping.Applicant;
import dev.heddle.rm.scheduler.queue.mapping.Destination;
import dev.heddle.rm.security.Access;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.InvalidResourceRequestException;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.proto.YarnProtos.ApplicationACLMapProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ApplicationSubmissionContextProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ApplicationTimeoutMapProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ContainerLaunchContextProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ResourceRequestProto;
import org.jspecify.annotations.Nullable;

/**
 * Submission contexts, with YARN's defaults for what they leave out, and its refusals of what is malformed. What depends
 * on the cluster's state is the core's to judge.
 */
public final class Submissions {
    private static final int LONGEST_TYPE = 20;

    /** What begins a tag that names a user. */
    private static final String USER_TAG = "userid=";

    private static final long MS_PER_SECOND = 1_000;
    /** Beyond it, times could overflow; 292,000 years. */
    private static final long LONGEST_LIFETIME_SECONDS = Long.MAX_VALUE / MS_PER_SECOND / 1_000;

    private final int defaultMaxAttempts;
    private final Limits limits;
    private final CurrentQueues queues;
    private final Set<String> spokesmen;
    private final ResourceKinds kinds;

    /**
     * How much a context may hold.
     *
     * @param tags their number
     * @param tagLength in characters
     * @param tokensConfBytes the length of the configuration for the renewal of tokens
     */
    public record Limits(int tags, int tagLength, int tokensConfBytes) {}

    /**
     * The defaults.
     *
     * @param defaultMaxAttempts for contexts that name none
     * @param spokesmen the users whose applications may say by a tag for whom they are, so that they are placed as that
     *     person's would be
     * @param kinds that are declared
     */
    public Submissions(
            int defaultMaxAttempts, Limits limits, CurrentQueues queues, Set<String> spokesmen, ResourceKinds kinds) {
        this.spokesmen = Set.copyOf(spokesmen);
        this.defaultMaxAttempts = defaultMaxAttempts;
        this.limits = limits;
        this.queues = queues;
        this.kinds = kinds;
    }

    /**
     * The command that a submission comes to.
     *
     * @throws YarnException if the context is malformed, misses what no default can stand for, or is refused by the rules
     *     that choose queues
     */
    ApplicationCommand.SubmitApplication decode(Access.Person person, ApplicationSubmissionContextProto context)
            throws YarnException {
        if (!context.hasApplicationId()) {
            throw new YarnException("ApplicationId is not provided in ApplicationSubmissionContext");
        }
        if (!context.getUnmanagedAm() && context.getAmContainerSpec().getCommandCount() == 0) {
            throw new YarnException("The submission has no command that starts the application master");
        }
        int tokensConfBytes = context.getAmContainerSpec().getTokensConf().size();
        if (tokensConfBytes > limits.tokensConfBytes()) {
            throw new YarnException("Exceed " + YarnConfiguration.RM_DELEGATION_TOKEN_MAX_CONF_SIZE + " = "
                    + limits.tokensConfBytes() + " bytes, current conf size = " + tokensConfBytes + " bytes.");
        }
        ApplicationSpec spec = new ApplicationSpec(
                context.getApplicationName(),
                type(context),
                person.user(),
                queue(person, context),
                context.hasPriority() ? context.getPriority().getPriority() : ApplicationSpec.NO_PRIORITY,
                tags(context),
                retries(context),
                context.getUnmanagedAm() ? Resource.NONE : master(context),
                labels(context),
                context.getUnmanagedAm(),
                lifetimeMs(context),
                acls(context.getAmContainerSpec()),
                new LaunchContext(context.getAmContainerSpec().toByteArray()));
        return new ApplicationCommand.SubmitApplication(WireValues.applicationId(context.getApplicationId()), spec);
    }

    /** Whether {@link #decode} may have to wait: it looks up groups of users. */
    boolean mayWait() {
        return !spokesmen.isEmpty();
    }

    /** The queue that the rules choose, or else the one that is asked for. */
    private String queue(Access.Person person, ApplicationSubmissionContextProto context) throws YarnException {
        String asked = context.getQueue();
        Destination destination = destination(person, context);
        if (destination instanceof Destination.Queue chosen) {
            return chosen.path();
        }
        if (destination instanceof Destination.Rejected rejected) {
            throw new YarnException(rejected.reason());
        }
        if (asked.isEmpty()) {
            throw new YarnException(
                    "Failed to place application " + WireValues.applicationId(context.getApplicationId())
                            + " in a queue and submit context queue is null or empty");
        }
        return asked;
    }

    private Destination destination(Access.Person person, ApplicationSubmissionContextProto context)
            throws YarnException {
        String name = context.getApplicationName();
        String asked = context.getQueue();
        String other = spokesmen.contains(person.user()) ? namedUser(context) : null;
        if (other != null) {
            List<String> groups = queues.rules().needGroups()
                    ? List.of(UserGroupInformation.createRemoteUser(other).getGroupNames())
                    : List.of();
            Destination destination = queues.rules().destination(new Applicant(other, groups, name, asked));
            if (destination instanceof Destination.Rejected rejected) {
                throw new YarnException(rejected.reason());
            }
            if (destination instanceof Destination.Queue chosen && person.submits(chosen.path())) {
                return destination;
            }
        }
        return queues.rules().destination(new Applicant(person.user(), person.groups(), name, asked));
    }

    /** Whom a tag names, or null; as in YARN a tag in which nobody, or more, follows is none. */
    private static @Nullable String namedUser(ApplicationSubmissionContextProto context) {
        for (String tag : context.getApplicationTagsList()) {
            String name = tag.startsWith(USER_TAG) ? tag.substring(USER_TAG.length()) : "";
            if (!name.isEmpty() && name.indexOf('=') < 0) {
                return name;
            }
        }
        return null;
    }

    private static String type(ApplicationSubmissionContextProto context) {
        String type = context.getApplicationType();
        return type.length() <= LONGEST_TYPE ? type : type.substring(0, LONGEST_TYPE);
    }

    /** The exceptions are wrapped as YARN wraps them, so that clients see the same class in the message. */
    private Set<String> tags(ApplicationSubmissionContextProto context) throws YarnException {
        Set<String> tags = new HashSet<>(context.getApplicationTagsList());
        if (tags.size() > limits.tags()) {
            throw new YarnException(new IllegalArgumentException(
                    "Too many applicationTags, a maximum of only " + limits.tags() + " are allowed!"));
        }
        for (String tag : tags) {
            if (tag.length() > limits.tagLength()) {
                throw new YarnException(new IllegalArgumentException(
                        "Tag " + tag + " is too long, maximum allowed" + " length of a tag is " + limits.tagLength()));
            }
            if (!tag.chars().allMatch(character -> character >= ' ' && character <= '~')) {
                throw new YarnException(
                        new IllegalArgumentException("A tag can only have ASCII characters! Invalid tag - " + tag));
            }
        }
        return tags;
    }

    private Retries retries(ApplicationSubmissionContextProto context) {
        return new Retries(
                context.getMaxAppAttempts() > 0 ? context.getMaxAppAttempts() : defaultMaxAttempts,
                context.getAttemptFailuresValidityInterval(),
                context.getKeepContainersAcrossApplicationAttempts());
    }

    private static long lifetimeMs(ApplicationSubmissionContextProto context) throws YarnException {
        long seconds = 0;
        for (ApplicationTimeoutMapProto timeout : context.getApplicationTimeoutsList()) {
            seconds = timeout.getTimeout();
            if (seconds <= 0) {
                throw new YarnException("Invalid application timeout, value=" + seconds + " for type=LIFETIME");
            }
        }
        return Math.min(seconds, LONGEST_LIFETIME_SECONDS) * MS_PER_SECOND;
    }

    private static ApplicationAcls acls(ContainerLaunchContextProto launch) {
        String view = ApplicationAcls.NOBODY.view();
        String modify = ApplicationAcls.NOBODY.modify();
        for (ApplicationACLMapProto acl : launch.getApplicationACLsList()) {
            switch (acl.getAccessType()) {
                case APPACCESS_VIEW_APP -> view = acl.getAcl();
                case APPACCESS_MODIFY_APP -> modify = acl.getAcl();
            }
        }
        return new ApplicationAcls(view, modify);
    }

    private static ApplicationSpec.Labels labels(ApplicationSubmissionContextProto context) {
        String master = "";
        for (ResourceRequestProto request : context.getAmContainerResourceRequestList()) {
            if (request.getResourceName().equals(Ask.ANYWHERE)) {
                master = request.getNodeLabelExpression().trim();
            }
        }
        return new ApplicationSpec.Labels(context.getNodeLabelExpression().trim(), master);
    }

    /** Newer clients say the size in a list of resource requests; older ones in a field of its own. */
    private Resource master(ApplicationSubmissionContextProto context) throws YarnException {
        List<ResourceRequestProto> requests = context.getAmContainerResourceRequestList();
        if (requests.isEmpty()) {
            if (!context.hasResource()) {
                throw new InvalidResourceRequestException("Invalid resource request, no resources requested");
            }
            return WireValues.resource(context.getResource(), kinds);
        }
        ResourceRequestProto anywhere = null;
        for (ResourceRequestProto request : requests) {
            if (request.getResourceName().equals(Ask.ANYWHERE)) {
                if (anywhere != null) {
                    throw new InvalidResourceRequestException(
                            "Invalid resource request, only one resource request with " + Ask.ANYWHERE + " is allowed");
                }
                anywhere = request;
            }
        }
        if (anywhere == null) {
            throw new InvalidResourceRequestException(
                    "Invalid resource request, no resource request specified with " + Ask.ANYWHERE);
        }
        return WireValues.resource(anywhere.getCapability(), kinds);
    }
}
