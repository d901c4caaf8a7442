@NullMarked
package dev.heddle.app.executor;

import org.jspecify.annotations.NullMarked;
