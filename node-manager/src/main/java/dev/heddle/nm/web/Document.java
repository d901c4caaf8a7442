package dev.heddle.nm.web;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An answer that can be said in JSON and in XML, as Hadoop's servers put it: lists without elements are left out, and
 * others are elements of the same name. Values are texts, numbers, booleans, maps of these, and lists.
 */
final class Document {
    private static final String XML_HEAD = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";

    private final String root;
    private final boolean rootInJson;
    private final Map<String, Object> fields = new LinkedHashMap<>();

    /** @param rootInJson whether JSON names the root, too */
    Document(String root, boolean rootInJson) {
        this.root = root;
        this.rootInJson = rootInJson;
    }

    Document with(String name, Object value) {
        fields.put(name, value);
        return this;
    }

    Map<String, Object> fields() {
        return fields;
    }

    String json() {
        JsonObject content = json(fields);
        return (rootInJson ? new JsonObject().put(root, content) : content).encode();
    }

    private static JsonObject json(Map<?, ?> fields) {
        JsonObject object = new JsonObject();
        fields.forEach((name, value) -> {
            if (!(value instanceof Collection<?> list) || !list.isEmpty()) {
                object.put(name.toString(), json(value));
            }
        });
        return object;
    }

    private static Object json(Object value) {
        if (value instanceof Map<?, ?> map) {
            return json(map);
        }
        if (value instanceof Collection<?> list) {
            JsonArray array = new JsonArray();
            list.forEach(element -> array.add(json(element)));
            return array;
        }
        return value;
    }

    String xml() {
        StringBuilder xml = new StringBuilder(XML_HEAD);
        element(xml, root, fields);
        return xml.toString();
    }

    private static void element(StringBuilder xml, String name, Object value) {
        if (value instanceof Collection<?> list) {
            list.forEach(element -> element(xml, name, element));
            return;
        }
        xml.append('<').append(name).append('>');
        if (value instanceof Map<?, ?> map) {
            map.forEach((child, content) -> element(xml, child.toString(), content));
        } else {
            text(xml, value.toString());
        }
        xml.append("</").append(name).append('>');
    }

    private static void text(StringBuilder xml, String text) {
        text.codePoints().forEach(c -> {
            if (c == '&') {
                xml.append("&amp;");
            } else if (c == '<') {
                xml.append("&lt;");
            } else if (c == '>') {
                xml.append("&gt;");
            } else if (isXml(c)) {
                xml.appendCodePoint(c);
            } else {
                xml.append('\uFFFD');
            }
        });
    }

    /** Whether XML 1.0 can say a character at all (section 2.2). */
    private static boolean isXml(int c) {
        return c == '\t'
                || c == '\n'
                || c == '\r'
                || (c >= 0x20 && c <= 0xD7FF)
                || (c >= 0xE000 && c <= 0xFFFD)
                || c >= 0x10000;
    }
}
