/** Holds the RPC server to its word under attack: bytes cut, joined, changed and made up, and peers that misbehave. */
@NullMarked
package dev.heddle.common.rpc.hostile;

import org.jspecify.annotations.NullMarked;
