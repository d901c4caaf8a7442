@NullMarked
package dev.heddle.deploy.demo;

import org.jspecify.annotations.NullMarked;
