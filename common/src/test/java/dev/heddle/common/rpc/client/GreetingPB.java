package dev.heddle.common.rpc.client;

import org.apache.hadoop.ipc.ProtocolInfo;
import org.apache.hadoop.security.KerberosInfo;

/** A protocol of the tests' own, which borrows a protobuf service. */
@ProtocolInfo(protocolName = "dev.heddle.test.Greeting", protocolVersion = 3)
@KerberosInfo(serverPrincipal = GreetingPB.PRINCIPAL_KEY)
interface GreetingPB {
    String PRINCIPAL_KEY = "test.greeting.principal";
}
