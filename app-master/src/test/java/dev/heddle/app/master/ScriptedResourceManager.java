package dev.heddle.app.master;

import dev.heddle.common.rpc.Caller;
import dev.heddle.common.rpc.RpcProtocol;
import dev.heddle.common.rpc.server.RpcServer;
import dev.heddle.common.rpc.transport.RpcThreads;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.ipc.StandbyException;
import org.apache.hadoop.security.token.SecretManager;
import org.apache.hadoop.security.token.Token;
import org.apache.hadoop.yarn.api.ApplicationMasterProtocolPB;
import org.apache.hadoop.yarn.api.protocolrecords.AllocateRequest;
import org.apache.hadoop.yarn.api.protocolrecords.AllocateResponse;
import org.apache.hadoop.yarn.api.protocolrecords.impl.pb.AllocateRequestPBImpl;
import org.apache.hadoop.yarn.api.protocolrecords.impl.pb.AllocateResponsePBImpl;
import org.apache.hadoop.yarn.api.records.ApplicationAttemptId;
import org.apache.hadoop.yarn.exceptions.ApplicationAttemptNotFoundException;
import org.apache.hadoop.yarn.exceptions.ApplicationMasterNotRegisteredException;
import org.apache.hadoop.yarn.exceptions.InvalidApplicationMasterRequestException;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.proto.ApplicationMasterProtocol.ApplicationMasterProtocolService;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.AllocateRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.AllocateResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.FinishApplicationMasterRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.FinishApplicationMasterResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.RegisterApplicationMasterRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.RegisterApplicationMasterResponseProto;
import org.apache.hadoop.yarn.security.AMRMTokenIdentifier;

/**
 * The side of a resource manager that one application master sees, on a real socket, with YARN's rules for registration and
 * response ids. What it grants is the test's.
 */
final class ScriptedResourceManager implements AutoCloseable {
    private static final int NOT_REGISTERED = -1;

    final BlockingQueue<RegisterApplicationMasterRequestProto> registrations = new LinkedBlockingQueue<>();
    /** Each call that was carried out. */
    final BlockingQueue<AllocateRequest> allocations = new LinkedBlockingQueue<>();
    /** What is done to the next answers before they go out. */
    final BlockingQueue<UnaryOperator<AllocateResponse>> answers = new LinkedBlockingQueue<>();

    final BlockingQueue<FinishApplicationMasterRequestProto> ends = new LinkedBlockingQueue<>();
    /** The keys of the tokens that allocations came with. */
    final BlockingQueue<Integer> keys = new LinkedBlockingQueue<>();
    /** So many answers get lost on their way, after their calls were carried out. */
    final AtomicInteger losses = new AtomicInteger();
    /** So many questions until the outcome is recorded. */
    final AtomicInteger questions = new AtomicInteger();

    volatile boolean standby;
    volatile boolean attemptEnded;

    private final RpcServer server;
    private final List<CompletableFuture<?>> lost = new ArrayList<>();
    private int responseId = NOT_REGISTERED;
    private AllocateResponseProto last = AllocateResponseProto.getDefaultInstance();

    /** Tokens of any key, as resource managers with a common store have them. */
    private static final class Tokens extends SecretManager<AMRMTokenIdentifier> {
        @Override
        protected byte[] createPassword(AMRMTokenIdentifier identifier) {
            return createPassword(
                    identifier.getBytes(),
                    createSecretKey(("key " + identifier.getKeyId()).getBytes(StandardCharsets.US_ASCII)));
        }

        @Override
        public byte[] retrievePassword(AMRMTokenIdentifier identifier) {
            return createPassword(identifier);
        }

        @Override
        public AMRMTokenIdentifier createIdentifier() {
            return new AMRMTokenIdentifier();
        }
    }

    ScriptedResourceManager(RpcThreads threads) {
        this.server = RpcServer.start(
                threads,
                new Configuration(false),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                "scripted",
                RpcServer.Authentication.TOKEN_ONLY,
                new Tokens(),
                RpcProtocol.builder(ApplicationMasterProtocolPB.class, ApplicationMasterProtocolService.getDescriptor())
                        .on(
                                "registerApplicationMaster",
                                RegisterApplicationMasterRequestProto.getDefaultInstance(),
                                this::register)
                        .on("allocate", AllocateRequestProto.getDefaultInstance(), this::allocate)
                        .on(
                                "finishApplicationMaster",
                                FinishApplicationMasterRequestProto.getDefaultInstance(),
                                this::finish)
                        .build());
    }

    InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());
    }

    static Token<AMRMTokenIdentifier> token(ApplicationAttemptId attempt, int key) {
        AMRMTokenIdentifier identifier = new AMRMTokenIdentifier(attempt, key);
        return new Token<>(
                identifier.getBytes(),
                new Tokens().createPassword(identifier),
                identifier.getKind(),
                new Text("service of key " + key));
    }

    private <R> CompletionStage<R> answer(R response) {
        if (losses.get() > 0 && losses.getAndDecrement() > 0) {
            CompletableFuture<R> never = new CompletableFuture<>();
            lost.add(never);
            return never;
        }
        return CompletableFuture.completedFuture(response);
    }

    private synchronized CompletionStage<RegisterApplicationMasterResponseProto> register(
            Caller caller, RegisterApplicationMasterRequestProto request) throws YarnException, StandbyException {
        lead();
        if (responseId != NOT_REGISTERED) {
            throw new InvalidApplicationMasterRequestException("Application Master is already registered : app");
        }
        responseId = 0;
        registrations.add(request);
        return answer(RegisterApplicationMasterResponseProto.getDefaultInstance());
    }

    private synchronized CompletionStage<AllocateResponseProto> allocate(Caller caller, AllocateRequestProto request)
            throws YarnException, StandbyException {
        lead();
        if (responseId == NOT_REGISTERED) {
            throw new ApplicationMasterNotRegisteredException("register first");
        }
        if (request.getResponseId() == responseId - 1) {
            return answer(last);
        }
        if (request.getResponseId() != responseId) {
            throw new InvalidApplicationMasterRequestException(
                    "expected " + responseId + ", got " + request.getResponseId());
        }
        if (caller.token() instanceof AMRMTokenIdentifier identifier) {
            keys.add(identifier.getKeyId());
        }
        responseId++;
        AllocateResponse response = new AllocateResponsePBImpl();
        response.setResponseId(responseId);
        UnaryOperator<AllocateResponse> change = answers.poll();
        if (change != null) {
            response = change.apply(response);
        }
        last = ((AllocateResponsePBImpl) response).getProto();
        allocations.add(new AllocateRequestPBImpl(request));
        return answer(last);
    }

    private synchronized CompletionStage<FinishApplicationMasterResponseProto> finish(
            Caller caller, FinishApplicationMasterRequestProto request) throws YarnException, StandbyException {
        lead();
        if (responseId == NOT_REGISTERED) {
            throw new ApplicationMasterNotRegisteredException("register first");
        }
        ends.add(request);
        return answer(FinishApplicationMasterResponseProto.newBuilder()
                .setIsUnregistered(questions.getAndDecrement() <= 0)
                .build());
    }

    private void lead() throws YarnException, StandbyException {
        if (standby) {
            throw new StandbyException("another one leads");
        }
        if (attemptEnded) {
            throw new ApplicationAttemptNotFoundException("there is no such attempt");
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            lost.forEach(never -> never.cancel(false));
        }
        server.close();
    }
}
