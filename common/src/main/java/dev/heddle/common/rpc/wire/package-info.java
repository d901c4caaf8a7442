/** The bytes of Hadoop RPC version 9: frames, and the headers that stand before each call and each answer. */
@NullMarked
package dev.heddle.common.rpc.wire;

import org.jspecify.annotations.NullMarked;
