package dev.heddle.app.master;

import dev.heddle.app.transport.ExecutorConnection;
import dev.heddle.app.transport.Message;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.yarn.api.records.Container;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The executors that have a container. Owned by the controller's thread; those that have ended are forgotten. */
final class ExecutorPool {
    private static final Logger log = LoggerFactory.getLogger(ExecutorPool.class);

    private final Map<String, Member> members = new LinkedHashMap<>();
    private final Map<ContainerId, Member> byContainer = new HashMap<>();
    private int granted;

    /** One executor. */
    static final class Member {
        final String executorId;
        final Container container;
        private ExecutorState state = ExecutorState.LIFECYCLE.initial();
        private long sinceMs;
        private @Nullable ExecutorConnection connection;

        private Member(String executorId, Container container, long nowMs) {
            this.executorId = executorId;
            this.container = container;
            this.sinceMs = nowMs;
        }

        ExecutorState state() {
            return state;
        }

        String node() {
            return container.getNodeId().getHost();
        }

        void connect(ExecutorConnection to) {
            connection = to;
        }

        /** Sends a message, where the executor is connected. */
        void tell(Message message) {
            if (connection != null) {
                connection.send(message);
            }
        }

        private void become(ExecutorState next, String reason, long nowMs) {
            log.info(
                    "executor {} in {} on {}: {} -> {}: {}",
                    executorId,
                    container.getId(),
                    container.getNodeId(),
                    state,
                    next,
                    reason);
            state = ExecutorState.LIFECYCLE.transition(state, next);
            sinceMs = nowMs;
        }
    }

    /** Executor ids are numbers from 1, each used once in an attempt. */
    Member add(Container container, long nowMs) {
        granted++;
        Member member = new Member(Integer.toString(granted), container, nowMs);
        members.put(member.executorId, member);
        byContainer.put(container.getId(), member);
        return member;
    }

    @Nullable
    Member find(String executorId) {
        return members.get(executorId);
    }

    @Nullable
    Member find(ContainerId container) {
        return byContainer.get(container);
    }

    void transition(Member member, ExecutorState next, String reason, long nowMs) {
        member.become(next, reason, nowMs);
        if (next == ExecutorState.ENDED) {
            members.remove(member.executorId);
            byContainer.remove(member.container.getId());
        }
    }

    Collection<Member> members() {
        return members.values();
    }

    /** Those that have been in a state for a time or longer. */
    List<Member> overdue(ExecutorState state, long forMs, long nowMs) {
        List<Member> overdue = new ArrayList<>();
        for (Member member : members.values()) {
            if (member.state == state && nowMs - member.sinceMs >= forMs) {
                overdue.add(member);
            }
        }
        return overdue;
    }

    int count(ExecutorState state) {
        int count = 0;
        for (Member member : members.values()) {
            if (member.state == state) {
                count++;
            }
        }
        return count;
    }

    /** How many containers there have been. */
    int granted() {
        return granted;
    }
}
