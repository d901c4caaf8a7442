package dev.heddle.common.rpc.compat;

import dev.heddle.common.rpc.Caller;
import dev.heddle.common.rpc.RpcProtocol;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.hadoop.yarn.api.ApplicationClientProtocol;
import org.apache.hadoop.yarn.api.ApplicationClientProtocolPB;
import org.apache.hadoop.yarn.api.ApplicationMasterProtocol;
import org.apache.hadoop.yarn.api.ApplicationMasterProtocolPB;
import org.apache.hadoop.yarn.api.protocolrecords.GetQueueInfoRequest;
import org.apache.hadoop.yarn.api.protocolrecords.RegisterApplicationMasterRequest;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.proto.ApplicationClientProtocol.ApplicationClientProtocolService;
import org.apache.hadoop.yarn.proto.ApplicationMasterProtocol.ApplicationMasterProtocolService;
import org.apache.hadoop.yarn.proto.YarnProtos.QueueInfoProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetQueueInfoRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetQueueInfoResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.RegisterApplicationMasterRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.RegisterApplicationMasterResponseProto;

/** Says back what it is told, in a call of two of YARN's protocols each, and keeps what it was told and by whom. */
final class EchoService {
    private final List<Caller> callers = new CopyOnWriteArrayList<>();
    private final List<String> texts = new CopyOnWriteArrayList<>();

    /** The protocol of clients: the name of a queue is what is said. */
    RpcProtocol ofClients() {
        return RpcProtocol.builder(ApplicationClientProtocolPB.class, ApplicationClientProtocolService.getDescriptor())
                .authorizedBy(YarnConfiguration.YARN_SECURITY_SERVICE_AUTHORIZATION_APPLICATIONCLIENT_PROTOCOL)
                .on("getQueueInfo", GetQueueInfoRequestProto.getDefaultInstance(), (caller, request) -> {
                    hear(caller, request.getQueueName());
                    return CompletableFuture.completedFuture(GetQueueInfoResponseProto.newBuilder()
                            .setQueueInfo(QueueInfoProto.newBuilder().setQueueName(request.getQueueName()))
                            .build());
                })
                .build();
    }

    /** The protocol of application masters: host and queue are what is said. */
    RpcProtocol ofMasters() {
        return RpcProtocol.builder(ApplicationMasterProtocolPB.class, ApplicationMasterProtocolService.getDescriptor())
                .authorizedBy(YarnConfiguration.YARN_SECURITY_SERVICE_AUTHORIZATION_APPLICATIONMASTER_PROTOCOL)
                .on(
                        "registerApplicationMaster",
                        RegisterApplicationMasterRequestProto.getDefaultInstance(),
                        (caller, request) -> {
                            hear(caller, request.getHost());
                            return CompletableFuture.completedFuture(RegisterApplicationMasterResponseProto.newBuilder()
                                    .setQueue(request.getHost())
                                    .build());
                        })
                .build();
    }

    private void hear(Caller caller, String text) {
        callers.add(caller);
        texts.add(text);
    }

    /** Who called, in the order in which calls came. */
    List<Caller> callers() {
        return List.copyOf(callers);
    }

    /** What was said, in the order in which calls came. */
    List<String> texts() {
        return List.copyOf(texts);
    }

    static String say(StockClient<ApplicationClientProtocol> client, String text) throws Exception {
        return client.call()
                .getQueueInfo(GetQueueInfoRequest.newInstance(text, false, false, false))
                .getQueueInfo()
                .getQueueName();
    }

    static String sayAsMaster(StockClient<ApplicationMasterProtocol> client, String text) throws Exception {
        return client.call()
                .registerApplicationMaster(RegisterApplicationMasterRequest.newInstance(text, 1, ""))
                .getQueue();
    }
}
