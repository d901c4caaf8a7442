@NullMarked
package dev.heddle.app.transport;

import org.jspecify.annotations.NullMarked;
