package dev.heddle.common.rpc.hostile;

import dev.heddle.common.rpc.Caller;
import dev.heddle.common.rpc.RpcProtocol;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hadoop.yarn.api.ApplicationClientProtocolPB;
import org.apache.hadoop.yarn.proto.ApplicationClientProtocol.ApplicationClientProtocolService;
import org.apache.hadoop.yarn.proto.YarnProtos.QueueInfoProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetQueueInfoRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetQueueInfoResponseProto;

/** Says back what it is told as the name of a queue; at once, later, or at length. Counts without keeping. */
final class Repeater {
    /** A text that begins so is said back only when {@link #answerAll} says so. */
    static final String LATER = "later";

    /** A text that begins so is said back {@value #TIMES} times over. */
    static final String AT_LENGTH = "at length";

    static final int TIMES = 10_000;

    private record Late(CompletableFuture<GetQueueInfoResponseProto> answer, String text) {}

    private final AtomicLong heard = new AtomicLong();
    private final AtomicLong heardOfOthers = new AtomicLong();
    private final Queue<Late> late = new ConcurrentLinkedQueue<>();
    private final String user;

    /**
     * @param user who is to call
     */
    Repeater(String user) {
        this.user = user;
    }

    RpcProtocol protocol() {
        return RpcProtocol.builder(ApplicationClientProtocolPB.class, ApplicationClientProtocolService.getDescriptor())
                .on("getQueueInfo", GetQueueInfoRequestProto.getDefaultInstance(), this::say)
                .build();
    }

    private CompletionStage<GetQueueInfoResponseProto> say(Caller caller, GetQueueInfoRequestProto request) {
        heard.incrementAndGet();
        if (!caller.user().equals(user)) {
            heardOfOthers.incrementAndGet();
        }
        String text = request.getQueueName();
        if (text.startsWith(LATER)) {
            CompletableFuture<GetQueueInfoResponseProto> answer = new CompletableFuture<>();
            late.add(new Late(answer, text));
            return answer;
        }
        return CompletableFuture.completedFuture(response(text.startsWith(AT_LENGTH) ? text.repeat(TIMES) : text));
    }

    private static GetQueueInfoResponseProto response(String text) {
        return GetQueueInfoResponseProto.newBuilder()
                .setQueueInfo(QueueInfoProto.newBuilder().setQueueName(text))
                .build();
    }

    /** Gives the answers that were put off. */
    void answerAll() {
        for (Late next = late.poll(); next != null; next = late.poll()) {
            next.answer().complete(response(next.text()));
        }
    }

    /** How many calls came. */
    long heard() {
        return heard.get();
    }

    /** How many of them came from anybody but the user who is to call. */
    long heardOfOthers() {
        return heardOfOthers.get();
    }
}
