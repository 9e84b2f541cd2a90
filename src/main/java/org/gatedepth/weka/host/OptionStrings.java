package org.gatedepth.weka.host;

import java.beans.IntrospectionException;
import java.beans.Introspector;
import java.beans.PropertyDescriptor;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import weka.core.Option;
import weka.core.OptionHandler;
import weka.core.OptionMetadata;
import weka.core.Utils;
import weka.core.WekaPackageClassLoaderManager;

/**
 * Reads option strings strictly, before Weka's own parser gets them.
 *
 * <p>{@link Option#setOptions} swallows what it cannot read: after {@code -depth abc} or {@code -connection FOO} the
 * old value stays, and at best a stack trace is printed. The check here is driven by the same {@link OptionMetadata}
 * annotations, so that an option is declared in one place only.
 */
public final class OptionStrings {

    /** The options that {@code RandomizableClassifier} and {@code AbstractClassifier} read as whole numbers. */
    private static final String[] WHOLE_NUMBERS_OF_WEKA = {"S", "num-decimal-places", "batch-size"};

    private OptionStrings() {}

    /**
     * Refuses option strings that do not parse as the type of their property. Names of constants are accepted in any
     * case and replaced by their proper spelling in the array; nothing else is changed.
     *
     * @param options the strings, as {@code OptionHandler.setOptions} gets them
     * @param target the bean whose getters or setters are annotated
     * @throws IllegalArgumentException with one sentence, if a value is absent or cannot be read
     */
    public static void check(String[] options, Class<?> target) {
        for (String name : WHOLE_NUMBERS_OF_WEKA) {
            checkValue(options, name, Integer.class);
        }
        for (PropertyDescriptor property : properties(target)) {
            Method getter = property.getReadMethod();
            Method setter = property.getWriteMethod();
            if (getter == null || setter == null) {
                continue;
            }
            OptionMetadata option = getter.getAnnotation(OptionMetadata.class);
            if (option == null) {
                option = setter.getAnnotation(OptionMetadata.class);
            }
            if (option != null && !option.commandLineParamIsFlag()) {
                checkValue(options, option.commandLineParamName(), getter.getReturnType());
            }
        }
    }

    private static PropertyDescriptor[] properties(Class<?> target) {
        try {
            return Introspector.getBeanInfo(target, Object.class).getPropertyDescriptors();
        } catch (IntrospectionException e) {
            throw new IllegalStateException("The options of " + target.getName() + " cannot be listed.", e);
        }
    }

    private static void checkValue(String[] options, String name, Class<?> type) {
        int position = position(options, name);
        if (position < 0) {
            return;
        }
        if (position + 1 == options.length || options[position + 1].isEmpty()) {
            throw new IllegalArgumentException("Option -" + name + " needs a value after it, and none was given.");
        }
        String value = options[position + 1];
        if (type.isEnum()) {
            options[position + 1] = constant(name, value, type);
        } else if (type == int.class || type == Integer.class) {
            parse(name, value, "a whole number", () -> Integer.valueOf(value));
        } else if (type == double.class || type == Double.class) {
            parse(name, value, "a number", () -> Double.valueOf(value));
        } else if (OptionHandler.class.isAssignableFrom(type)) {
            object(name, value, type);
        }
    }

    /**
     * The object that an option string means.
     *
     * @param option name of the option
     * @param text a class with its options
     * @param type what it must be
     * @throws IllegalArgumentException with one sentence, if there is no such class, or an option is not one of its own
     */
    public static <T> T object(String option, String text, Class<T> type) {
        try {
            String[] parts = Utils.splitOptions(text);
            String name = parts[0];
            parts[0] = "";
            // Not Utils.forName, which searches the class path for other classes of that name.
            T object = type.cast(WekaPackageClassLoaderManager.objectForName(name));
            ((OptionHandler) object).setOptions(parts);
            Utils.checkForRemainingOptions(parts);
            return object;
        } catch (Exception e) {
            throw new IllegalArgumentException(
                    "Option -" + option + " must be the class of a " + type.getSimpleName() + " with its options, but '"
                            + text + "' was given.",
                    e);
        }
    }

    /** Finds an option as Weka does: a lone {@code --} ends the options of this scheme. */
    private static int position(String[] options, String name) {
        for (int i = 0; i < options.length; i++) {
            if (options[i].equals("-" + name)) {
                return i;
            }
            if (options[i].startsWith("--")) {
                return -1;
            }
        }
        return -1;
    }

    private static String constant(String name, String value, Class<?> type) {
        Object[] constants = type.getEnumConstants();
        return Arrays.stream(constants)
                .map(Object::toString)
                .filter(constant -> constant.equals(value.toUpperCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("Option -" + name + " must be one of "
                        + Arrays.stream(constants).map(Object::toString).collect(Collectors.joining(", "))
                        + ", but '" + value + "' was given."));
    }

    private static void parse(String name, String value, String what, Runnable parser) {
        try {
            parser.run();
        } catch (NumberFormatException e) {
            throw notReadable(name, what, value);
        }
    }

    /**
     * The number that an option string means.
     *
     * @param option name of the option
     * @param text a number, or {@code auto} or nothing
     * @return the number; null for {@code auto}
     * @throws IllegalArgumentException with one sentence, if it is something else
     */
    public static @Nullable Double numberOrAuto(String option, String text) {
        String trimmed = text.trim();
        if (trimmed.isEmpty() || trimmed.equalsIgnoreCase("auto")) {
            return null;
        }
        try {
            double value = Double.parseDouble(trimmed);
            if (!Double.isNaN(value)) {
                return value;
            }
        } catch (NumberFormatException e) {
            // The sentence below says it better than the message of the parser.
        }
        throw notReadable(option, "a finite number or 'auto'", text);
    }

    /** The number that an option means of which 0 means that none is given, which is null. */
    public static @Nullable Integer orNull(int given) {
        return given == 0 ? null : given;
    }

    /** The number that an option means of which 0 means that none is given, which is null. */
    public static @Nullable Double orNull(double given) {
        return given == 0 ? null : given;
    }

    /**
     * Refuses a value that is out of the range of its option.
     *
     * @throws IllegalArgumentException with one sentence, if the rule does not hold
     */
    public static void require(boolean holds, String option, String rule, @Nullable Object given) {
        if (!holds) {
            throw new IllegalArgumentException(
                    "Option -" + option + " must be " + rule + ", but " + given + " was given.");
        }
    }

    /** The exception for a value that an option does not take, with one sentence. */
    public static IllegalArgumentException notReadable(String name, String what, @Nullable String value) {
        return new IllegalArgumentException(
                "Option -" + name + " must be " + what + ", but '" + value + "' was given.");
    }
}
