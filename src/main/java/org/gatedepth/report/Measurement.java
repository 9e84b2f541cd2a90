package org.gatedepth.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.gatedepth.block.SkipCoefficients;
import org.gatedepth.dl4j.probe.NetworkProbe;
import org.gatedepth.dl4j.probe.Places;
import org.gatedepth.dl4j.probe.ProbedBlock;
import org.gatedepth.dl4j.probe.ProbedSequence;
import org.gatedepth.dl4j.probe.ProbedSite;
import org.gatedepth.dl4j.probe.ProbedSite.Rows;
import org.gatedepth.dl4j.probe.ProbedVertex;
import org.gatedepth.report.measure.BlockMath;
import org.gatedepth.report.measure.Sample;
import org.gatedepth.report.measure.Scores;
import org.gatedepth.report.recording.LossHistory;
import org.gatedepth.report.time.OverTime;
import org.gatedepth.report.time.TimeMap;
import org.gatedepth.report.time.TimeMeasure;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/** Measures a {@link DepthReport}. */
final class Measurement {
    /** Examples for signal, gradient, gates and paths, spread over the data. */
    private static final int SAMPLE = 512;

    /** The most steps of the sequences among them. */
    private static final int SAMPLE_STEPS = 1 << 15;

    /** The most pixels of the images among them. */
    private static final int SAMPLE_PIXELS = 1 << 17;

    /** Sequences for gradients by lag. */
    private static final int SAMPLE_LAGS = 64;

    /** Paths and random vectors are the same in each report of a network. */
    private static final long SEED = 1;

    private final NetworkProbe probe;
    private final NetworkProbe initial;
    private final BlockMath math;
    private final MultiDataSet data;

    Measurement(NetworkProbe probe, MultiDataSet data) {
        this.probe = probe;
        this.data = checked(data);
        initial = probe.initial();
        math = new BlockMath(probe.type());
    }

    private MultiDataSet checked(MultiDataSet given) {
        INDArray[] features = given.getFeatures();
        if (features == null || features.length == 0 || features[0] == null || features[0].isEmpty()) {
            throw new IllegalArgumentException(
                    "the data set holds no examples: give at least one, better some hundred");
        }
        if (given.getLabels() == null || given.getLabels().length == 0 || given.getLabels()[0] == null) {
            throw new IllegalArgumentException("the data set holds no labels, which losses and gradients need");
        }
        for (int i = 0; i < features.length; i++) {
            long width = probe.width(i);
            if (width >= 0 && (features[i].rank() != 2 || features[i].size(1) != width)) {
                throw new IllegalArgumentException("the network reads " + width
                        + " features, but the data set has the shape " + Arrays.toString(features[i].shape())
                        + ": give examples that were prepared as for training");
            }
        }
        return given;
    }

    DepthReport report() {
        LesionStudy study = new LesionStudy(probe, math, data);
        MultiDataSet sample = Sample.of(data, probe.masks(data).get(0), sampleSize());
        probe.backward(sample);
        initial.backward(sample);
        List<List<Integer>> positions = chains();
        List<Chain> chains = new ArrayList<>();
        List<DenseWeights> dense = new ArrayList<>();
        List<TimeMap> maps = new ArrayList<>();
        for (List<Integer> chain : positions) {
            List<ProbedSite> sites = at(probe, chain);
            String name = name(sites);
            List<ProbedBlock> blocks = blocks(sites);
            FlowMeasure now = new FlowMeasure(math, sites, SEED);
            chains.add(new Chain(
                    name,
                    blocks.stream().map(ProbedBlock::name).toList(),
                    new FlowMeasure(math, at(initial, chain), SEED).measure(),
                    now.measure()));
            if (sites.get(0).rows() == Rows.STEPS) {
                maps.add(TimeMeasure.of(name, sites, now.gradientRows(), math));
            }
            if (blocks.stream().allMatch(probed -> probed.block().growth() > 0)) {
                dense.add(DenseMeasure.of(name, blocks, probe.readers(sites.get(sites.size() - 1))));
            }
        }
        List<Gates> gates = new GateMeasure(math, sampleScores(sample)).measure(probe.sites(), initial.sites());
        Lesions lesions = study.run();
        List<HeadReport> heads = HeadMeasure.of(probe, data, study);
        List<ProbedSequence> overTime =
                probe.overTime(Sample.of(sample, probe.masks(sample).get(0), SAMPLE_LAGS));
        maps.addAll(TimeMeasure.levels(overTime));
        OverTime time = new OverTime(maps, TimeMeasure.lags(overTime));
        return new DepthReport(
                DepthReport.FORMAT,
                probe.description(),
                probe.parameters(),
                data.getFeatures(0).size(0),
                chains,
                gates,
                skips(),
                dense,
                lesions,
                heads,
                time,
                List.of(),
                Verdict.of(chains, gates, lesions, heads, time),
                LossHistory.NONE,
                List.of());
    }

