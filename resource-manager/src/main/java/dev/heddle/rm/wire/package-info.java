/** One endpoint per protocol: protobuf to command, reply to protobuf. */
@NullMarked
package dev.heddle.rm.wire;

import org.jspecify.annotations.NullMarked;
