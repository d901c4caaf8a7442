package dev.heddle.rm.model;

/**
 * Who, besides its user and the cluster's administrators, may do what with an application: lists as in
 * {@code yarn.admin.acl}, users and then groups, each parted by commas, or {@code *} for everybody.
 *
 * @param view who may see its reports
 * @param modify who may kill or change it
 */
public record ApplicationAcls(String view, String modify) {
    /** Nobody else, which is YARN's default. */
    public static final ApplicationAcls NOBODY = new ApplicationAcls(" ", " ");
}
