/** The command line: every daemon and every command of Heddle's is started here. */
@NullMarked
package dev.heddle.deploy;

import org.jspecify.annotations.NullMarked;
