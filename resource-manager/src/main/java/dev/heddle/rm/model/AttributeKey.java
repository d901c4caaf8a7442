package dev.heddle.rm.model;

/**
 * Names an attribute of hosts.
 *
 * @param prefix whose it is: {@link #OPERATORS} or {@link #NODES}
 */
public record AttributeKey(String prefix, String name) {
    /** Of attributes that operators give. */
    public static final String OPERATORS = "rm.yarn.io";
    /** Of attributes that nodes report of themselves. */
    public static final String NODES = "nm.yarn.io";
}
