@NullMarked
package dev.heddle.app.scheduling;

import org.jspecify.annotations.NullMarked;
