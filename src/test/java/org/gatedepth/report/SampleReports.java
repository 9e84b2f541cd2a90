package org.gatedepth.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.gatedepth.report.input.InputImportance;

/** Small reports made by hand. */
final class SampleReports {

    private SampleReports() {}

    static List<Double> numbers(int count, IntToDoubleFunction number) {
        return IntStream.range(0, count).mapToObj(number::applyAsDouble).toList();
    }

    static List<String> names(String layer, int count) {
        return IntStream.rangeClosed(1, count).mapToObj(i -> layer + "/" + i).toList();
    }

    /** A flow whose gradient shrinks by {@code fall} at each block. */
    static Flow flow(int blocks, double fall) {
        double sum = IntStream.rangeClosed(0, blocks)
                .mapToDouble(k -> Math.exp(-Math.abs(k - 2.0)))
                .sum();
        return new Flow(
                numbers(blocks + 1, i -> 4 + 0.5 * i),
                numbers(blocks + 1, i -> 0.25 * Math.pow(fall, blocks - i)),
                numbers(blocks, i -> 1 - 0.01 * i),
                numbers(blocks + 1, i -> Math.pow(0.9, blocks - i)),
                numbers(blocks, i -> 0.5 / (i + 1)),
                numbers(blocks + 1, k -> Math.exp(-Math.abs(k - 2.0)) / sum),
                2.125);
    }

    static Chain chain(String name, int blocks) {
        return new Chain(name, names(name, blocks), flow(blocks, 0.1), flow(blocks, 0.9));
    }

    static Lesions lesions(List<String> blocks, boolean classes) {
        List<Lesions.Outcome> single = new ArrayList<>();
        List<Lesions.Outcome> cumulative = new ArrayList<>();
        for (int i = 0; i < blocks.size(); i++) {
            single.add(
                    outcome(blocks.get(i), 0.12 + 0.3 / (i + 1), classes, 0.6 - 0.05 * Math.min(i, 9), 0.2 / (i + 1)));
        }
        List<String> order = new ArrayList<>(blocks);
        Collections.reverse(order);
        for (int i = 0; i < order.size(); i++) {
            double part = (i + 1.0) / order.size();
            cumulative.add(outcome(
                    order.get(i), 0.12 + part * part, classes, 0.972 - 0.5 * part * part, 0.5 * part * part * part));
        }
        return new Lesions(outcome("", 0.12, classes, 0.972, 0), single, cumulative);
    }

    private static Lesions.Outcome outcome(
            String block, double loss, boolean classes, double accuracy, double changed) {
        return new Lesions.Outcome(block, loss, classes ? accuracy : null, changed);
    }

    static Gates gates(String block, int i, int units) {
        double mean = 0.1 + 0.3 / (i + 1);
        return new Gates(
                block,
                -2.0,
                -2.0 - 0.1 * i,
                mean,
                mean / 2,
                0.75,
                0.03125,
                numbers(units, u -> Math.abs(Math.sin(u + i))));
    }

    /** Six highway blocks with two heads. */
    static DepthReport highway() {
        Chain chain = chain("stack", 6);
        return new DepthReport(
                DepthReport.FORMAT,
                "6 highway blocks of 16 units, 10 classes",
                62431,
                500,
                List.of(chain),
                IntStream.range(0, 6)
                        .mapToObj(i -> gates("stack/" + (i + 1), i, 16))
                        .toList(),
                List.of(),
                List.of(),
                lesions(chain.blocks(), true),
                List.of(
                        new HeadReport("head2", 2, 0.31, 0.9, true, 0.012, 0.55, 0.99),
                        new HeadReport("head4", 4, 0.2, 0.95, true, 0.004, 0.25, 0.96),
                        new HeadReport("output", 6, 0.12, 0.972, true, null, 0.2, 0.85)),
                List.of("The gradient is healthy: 0.531 of it reaches the first block.", "2.1 of 6 blocks are used."));
    }

    /** {@link #highway()} with 14 inputs, each of less effect than the one before it. */
    static DepthReport inputs() {
        DepthReport report = highway();
        double loss = report.lesions().intact().loss();
        return report.withInputs(IntStream.rangeClosed(1, 14)
                .mapToObj(i -> new InputImportance("input" + i, loss + 1.0 / i, .972 - .4 / i, .5 / i))
                .toList());
    }

    /** Residual blocks with weights on their skips. */
    static DepthReport residual(int blocks) {
        Chain chain = chain("stack", blocks);
        List<SkipWeights> skips = IntStream.range(0, blocks)
                .mapToObj(i -> new SkipWeights("stack/" + (i + 1), 1, 0.1 * Math.sin(i), 0.2))
                .toList();
        return plain(blocks + " residual blocks", chain, List.of(), skips, lesions(chain.blocks(), true));
    }