    /** After a forward pass, so that layers know the steps and pixels of an example. */
    private int sampleSize() {
        long size = SAMPLE;
        for (ProbedSite site : probe.sites()) {
            Places places = site.places();
            if (places != null) {
                size = Math.min(size, (site.rows() == Rows.STEPS ? SAMPLE_STEPS : SAMPLE_PIXELS) / places.each());
            }
        }
        return (int) Math.max(1, size);
    }

    private Scores sampleScores(MultiDataSet sample) {
        return new Scores(
                probe.labels(sample).get(0),
                probe.masks(sample).get(0),
                probe.predict(sample).get(0),
                probe.outputs().get(0).numbers());
    }

    /** Positions of the layers of each chain. */
    private List<List<Integer>> chains() {
        List<ProbedSite> sites = probe.sites();
        List<List<Integer>> chains = new ArrayList<>();
        for (int i = 0; i < sites.size(); i++) {
            ProbedSite site = sites.get(i);
            if (site.vertex() != null) {
                continue;
            }
            List<Integer> joined = null;
            for (List<Integer> chain : chains) {
                ProbedSite last = sites.get(chain.get(chain.size() - 1));
                boolean direct = last.name().equals(site.below()) && !last.hasTaps();
                // The last step of a sequence is a row, so that another layer may read it.
                boolean alike = last.rows() == site.rows();
                if (direct && alike && !site.blocks().get(0).isProjection()) {
                    joined = chain;
                }
            }
            if (joined == null) {
                joined = new ArrayList<>();
                chains.add(joined);
            }
            joined.add(i);
        }
        return chains;
    }

    private static List<ProbedSite> at(NetworkProbe probe, List<Integer> positions) {
        return positions.stream().map(i -> probe.sites().get(i)).toList();
    }

    private static String name(List<ProbedSite> sites) {
        String first = sites.get(0).name();
        return sites.size() == 1
                ? first
                : first + " .. " + sites.get(sites.size() - 1).name();
    }

    private static List<ProbedBlock> blocks(List<ProbedSite> sites) {
        return sites.stream()
                .flatMap(site -> site.blocks().stream())
                .filter(probed -> !probed.isProjection())
                .toList();
    }

    private List<SkipWeights> skips() {
        List<SkipWeights> skips = new ArrayList<>();
        for (ProbedSite site : probe.sites()) {
            ProbedVertex vertex = site.vertex();
            if (vertex != null) {
                add(skips, site.name(), vertex.skipCoefficients(), vertex.params());
            }
            for (ProbedBlock probed : site.blocks()) {
                add(skips, probed.name(), probed.block().skipCoefficients(), probed.params());
            }
        }
        return skips;
    }

    private static void add(
            List<SkipWeights> skips,
            String name,
            @Nullable SkipCoefficients coefficients,
            Map<String, INDArray> params) {
        if (coefficients != null) {
            INDArray alpha = values(coefficients.alpha(), params);
            INDArray beta = values(coefficients.beta(), params);
            skips.add(new SkipWeights(
                    name,
                    alpha.meanNumber().doubleValue(),
                    beta.meanNumber().doubleValue(),
                    beta.norm1Number().doubleValue() / beta.length()));
        }
    }

    private static INDArray values(SkipCoefficients.Coefficient coefficient, Map<String, INDArray> params) {
        return coefficient.param() == null
                ? Nd4j.createFromArray(coefficient.value())
                : Objects.requireNonNull(params.get(coefficient.param()), coefficient.param());
    }
}
