package dev.heddle.rm.wire;

import dev.heddle.rm.security.Access;
import dev.heddle.rm.snapshot.ApplicationSnapshot;
import dev.heddle.rm.snapshot.ClusterSnapshots;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.hadoop.yarn.proto.YarnProtos.YarnApplicationStateProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetApplicationsRequestProto;

/** The filters of {@code getApplications}: what is not given does not filter. Types and tags ignore case, as in YARN. */
final class ApplicationFilter implements Predicate<ApplicationSnapshot> {
    private final GetApplicationsRequestProto request;
    private final Access.Person reader;
    private final Set<String> types;
    private final Set<String> tags;
    private final Set<YarnApplicationStateProto> states;
    private final Set<String> users;
    private final Set<String> queues;

    ApplicationFilter(GetApplicationsRequestProto request, ClusterSnapshots snapshots, Access.Person reader) {
        this.reader = reader;
        this.request = request;
        this.types = lowerCase(request.getApplicationTypesList());
        this.tags = lowerCase(request.getApplicationTagsList());
        this.states = Set.copyOf(request.getApplicationStatesList());
        this.users = Set.copyOf(request.getUsersList());
        this.queues = request.getQueuesList().stream()
                .map(name -> QueueReports.path(snapshots, name))
                .collect(Collectors.toSet());
    }

    private static Set<String> lowerCase(Collection<String> words) {
        return words.stream().map(word -> word.toLowerCase(Locale.ROOT)).collect(Collectors.toSet());
    }

    @Override
    public boolean test(ApplicationSnapshot application) {
        return in(types, application.spec().type().toLowerCase(Locale.ROOT))
                && in(states, Reports.state(application.state()))
                && in(users, application.spec().user())
                && (queues.isEmpty() || queues.stream().anyMatch(queue -> QueueReports.isIn(application, queue)))
                && (tags.isEmpty()
                        || lowerCase(application.spec().tags()).stream().anyMatch(tags::contains))
                && (!request.hasName() || application.spec().name().equals(request.getName()))
                && within(
                        application.times().submittedAtMs(),
                        request.hasStartBegin() ? request.getStartBegin() : Long.MIN_VALUE,
                        request.hasStartEnd() ? request.getStartEnd() : Long.MAX_VALUE)
                && within(
                        application.times().endedAtMs(),
                        request.hasFinishBegin() ? request.getFinishBegin() : Long.MIN_VALUE,
                        request.hasFinishEnd() ? request.getFinishEnd() : Long.MAX_VALUE)
                && inScope(application);
    }

    private boolean inScope(ApplicationSnapshot application) {
        return switch (request.getScope()) {
            case ALL -> !reader.seesOnlyViewable() || reader.mayView(application.spec());
            case VIEWABLE -> reader.mayView(application.spec());
            case OWN ->
                reader.user().equals(application.spec().user())
                        && (!reader.seesOnlyViewable() || reader.mayView(application.spec()));
        };
    }

    private static <T> boolean in(Set<T> wanted, T value) {
        return wanted.isEmpty() || wanted.contains(value);
    }

    private static boolean within(long timeMs, long beginMs, long endMs) {
        return timeMs >= beginMs && timeMs <= endMs;
    }
}