    /** A number of highway blocks. */
    static DepthReport highway(int blocks, int units) {
        Chain chain = chain("stack", blocks);
        return plain(
                blocks + " highway blocks",
                chain,
                IntStream.range(0, blocks)
                        .mapToObj(i -> gates("stack/" + (i + 1), i, units))
                        .toList(),
                List.of(),
                lesions(chain.blocks(), true));
    }

    /** Four dense blocks. */
    static DepthReport dense() {
        Chain chain = chain("dense", 4);
        List<List<Double>> weights = IntStream.rangeClosed(1, 5)
                .mapToObj(n -> numbers(n, j -> 0.1 * (n - j)))
                .toList();
        List<String> readers = new ArrayList<>(chain.blocks());
        readers.add("output");
        List<String> sources = new ArrayList<>(List.of("input"));
        sources.addAll(chain.blocks());
        return new DepthReport(
                DepthReport.FORMAT,
                "4 dense blocks",
                1000,
                100,
                List.of(chain),
                List.of(),
                List.of(),
                List.of(new DenseWeights("dense", readers, sources, weights)),
                lesions(chain.blocks(), true),
                List.of(),
                List.of("Fine."));
    }

    /** One plain block of a network that predicts numbers. */
    static DepthReport regression() {
        Chain chain = chain("plain", 1);
        return plain("1 plain block", chain, List.of(), List.of(), lesions(chain.blocks(), false));
    }

    /** Gates and heads without what may be null. */
    static DepthReport nulls() {
        Chain chain = chain("stack", 2);
        DepthReport report = plain(
                "2 highway blocks",
                chain,
                List.of(new Gates("stack/1", null, null, 0.1, 0, 0, null, List.of(0.1, 0.2))),
                List.of(),
                lesions(chain.blocks(), false));
        return heads(
                report,
                List.of(
                        new HeadReport("head1", 1, 0.5, null, false, null, null, null),
                        new HeadReport("output", 2, 0.4, null, true, null, null, null)));
    }

    static DepthReport heads(DepthReport r, List<HeadReport> heads) {
        return new DepthReport(
                r.format(),
                r.network(),
                r.parameters(),
                r.examples(),
                r.chains(),
                r.gates(),
                r.skips(),
                r.dense(),
                r.lesions(),
                heads,
                r.verdict());
    }

    /** Plain blocks of two layers in a row. */
    static DepthReport joined(int blocksOfEach) {
        List<String> blocks = new ArrayList<>(names("low", blocksOfEach));
        blocks.addAll(names("high", blocksOfEach));
        Flow flow = flow(blocks.size(), 0.9);
        return plain(
                blocks.size() + " plain blocks",
                new Chain("low .. high", blocks, flow, flow),
                List.of(),
                List.of(),
                lesions(List.of(), true));
    }

    /** Highway blocks with the names that they have in Weka. */
    static DepthReport numbered(int blocks) {
        List<String> names =
                IntStream.rangeClosed(1, blocks).mapToObj(i -> "block " + i).toList();
        Flow flow = flow(blocks, 0.9);
        return plain(
                blocks + " highway blocks",
                new Chain("the network", names, flow, flow),
                List.of(),
                List.of(),
                lesions(names, true));
    }

    /** Signals that are NaN, infinite or 0. */
    static DepthReport broken() {
        Flow zero = new Flow(
                List.of(1.0, 0.0, 0.0, Double.NaN),
                List.of(0.0, 0.0, 0.0, 0.0),
                List.of(0.0, Double.NaN, 1e300),
                List.of(Double.POSITIVE_INFINITY, 1e-300, 2.0, 1.0),
                List.of(Double.NaN, Double.NaN, Double.NaN),
                List.of(Double.NaN, Double.NaN, Double.NaN, Double.NaN),
                Double.NaN);
        Chain chain = new Chain("stack", names("stack", 3), zero, zero);
        return plain("3 blocks", chain, List.of(), List.of(), lesions(List.of(), true));
    }

    /** Names with characters that mean something in HTML. */
    static DepthReport named(String name) {
        Chain chain = new Chain(name, List.of(name + 1, name + 2), flow(2, 1), flow(2, 1));
        DepthReport report =
                plain(name, chain, List.of(gates(name + 1, 0, 4)), List.of(), lesions(chain.blocks(), true));
        return heads(
                report,
                List.of(
                        new HeadReport(name, 1, 0.5, 0.8, true, 0.1, 0.1, 0.1),
                        new HeadReport("output", 2, 0.4, 0.9, true, null, 0.5, 0.9)));
    }

    private static DepthReport plain(
            String network, Chain chain, List<Gates> gates, List<SkipWeights> skips, Lesions lesions) {
        return new DepthReport(
                DepthReport.FORMAT,
                network,
                12345,
                1000,
                List.of(chain),
                gates,
                skips,
                List.of(),
                lesions,
                List.of(),
                List.of("A verdict of " + network + "."));
    }
}
