/** What travels between driver and executors: serialized tasks and their outcomes. */
@NullMarked
package dev.heddle.app.task;

import org.jspecify.annotations.NullMarked;
