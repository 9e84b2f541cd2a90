package org.gatedepth.weka.options;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import weka.core.Attribute;
import weka.core.Instances;
import weka.core.Range;

/**
 * The auxiliary heads that follow from options and a table.
 *
 * @param attributes indices of the auxiliary attributes in the table
 * @param heads first those on the class, from the lowest to the highest, then one for each auxiliary attribute
 */
public record AuxiliaryHeads(List<Integer> attributes, List<Place> heads) {

    /**
     * One head.
     *
     * @param name its name in the network
     * @param depth the block after which it stands
     * @param target index of what it learns: 0 for the class, k for the k-th auxiliary attribute
     */
    public record Place(String name, int depth, int target) {

        /** Whether it learns the class. */
        public boolean isOnClass() {
            return target == 0;
        }
    }

    /** Copies the lists; {@link #of} checks. */
    public AuxiliaryHeads {
        attributes = List.copyOf(attributes);
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
        List<Integer> depths = depths(options, attributes.size());
        for (int target = 1; target <= attributes.size(); target++) {
            heads.add(new Place("aux" + target, depths.get(target - 1), target));
        }
        return new AuxiliaryHeads(attributes, heads);
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
        List<Integer> attributes = new ArrayList<>();
        for (int index : indices(given, table.numAttributes())) {
            Attribute attribute = table.attribute(index);
            String named = "but '" + given + "' names attribute " + (index + 1) + ", '" + attribute.name() + "'";
            require(
                    index != table.classIndex(),
                    "Option -aux-attributes must not name the class, " + named
                            + ": leave it out, since -aux-every puts heads on the class.");
            require(
                    attribute.type() == Attribute.NUMERIC || attribute.type() == Attribute.NOMINAL,
                    "Option -aux-attributes must name nominal or numeric attributes, " + named + ", of type "
                            + Attribute.typeToString(attribute) + ": leave it out, or convert it beforehand.");
            require(
                    attribute.type() == Attribute.NUMERIC || attribute.numValues() > 1,
                    "Option -aux-attributes must name attributes that can vary, " + named
                            + ", which has fewer than two labels: leave it out.");
            attributes.add(index);
        }
        require(
                attributes.isEmpty() || attributes.size() < table.numAttributes() - 1,
                "Option -aux-attributes must leave at least one attribute as an input, but '" + given + "' names all "
                        + attributes.size() + " besides the class: name fewer.");
        return attributes;
    }

    /** The indices in the order in which they are given; part by part, since Weka's class fails where parts overlap. */
    private static Set<Integer> indices(String given, int all) {
        Set<Integer> indices = new LinkedHashSet<>();
        try {
            for (String part : given.split(",", -1)) {
                Range range = new Range(part);
                range.setUpper(all - 1);
                for (int index : range.getSelection()) {
                    indices.add(index);
                }
            }
            return indices;
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "Option -aux-attributes must name attributes from 1 to " + all + ", as many as the table has, but '"
                            + given + "' was given.",
                    e);
        }
    }

    private static List<Integer> depths(NetworkOptions options, int attributes) {
        List<Integer> given = options.auxiliary().depths();
        List<Integer> depths = new ArrayList<>();
        require(
                given.isEmpty() || attributes > 0,
                "Option -aux-depth places the heads of -aux-attributes, but " + text(given)
                        + " was given without any: name attributes, or leave -aux-depth out.");
        require(
                given.size() <= 1 || given.size() == attributes,
                "Option -aux-depth must have one number for all attributes of -aux-attributes, or one for each of the "
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
