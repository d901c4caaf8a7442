/** What the edges ask of the core, and what they get back. */
@NullMarked
package dev.heddle.rm.command;

import org.jspecify.annotations.NullMarked;
