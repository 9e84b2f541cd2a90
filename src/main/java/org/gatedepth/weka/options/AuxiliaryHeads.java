package org.gatedepth.weka.options;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import org.gatedepth.weka.host.AttributeRange;
import weka.core.Attribute;
import weka.core.Instances;

/**
 * The auxiliary heads that follow from options and a table.
 *
 * @param attributes indices of the auxiliary attributes in the table
 * @param steps indices of the attributes of the steps of its bags that are learned at each step
 * @param heads first those on the class, from the lowest to the highest, then one for each auxiliary attribute, and one
 *     for each of the steps
 */
public record AuxiliaryHeads(List<Integer> attributes, List<Integer> steps, List<Place> heads) implements Serializable {

    private static final long serialVersionUID = 1L;

    /**
     * One head.
     *
     * @param name its name in the network
     * @param depth the block after which it stands
     * @param target index of what it learns: 0 for the class, k for the k-th auxiliary attribute, those of the steps
     *     after those of the table
     */
    public record Place(String name, int depth, int target) implements Serializable {

        private static final long serialVersionUID = 1L;

        /** Whether it learns the class. */
        public boolean isOnClass() {
            return target == 0;
        }
    }

    /** Copies the lists; {@link #of} checks. */
    public AuxiliaryHeads {
        attributes = List.copyOf(attributes);
        steps = List.copyOf(steps);
        heads = List.copyOf(heads);
    }

    /**
     * The heads of a run.
     *
     * @param options the options of the run
     * @param table the training table; whether it has a class is checked elsewhere
     * @return the heads, possibly none
     * @throws IllegalArgumentException with one sentence, if options do not fit each other or the table
     */
    public static AuxiliaryHeads of(NetworkOptions options, Instances table) {
        AuxiliaryOptions auxiliary = options.auxiliary();
        checkClassHeads(options, table);
        List<Place> heads = new ArrayList<>();
        Integer every = auxiliary.every();
        if (every != null) {
            for (int depth = every; depth < options.depth(); depth += every) {
                heads.add(new Place("head" + depth, depth, 0));
            }
        }
        List<Integer> attributes = attributes(auxiliary.attributes(), table);
        List<Integer> steps = steps(auxiliary.steps(), table);
        List<Integer> depths = depths(options, attributes.size() + steps.size());
        for (int target = 1; target <= depths.size(); target++) {
            heads.add(new Place("aux" + target, depths.get(target - 1), target));
        }
        return new AuxiliaryHeads(attributes, steps, heads);
    }

    /** Whether a head learns something of each step. */
    public boolean isOfSteps(Place head) {
        return head.target() > attributes.size();
    }

    private static void checkClassHeads(NetworkOptions options, Instances table) {
        Integer every = options.auxiliary().every();
        Double earlyExit = options.auxiliary().earlyExit();
        require(
                every == null || every < options.depth(),
                "Option -aux-every must be below the -depth of " + options.depth()
                        + ", since heads stand below the last block, but " + every + " was given.");
        require(
                earlyExit == null || every != null,
                "Option -early-exit needs heads on the class at which rows can leave, but " + earlyExit
                        + " was given without any: choose an -aux-every of at least 1.");
        if (table.classIndex() >= 0) {
            require(
                    earlyExit == null || table.classAttribute().isNominal(),
                    "Option -early-exit needs a nominal class, whose probabilities it compares, but "
                            + earlyExit + " was given for the numeric class '"
                            + table.classAttribute().name() + "': leave -early-exit out.");
        }
    }

    private static List<Integer> attributes(String given, Instances table) {
        List<Integer> attributes = AttributeRange.indices("aux-attributes", given, table.numAttributes());
        for (int index : attributes) {
            require(
                    index != table.classIndex(),
                    "Option -aux-attributes must not name the class, " + named(given, table, index)
                            + ": leave it out, since -aux-every puts heads on the class.");
            checkLearnable("aux-attributes", given, table, index);
        }
        require(
                attributes.isEmpty() || attributes.size() < table.numAttributes() - 1,
                "Option -aux-attributes must leave at least one attribute as an input, but '" + given + "' names all "
                        + attributes.size() + " besides the class: name fewer.");
        return attributes;
    }

    private static List<Integer> steps(String given, Instances table) {
        List<Attribute> bags = Collections.list(table.enumerateAttributes()).stream()
                .filter(Attribute::isRelationValued)
                .toList();
        require(
                given.isEmpty() || !bags.isEmpty(),
                "Option -aux-steps names attributes inside of a relational attribute, but '" + given
                        + "' was given for a table without one: leave it out.");
        if (given.isEmpty()) {
            return List.of();
        }
        Instances within = bags.get(0).relation();
        List<Integer> steps = AttributeRange.indices("aux-steps", given, within.numAttributes());
        for (int index : steps) {
            checkLearnable("aux-steps", given, within, index);
        }
        require(
                steps.size() < within.numAttributes(),
                "Option -aux-steps must leave at least one attribute of the steps as an input, but '" + given
                        + "' names all " + steps.size() + ": name fewer.");
        return steps;
    }

    private static String named(String given, Instances table, int index) {
        return "but '" + given + "' names attribute " + (index + 1) + ", '"
                + table.attribute(index).name() + "'";
    }

    private static void checkLearnable(String option, String given, Instances table, int index) {
        Attribute attribute = table.attribute(index);
        require(
                attribute.type() == Attribute.NUMERIC || attribute.type() == Attribute.NOMINAL,
                "Option -" + option + " must name nominal or numeric attributes, " + named(given, table, index)
                        + ", of type " + Attribute.typeToString(attribute)
                        + ": leave it out, or convert it beforehand.");
        require(
                attribute.type() == Attribute.NUMERIC || attribute.numValues() > 1,
                "Option -" + option + " must name attributes that can vary, " + named(given, table, index)
                        + ", which has fewer than two labels: leave it out.");
    }

    private static List<Integer> depths(NetworkOptions options, int attributes) {
        List<Integer> given = options.auxiliary().depths();
        List<Integer> depths = new ArrayList<>();
        require(
                given.isEmpty() || attributes > 0,
                "Option -aux-depth places the heads of -aux-attributes and -aux-steps, but " + text(given)
                        + " was given without any: name attributes, or leave -aux-depth out.");
        require(
                given.size() <= 1 || given.size() == attributes,
                "Option -aux-depth must have one number for all auxiliary attributes, or one for each of the "
                        + attributes + ", but " + text(given) + " was given.");
        for (int depth : given) {
            require(
                    depth >= 1 && depth <= options.depth(),
                    "Option -aux-depth must name blocks from 1 to the -depth of " + options.depth() + ", but "
                            + text(given) + " was given.");
        }
        for (int i = 0; i < attributes; i++) {
            if (given.isEmpty()) {
                depths.add(Math.max(1, options.depth() / 2));
            } else {
                depths.add(given.get(given.size() == 1 ? 0 : i));
            }
        }
        return depths;
    }

    private static String text(List<Integer> numbers) {
        return numbers.stream().map(String::valueOf).collect(Collectors.joining(",", "'", "'"));
    }

    private static void require(boolean holds, String sentence) {
        if (!holds) {
            throw new IllegalArgumentException(sentence);
        }
    }
}
