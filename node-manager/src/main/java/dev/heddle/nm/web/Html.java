package dev.heddle.nm.web;

/** Builds pages. Everything that somebody named is escaped. */
final class Html {
    private static final int REFRESH_SECONDS = 3;

    private final StringBuilder body = new StringBuilder();

    Html fact(String name, String value) {
        body.append("<div><dt>")
                .append(escape(name))
                .append("</dt><dd>")
                .append(escape(value))
                .append("</dd></div>");
        return this;
    }

    Html cell(String text) {
        body.append("<td>").append(escape(text)).append("</td>");
        return this;
    }

    Html link(String address, String text) {
        body.append("<a href=\"")
                .append(escape(address))
                .append("\">")
                .append(escape(text))
                .append("</a>");
        return this;
    }

    /** Adds what is markup already. */
    Html markup(String markup) {
        body.append(markup);
        return this;
    }

    String page(String title) {
        return "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta http-equiv=\"refresh\" content=\""
                + REFRESH_SECONDS + "\"><meta name=\"viewport\" content=\"width=device-width\"><title>" + escape(title)
                + "</title><link rel=\"stylesheet\" href=\"/page.css\"></head><body><h1>" + escape(title) + "</h1>"
                + body + "</body></html>";
    }

    static String escape(String text) {
        StringBuilder escaped = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.append(c);
            }
        }
        return escaped.toString();
    }
}
