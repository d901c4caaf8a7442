/** What RPC servers and clients share: their threads and settings. */
@NullMarked
package dev.heddle.common.rpc.transport;

import org.jspecify.annotations.NullMarked;
