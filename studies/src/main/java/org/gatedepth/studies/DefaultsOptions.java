package org.gatedepth.studies;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What {@link DefaultsOnTables} is asked to do. */
final class DefaultsOptions {
    private static final String USAGE = """
            Usage: DefaultsOnTables <folder of ARFF files> ... [options], with the options:
              --seed <n>,<n>...           seeds of folds and classifiers (1)
              --variant "<name>=<options>"  GatedNetwork with these options under this name; may be repeated
              --classifiers <name>,...    only these: GatedNetwork, variants, peers by name, or "peers" for all
              --limit <seconds>           how long all folds of a table may take one classifier (1200)
              --python <program>          the Python that has scikit-learn (python3, else /usr/bin/python3)
            and --folder, --processes, --draw and --quick of every study.
            """;

    private static final Set<String> WITHOUT_VALUE = Set.of("--quick", "--draw", Worker.OPTION);
    private static final Set<String> OF_THE_RUNNER = Set.of("--folder", "--processes");

    private final List<String> own = new ArrayList<>();
    private final List<String> others = new ArrayList<>();
    private final List<Path> folders = new ArrayList<>();
    private final Map<String, String> variants = new LinkedHashMap<>();
    private final Set<String> classifiers = new TreeSet<>();
    private List<String> seeds = List.of("1");
    private Duration limit = Duration.ofMinutes(20);
    private List<String> python = List.of("python3", "/usr/bin/python3");

    private DefaultsOptions() {}

    /** Reads arguments; a bad one gets one sentence. */
    static DefaultsOptions of(String... arguments) {
        DefaultsOptions options = new DefaultsOptions();
        for (int i = 0; i < arguments.length; i++) {
            String argument = arguments[i];
            boolean isOption = argument.startsWith("--");
            if (WITHOUT_VALUE.contains(argument)) {
                options.others.add(argument);
            } else if (!isOption) {
                options.folders.add(Path.of(argument));
                options.own.add(argument);
            } else if (i + 1 == arguments.length || arguments[i + 1].startsWith("--")) {
                throw new IllegalArgumentException(argument + " needs a value after it\n" + USAGE);
            } else if (OF_THE_RUNNER.contains(argument)) {
                options.others.addAll(List.of(argument, arguments[++i]));
            } else {
                options.take(argument, arguments[++i]);
                options.own.addAll(List.of(argument, arguments[i]));
            }
        }
        return options;
    }

    private void take(String option, String value) {
        switch (option) {
            case "--seed" -> seeds = List.of(value.split(","));
            case "--variant" -> addVariant(value);
            case "--classifiers" -> classifiers.addAll(List.of(value.split(",")));
            case "--limit" -> limit = Duration.ofSeconds(whole(option, value));
            case "--python" -> python = List.of(value);
            default -> throw new IllegalArgumentException("unknown: " + option + "\n" + USAGE);
        }
        seeds.forEach(seed -> whole("--seed", seed));
    }

    private void addVariant(String value) {
        String[] nameAndOptions = value.split("=", 2);
        if (nameAndOptions.length < 2 || !nameAndOptions[0].matches("[^,\t=]+") || value.matches("(?s).*[\t\n].*")) {
            throw new IllegalArgumentException(
                    "a variant is a name without a comma, =, and options, such as \"quantile=-scaling QUANTILE\", got "
                            + value);
        }
        variants.put(nameAndOptions[0], nameAndOptions[1].strip());
    }

    private static int whole(String option, String value) {
        if (!value.matches("[1-9]\\d{0,5}")) {
            throw new IllegalArgumentException(option + " needs a whole number from 1 to 999999, got " + value);
        }
        return Integer.parseInt(value);
    }

    /** The arguments that are not for the runner. */
    List<String> own() {
        return own;
    }

    /** The arguments that are for the runner. */
    String[] others() {
        return others.toArray(String[]::new);
    }

    /** The folders of tables; none if none was named. */
    List<Path> folders() {
        return folders;
    }

    List<String> seeds() {
        return seeds;
    }

    /** Options of GatedNetwork by name, without its defaults. */
    Map<String, String> variants() {
        return variants;
    }

    /** Names of the classifiers that are wanted; all if it is empty. */
    Set<String> classifiers() {
        return classifiers;
    }

    Duration limit() {
        return limit;
    }

    /** Programs of which one may have scikit-learn. */
    List<String> python() {
        return python;
    }
}
