package org.gatedepth.weka.options;

import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.gatedepth.weka.host.RunOption;
import org.jspecify.annotations.Nullable;

/** Compares the options of a resumed training with those that it began with. */
public final class ResumedOptions {

    private ResumedOptions() {}

    /**
     * Refuses a change of any option that is not {@linkplain RunOption#free() declared free}.
     *
     * @param before the options that the training began with
     * @param now the options that it is to be resumed with
     * @throws IllegalArgumentException with one sentence, which names the option and both values
     */
    public static void check(NetworkOptions before, NetworkOptions now) {
        checkComponents(before, now);
    }

    private static void checkComponents(Record before, Record now) {
        for (RecordComponent component : before.getClass().getRecordComponents()) {
            RunOption option = component.getAnnotation(RunOption.class);
            Object was = value(component, before);
            Object is = value(component, now);
            if (option == null && was instanceof Record group && is instanceof Record same) {
                checkComponents(group, same);
            } else if (!Objects.equals(was, is) && (option == null || !option.free())) {
                String absent = option == null ? "" : option.absent();
                throw new IllegalArgumentException("Option -"
                        + (option == null ? component.getName() : option.value()) + " must stay " + text(was, absent)
                        + " in a resumed training, but " + text(is, absent)
                        + " was given: set it back, or train a new network.");
            }
        }
    }

    private static @Nullable Object value(RecordComponent component, Record record) {
        try {
            return component.getAccessor().invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("The option " + component.getName() + " cannot be read.", e);
        }
    }

    private static String text(@Nullable Object value, String absent) {
        String text = value instanceof List<?> list
                ? list.stream().map(String::valueOf).collect(Collectors.joining(","))
                : value == null ? "" : value.toString();
        return text.isEmpty() ? absent : text;
    }
}
