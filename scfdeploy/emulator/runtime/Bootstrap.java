// Runs in the process of an instance: loads a Java handler, and calls it once for each line of its command pipe.
//
// Started as `java Bootstrap COMMAND_FD REPORT_FD`. The first line has the settings; the answer is the line `ready`
// once the class is loaded, or an error as a JSON object. Each further line is a call, and its answer a JSON object.
// If the process ends without an answer, the code ended it.

import java.io.BufferedReader;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Proxy;
import java.lang.reflect.Type;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

public final class Bootstrap {
    private final OutputStream reports;
    private Method handler;
    private Object target;

    private Bootstrap(OutputStream reports) {
        this.reports = reports;
    }

    public static void main(String[] arguments) throws Exception {
        FileInputStream pipe = new FileInputStream("/dev/fd/" + arguments[0]);
        BufferedReader commands = new BufferedReader(new InputStreamReader(pipe, StandardCharsets.UTF_8));
        new Bootstrap(new FileOutputStream("/dev/fd/" + arguments[1])).serve(commands);
        System.exit(0);
    }

    private void serve(BufferedReader commands) throws IOException {
        Map<?, ?> setup = (Map<?, ?>) new Reader(commands.readLine()).read();
        Map<String, Object> failure = load((String) setup.get("handler"), (String) setup.get("root"),
            (String) setup.get("opt"));
        if (failure != null) {
            answer(failure);
            return;
        }
        write("ready");
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            Map<?, ?> call = (Map<?, ?>) new Reader(line).read();
            resetPeakMemory();
            long start = System.nanoTime();
            Map<String, Object> report = call(call.get("event"), (Map<?, ?>) call.get("context"));
            report.put("duration_ms", (System.nanoTime() - start) / 1e6);
            answer(report);
        }
    }

    private Map<String, Object> load(String name, String root, String opt) {
        int separator = name.indexOf("::");
        String className = separator < 0 ? name : name.substring(0, separator);
        String methodName = separator < 0 ? "mainHandler" : name.substring(separator + 2);
        try {
            URLClassLoader loader = new URLClassLoader(classPath(root, opt), Bootstrap.class.getClassLoader());
            Thread.currentThread().setContextClassLoader(loader);
            Class<?> type = Class.forName(className, true, loader);
            for (Method method : type.getMethods()) {
                if (method.getName().equals(methodName) && !method.isBridge() && method.getParameterCount() <= 2) {
                    handler = method;
                }
            }
            if (handler == null) {
                return failure(437, "the class " + className + " has no method " + methodName);
            }
            target = Modifier.isStatic(handler.getModifiers()) ? null : type.getConstructor().newInstance();
            return null;
        } catch (ClassNotFoundException error) {
            return failure(437, "the bundle has no class " + className);
        } catch (InvocationTargetException | ExceptionInInitializerError error) {
            return failure(443, error.getCause());
        } catch (Exception | LinkageError error) {
            return failure(443, error);
        }
    }

    private static URL[] classPath(String root, String opt) throws IOException {
        List<URL> urls = new ArrayList<>();
        for (String folder : new String[] {root, root + "/lib", opt, opt + "/lib"}) {
            File[] files = new File(folder).listFiles();
            if (folder.isEmpty() || folder.equals("/lib") && opt.isEmpty() || files == null) {
                continue;
            }
            urls.add(new File(folder).toURI().toURL());
            Arrays.sort(files);
            for (File file : files) {
                if (file.getName().endsWith(".jar")) {
                    urls.add(file.toURI().toURL());
                }
            }
        }
        return urls.toArray(new URL[0]);
    }

    private Map<String, Object> call(Object event, Map<?, ?> context) {
        try {
            Type[] types = handler.getGenericParameterTypes();
            Object[] values = new Object[types.length];
            for (int i = 0; i < types.length; i++) {
                values[i] = i == 0 ? convert(event, types[i]) : contextOf(context, handler.getParameterTypes()[i]);
            }
            Map<String, Object> report = new LinkedHashMap<>();
            report.put("status", 200);
            report.put("returned", text(handler.invoke(target, values)));
            return report;
        } catch (InvocationTargetException error) {
            return failure(430, error.getCause());
        } catch (Exception error) {
            return failure(430, error);
        }
    }

    private static Object contextOf(Map<?, ?> context, Class<?> type) {
        if (!type.isInterface() || type.isAssignableFrom(Map.class)) {
            return type.isInstance(context) ? context : null;
        }
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
            // getRequestId is request_id.
            String name = method.getName().replaceFirst("^get", "").replaceAll("(?<!^)([A-Z])", "_$1").toLowerCase();
            return convert(context.get(name), method.getGenericReturnType());
        });
    }

    private static Map<String, Object> failure(int status, String message) {
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("errorMessage", message);
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("status", status);
        report.put("error", error);
        return report;
    }

    private static Map<String, Object> failure(int status, Throwable error) {
        StringWriter writer = new StringWriter();
        error.printStackTrace(new PrintWriter(writer, true));
        StringBuilder trace = new StringBuilder();
        for (String line : writer.toString().split("\n")) {
            if (!line.matches("\\s+at (Bootstrap|java\\.base/(jdk\\.internal|java\\.lang)\\.reflect|sun\\.reflect"
                + "|java\\.lang\\.reflect)\\b.*")) {
                trace.append(line).append('\n');
            }
        }
        System.err.print(trace);
        Map<String, Object> report = failure(status, String.valueOf(error.getMessage()));
        @SuppressWarnings("unchecked")
        Map<String, Object> content = (Map<String, Object>) report.get("error");
        content.put("errorType", error.getClass().getName());
        content.put("stackTrace", trace.toString());
        return report;
    }

    private void answer(Map<String, Object> report) throws IOException {
        System.out.flush();
        System.err.flush();
        report.put("memory_bytes", peakMemory());
        write(text(report));
    }

    private void write(String line) throws IOException {
        reports.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        reports.flush();
    }

    private static long peakMemory() {
        try {
            for (String line : Files.readAllLines(Paths.get("/proc/self/status"), StandardCharsets.ISO_8859_1)) {
                if (line.startsWith("VmHWM:")) {
                    return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
                }
            }
        } catch (IOException error) {
            // Only Linux has it.
        }
        return Runtime.getRuntime().totalMemory();
    }

    private static void resetPeakMemory() {
        try {
            Files.write(Paths.get("/proc/self/clear_refs"), new byte[] {'5'});
        } catch (IOException error) {
            // Only Linux has it.
        }
    }

    /** A JSON value as a value of a type of the handler. */
    private static Object convert(Object value, Type type) throws ReflectiveOperationException {
        Type raw = type instanceof ParameterizedType ? ((ParameterizedType) type).getRawType() : type;
        Class<?> target = raw instanceof Class ? (Class<?>) raw : Object.class;
        if (target == String.class) {
            return value == null || value instanceof String ? value : text(value);
        }
        if (value instanceof Number) {
            return number((Number) value, target);
        }
        if (value == null || target.isInstance(value) || target.isPrimitive()) {
            return value;
        }
        if (!(value instanceof Map)) {
            throw new IllegalArgumentException("the event is not a " + target.getName());
        }
        Object bean = target.getConstructor().newInstance();
        for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
            set(bean, (String) entry.getKey(), entry.getValue());
        }
        return bean;
    }

    private static void set(Object bean, String name, Object value) throws ReflectiveOperationException {
        for (Method method : bean.getClass().getMethods()) {
            if (method.getName().equalsIgnoreCase("set" + name) && method.getParameterCount() == 1) {
                method.invoke(bean, convert(value, method.getGenericParameterTypes()[0]));
                return;
            }
        }
        for (Field field : bean.getClass().getFields()) {
            if (field.getName().equals(name)) {
                field.set(bean, convert(value, field.getGenericType()));
            }
        }
    }

    private static Object number(Number value, Class<?> target) {
        if (target == int.class || target == Integer.class) {
            return value.intValue();
        }
        if (target == long.class || target == Long.class) {
            return value.longValue();
        }
        if (target == double.class || target == Double.class) {
            return value.doubleValue();
        }
        if (target == float.class || target == Float.class) {
            return value.floatValue();
        }
        return value;
    }

    /** A value as JSON. A bean has a field for each of its getters. */
    private static String text(Object value) {
        StringBuilder json = new StringBuilder();
        append(json, value);
        return json.toString();
    }

    private static void append(StringBuilder json, Object value) {
        if (value == null || value instanceof Number || value instanceof Boolean) {
            json.append(value);
        } else if (value instanceof Map) {
            char separator = '{';
            for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
                quote(json.append(separator), String.valueOf(entry.getKey()));
                append(json.append(':'), entry.getValue());
                separator = ',';
            }
            json.append(separator == '{' ? "{}" : "}");
        } else if (value instanceof Collection) {
            char separator = '[';
            for (Object item : (Collection<?>) value) {
                append(json.append(separator), item);
                separator = ',';
            }
            json.append(separator == '[' ? "[]" : "]");
        } else if (value.getClass().isArray()) {
            List<Object> items = new ArrayList<>();
            for (int i = 0; i < Array.getLength(value); i++) {
                items.add(Array.get(value, i));
            }
            append(json, items);
        } else if (value instanceof CharSequence || value instanceof Character || value instanceof Enum) {
            quote(json, value.toString());
        } else {
            append(json, properties(value));
        }
    }

    private static Map<String, Object> properties(Object bean) {
        Map<String, Object> properties = new LinkedHashMap<>();
        for (Method method : bean.getClass().getMethods()) {
            String name = method.getName();
            if (name.matches("get[A-Z].*") && !name.equals("getClass") && method.getParameterCount() == 0) {
                try {
                    properties.put(Character.toLowerCase(name.charAt(3)) + name.substring(4), method.invoke(bean));
                } catch (ReflectiveOperationException error) {
                    throw new IllegalArgumentException(error);
                }
            }
        }
        return properties;
    }

    private static void quote(StringBuilder json, String text) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ' || Character.isSurrogate(c)) {
                json.append(String.format("\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        json.append('"');
    }

    /** Reads valid JSON. */
    private static final class Reader {
        private final String text;
        private int at;

        Reader(String text) {
            this.text = text;
        }

        Object read() {
            skip();
            char c = text.charAt(at);
            if (c == '{') {
                return readMap();
            }
            if (c == '[') {
                return readList();
            }
            if (c == '"') {
                return readString();
            }
            int start = at;
            while (at < text.length() && ",]} \t\r\n".indexOf(text.charAt(at)) < 0) {
                at++;
            }
            return scalar(text.substring(start, at));
        }

        private static Object scalar(String word) {
            switch (word) {
                case "null":
                    return null;
                case "true":
                case "false":
                    return Boolean.valueOf(word);
                default:
                    if (word.matches("-?\\d{1,18}")) {
                        return Long.valueOf(word);
                    }
                    return Double.valueOf(word);
            }
        }

        private Map<String, Object> readMap() {
            Map<String, Object> map = new LinkedHashMap<>();
            at++;
            for (skip(); text.charAt(at) != '}'; skip()) {
                at += text.charAt(at) == ',' ? 1 : 0;
                skip();
                String key = readString();
                skip();
                at++;
                map.put(key, read());
            }
            at++;
            return map;
        }

        private List<Object> readList() {
            List<Object> list = new ArrayList<>();
            at++;
            for (skip(); text.charAt(at) != ']'; skip()) {
                at += text.charAt(at) == ',' ? 1 : 0;
                list.add(read());
            }
            at++;
            return list;
        }

        private String readString() {
            StringBuilder value = new StringBuilder();
            for (at++; text.charAt(at) != '"'; at++) {
                char c = text.charAt(at);
                if (c != '\\') {
                    value.append(c);
                    continue;
                }
                c = text.charAt(++at);
                if (c == 'u') {
                    value.append((char) Integer.parseInt(text.substring(at + 1, at + 5), 16));
                    at += 4;
                } else {
                    int known = "bfnrt".indexOf(c);
                    value.append(known < 0 ? c : "\b\f\n\r\t".charAt(known));
                }
            }
            at++;
            return value.toString();
        }

        private void skip() {
            while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
                at++;
            }
        }
    }
}
