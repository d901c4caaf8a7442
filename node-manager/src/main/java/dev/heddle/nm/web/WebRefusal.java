package dev.heddle.nm.web;

/** Why a request cannot be answered, in the words and with the status that Hadoop's servers have for it. */
final class WebRefusal extends Exception {
    private static final long serialVersionUID = 1;

    private final int status;
    private final String kind;

    /** @param kind the class that Hadoop's server would name */
    private WebRefusal(int status, String kind, String message) {
        super(message, null, false, false);
        this.status = status;
        this.kind = kind;
    }

    static WebRefusal notFound(String message) {
        return new WebRefusal(404, "org.apache.hadoop.yarn.webapp.NotFoundException", message);
    }

    static WebRefusal bad(String message) {
        return new WebRefusal(400, "org.apache.hadoop.yarn.webapp.BadRequestException", message);
    }

    static WebRefusal argument(String message) {
        return new WebRefusal(400, "java.lang.IllegalArgumentException", message);
    }

    static WebRefusal forbidden(String message) {
        return new WebRefusal(403, "org.apache.hadoop.yarn.webapp.ForbiddenException", message);
    }

    static WebRefusal unavailable(String message) {
        return new WebRefusal(503, "java.io.IOException", message);
    }

    int status() {
        return status;
    }

    String message() {
        return String.valueOf(getMessage());
    }

    Document document() {
        return new Document("RemoteException", true)
                .with("exception", kind.substring(kind.lastIndexOf('.') + 1))
                .with("message", message())
                .with("javaClassName", kind);
    }
}
