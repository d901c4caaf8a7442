/** What submitter and application master agree on: the files and the commands that containers are launched with. */
@NullMarked
package dev.heddle.app.launch;

import org.jspecify.annotations.NullMarked;
