package dev.heddle.app.task;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/**
 * Java serialization with the classes of an application. What is read comes only from peers that have proved to belong to
 * the application.
 */
public final class ObjectCodec {
    private ObjectCodec() {}

    /**
     * Serializes.
     *
     * @throws java.io.NotSerializableException naming the class that is not serializable
     */
    public static Payload encode(@Nullable Object object) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(object);
        }
        return new Payload(bytes.toByteArray());
    }

    /** Reads back what {@link #encode} wrote; classes come from the loader. */
    public static @Nullable Object decode(Payload payload, ClassLoader loader)
            throws IOException, ClassNotFoundException {
        try (ApplicationObjectInputStream in =
                new ApplicationObjectInputStream(new ByteArrayInputStream(payload.bytes()), loader)) {
            return in.readObject();
        }
    }

    private static final class ApplicationObjectInputStream extends ObjectInputStream {
        private final ClassLoader loader;

        ApplicationObjectInputStream(InputStream in, ClassLoader loader) throws IOException {
            super(in);
            this.loader = loader;
        }

        @Override
        protected Class<?> resolveClass(ObjectStreamClass descriptor) throws IOException, ClassNotFoundException {
            try {
                return Class.forName(descriptor.getName(), false, loader);
            } catch (ClassNotFoundException e) {
                // The primitive types' own classes, which no loader finds by name.
                return super.resolveClass(descriptor);
            }
        }

        @Override
        protected Class<?> resolveProxyClass(String[] names) throws ClassNotFoundException {
            Class<?>[] interfaces = new Class<?>[names.length];
            for (int i = 0; i < names.length; i++) {
                interfaces[i] = Class.forName(names[i], false, loader);
            }
            return Proxy.newProxyInstance(loader, interfaces, (proxy, method, arguments) -> null)
                    .getClass();
        }
    }
}
