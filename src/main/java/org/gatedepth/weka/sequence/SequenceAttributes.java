package org.gatedepth.weka.sequence;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.gatedepth.weka.host.AttributeRange;
import org.gatedepth.weka.table.step.Sequences;
import org.gatedepth.weka.table.step.StepSource;
import weka.core.Attribute;
import weka.core.Instances;

/**
 * The attributes of a table that hold sequences, in the order in which the network reads them: a bag, a series, texts.
 */
public final class SequenceAttributes {

    private final SequenceOptions options;
    private final List<Attribute> bags = new ArrayList<>();
    private final List<Attribute> texts = new ArrayList<>();
    private final List<List<Integer>> series = new ArrayList<>();
    private final List<Integer> names;
    private final List<Integer> learnedSteps;

    private SequenceAttributes(
            SequenceOptions options, Instances table, List<Integer> auxiliary, List<Integer> learnedSteps) {
        this.options = options;
        this.learnedSteps = learnedSteps;
        for (int a = 0; a < table.numAttributes(); a++) {
            Attribute attribute = table.attribute(a);
            if (a != table.classIndex()) {
                if (attribute.isRelationValued()) {
                    bags.add(attribute);
                } else if (attribute.isString()) {
                    texts.add(attribute);
                }
            }
        }
        if (bags.size() > 1) {
            throw new IllegalArgumentException("A table may have one relational attribute, but '"
                    + bags.get(0).name() + "' and '" + bags.get(1).name() + "' are given: remove all but one.");
        }
        readSeries(table, auxiliary);
        names = isMultiInstance(table) ? List.of(0) : List.of();
    }

    /**
     * Finds the sequences of a table.
     *
     * @param auxiliary indices of the auxiliary attributes of the table
     * @param learnedSteps indices of the attributes of the steps that are learned at each step
     * @throws IllegalArgumentException with one sentence, if the options do not fit the table
     */
    public static SequenceAttributes of(
            SequenceOptions options, Instances table, List<Integer> auxiliary, List<Integer> learnedSteps) {
        return new SequenceAttributes(options, table, auxiliary, learnedSteps);
    }

    /** The form of Weka's multi-instance data: the name of a bag, the bag, the class. */
    private static boolean isMultiInstance(Instances table) {
        return table.numAttributes() == 3
                && table.classIndex() == 2
                && table.attribute(0).isNominal()
                && table.attribute(1).isRelationValued();
    }

    private void readSeries(Instances table, List<Integer> auxiliary) {
        Set<Integer> all = new HashSet<>();
        for (String run : options.series()) {
            List<Integer> channel = AttributeRange.indices("time-series", run, table.numAttributes());
            for (int index : channel) {
                Attribute attribute = table.attribute(index);
                String named = "but '" + run + "' names attribute " + (index + 1) + ", '" + attribute.name() + "'";
                require(
                        index != table.classIndex(),
                        "Option -time-series must not name the class, " + named + ": leave it out.");
                require(
                        attribute.type() == Attribute.NUMERIC,
                        "Option -time-series must name numeric attributes, " + named + ", of type "
                                + Attribute.typeToString(attribute) + ": leave it out.");
                require(
                        !auxiliary.contains(index) && all.add(index),
                        "Option -time-series must name each attribute once, and none that is auxiliary, " + named
                                + " again: leave it out.");
            }
            require(
                    channel.size() >= 2,
                    "Option -time-series must name at least 2 attributes for each channel, but '" + run
                            + "' names one: give a range such as 1-60.");
            require(
                    series.isEmpty() || series.get(0).size() == channel.size(),
                    "Option -time-series must name as many attributes for each channel, but '" + run + "' names "
                            + channel.size() + " and the first channel "
                            + (series.isEmpty() ? 0 : series.get(0).size()) + ".");
            series.add(channel);
        }
    }

    /** Whether the table has any. */
    public boolean isEmpty() {
        return bags.isEmpty() && texts.isEmpty() && series.isEmpty();
    }

    /** Indices of the attributes that become no columns of their own. */
    public List<Integer> attributes() {
        List<Integer> attributes = new ArrayList<>(names);
        bags.forEach(bag -> attributes.add(bag.index()));
        texts.forEach(text -> attributes.add(text.index()));
        series.forEach(attributes::addAll);
        return Collections.unmodifiableList(attributes);
    }

    /**
     * The sequences, with what is fitted on training rows.
     *
     * @throws IllegalArgumentException with one sentence, if there is nothing to learn from
     */
    public Sequences fit(Instances rows) {
        List<StepSource> sources = new ArrayList<>();
        bags.forEach(bag -> sources.add(new BagSteps(bag, learnedSteps)));
        if (!series.isEmpty()) {
            sources.add(new SeriesSteps(series));
        }
        texts.forEach(text -> sources.add(
                TextSteps.fit(rows, rows.attribute(text.index()), options.newTokenizer(), options.maxTokens())));
        return new Sequences(sources, names);
    }

    private static void require(boolean holds, String sentence) {
        if (!holds) {
            throw new IllegalArgumentException(sentence);
        }
    }
}
