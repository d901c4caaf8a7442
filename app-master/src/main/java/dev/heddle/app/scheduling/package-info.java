/** Which task runs on which executor. Free of sockets, threads and clocks. */
@NullMarked
package dev.heddle.app.scheduling;

import org.jspecify.annotations.NullMarked;
