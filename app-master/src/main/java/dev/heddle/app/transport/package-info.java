/** The connection between a driver and its executors: frames, messages, mutual authentication. */
@NullMarked
package dev.heddle.app.transport;

import org.jspecify.annotations.NullMarked;
