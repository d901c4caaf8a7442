@NullMarked
package dev.heddle.app.driver;

import org.jspecify.annotations.NullMarked;
