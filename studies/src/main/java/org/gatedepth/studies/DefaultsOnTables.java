package org.gatedepth.studies;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.gatedepth.studies.tables.Contender;
import org.gatedepth.studies.tables.FoldedTable;
import org.gatedepth.studies.tables.Peer;
import org.gatedepth.studies.tables.PredictionMeasures;
import org.gatedepth.studies.tables.WekaContender;

/**
 * GatedNetwork with its default options, or any others, beside peers with theirs: on every table of some folders, all
 * on the same folds, with the same measures.
 *
 * <p>A run is one classifier on all folds of one table. A run that fails, or is over the limit, is a row that says so.
 */
final class DefaultsOnTables implements Study {
    static final String TABLE = "table";
    static final String TASK = "task";
    static final String KIND = "kind";
    static final String CLASSIFIER = "classifier";
    static final String OPTIONS = "options";
    static final String SEED = "seed";
    static final String FOLD = "fold";
    static final String TRAIN_SECONDS = "train_seconds";
    static final String TEST_SECONDS = "test_seconds";
    static final String NOTE = "note";

    static final String CLASSIFICATION = "classification";
    static final String REGRESSION = "regression";

    static final String NETWORK = "network";
    static final String PEER = "peer";

    private static final String GATED_NETWORK = "GatedNetwork";
    private static final double NETWORK_COST = 5;
    private static final String ALL_PEERS = "peers";
    private static final Path EXAMPLES = Path.of("examples/data");
    private static final Set<String> QUICK = Set.of("labor", "iris", "cpu");

    private final DefaultsOptions options;

    /** Made once, since it asks Python whether it has scikit-learn. */
    private List<Peer> peers = List.of();

    private DefaultsOnTables(DefaultsOptions options) {
        this.options = options;
    }

    public static void main(String[] arguments) throws Exception {
        DefaultsOptions options;
        try {
            options = DefaultsOptions.of(arguments);
        } catch (IllegalArgumentException e) {
            System.err.println("defaults: " + e.getMessage());
            System.exit(1);
            return;
        }
        StudyRunner.main(new DefaultsOnTables(options), options.others());
    }

    @Override
    public String name() {
        return "defaults";
    }

    @Override
    public List<String> arguments() {
        return options.own();
    }

    @Override
    public Optional<Duration> limit() {
        return Optional.of(options.limit());
    }

    @Override
    public Map<String, Object> overLimit() {
        return without("stopped after " + options.limit().toSeconds() + " s");
    }

    @Override
    public List<RunSettings> runs(boolean quick) throws IOException {
        List<String> missing = new ArrayList<>();
        peers = Peer.all(options.python(), missing);
        missing.forEach(System.err::println);
        Map<String, String> networks = networks();
        requireKnown(networks, peers.stream().map(Peer::name).toList());
        List<RunSettings> runs = new ArrayList<>();
        for (Path file : files()) {
            FoldedTable table = FoldedTable.read(file);
            if (quick && !QUICK.contains(table.name())) {
                continue;
            }
            for (String seed : options.seeds()) {
                networks.forEach((name, line) -> {
                    if (isWanted(name, NETWORK)) {
                        runs.add(settings(table, NETWORK, name, line, seed, NETWORK_COST));
                    }
                });
                for (Peer peer : peers) {
                    if (peer.suits(table) && isWanted(peer.name(), PEER)) {
                        runs.add(settings(table, PEER, peer.name(), "", seed, peer.cost()));
                    }
                }
            }
        }
        return runs;
    }

    private static RunSettings settings(
            FoldedTable table, String kind, String classifier, String line, String seed, double cost) {
        return RunSettings.of(
                cost * table.size(),
                TABLE,
                table.name(),
                TASK,
                table.isNumeric() ? REGRESSION : CLASSIFICATION,
                KIND,
                kind,
                CLASSIFIER,
                classifier,
                OPTIONS,
                line,
                SEED,
                seed);
    }

    /** Options by name. */
    private Map<String, String> networks() {
        Map<String, String> networks = new LinkedHashMap<>(Map.of(GATED_NETWORK, ""));
        networks.putAll(options.variants());
        networks.forEach((name, line) -> {
            try {
                network(line).classifier();
            } catch (Exception e) {
                throw new IllegalArgumentException("the variant " + name + " has wrong options: " + e.getMessage(), e);
            }
        });
        return networks;
    }

    private static WekaContender network(String line) {
        return new WekaContender("weka.classifiers.functions." + GATED_NETWORK, line);
    }

    private void requireKnown(Map<String, String> networks, List<String> peers) {
        Set<String> both = new TreeSet<>(networks.keySet());
        both.retainAll(peers);
        if (!both.isEmpty()) {
            throw new IllegalArgumentException("a variant must not have the name of a peer, got " + both);
        }
        Set<String> unknown = new TreeSet<>(options.classifiers());
        unknown.removeAll(networks.keySet());
        unknown.removeAll(peers);
        unknown.remove(ALL_PEERS);
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("--classifiers names " + unknown + "; there are " + networks.keySet()
                    + ", " + peers + " and \"" + ALL_PEERS + "\"");
        }
    }

    private boolean isWanted(String classifier, String kind) {
        Set<String> wanted = options.classifiers();
        return wanted.isEmpty() || wanted.contains(classifier) || (kind.equals(PEER) && wanted.contains(ALL_PEERS));
    }

    private List<Path> files() throws IOException {
        Map<String, Path> byName = new LinkedHashMap<>();
        for (Path folder : options.folders().isEmpty() ? List.of(EXAMPLES) : options.folders()) {
            for (Path file : FoldedTable.files(folder)) {
                Path other = byName.put(FoldedTable.name(file), file);
                if (other != null) {
                    throw new IOException("two tables have one name, " + other + " and " + file + "; rename one.");
                }
            }
        }
        return List.copyOf(byName.values());
    }

    @Override
    public List<Map<String, Object>> run(RunSettings settings) throws IOException {
        Path file = files().stream()
                .filter(path -> FoldedTable.name(path).equals(settings.text(TABLE)))
                .findFirst()
                .orElseThrow();
        FoldedTable table = FoldedTable.read(file);
        Contender contender = contender(settings);
        List<Map<String, Object>> rows = new ArrayList<>();
        try {
            for (int fold = 0; fold < table.folds(); fold++) {
                FoldedTable.Split split = table.split(settings.whole(SEED), fold);
                Contender.Answer answer = contender.answer(split.train(), split.test(), settings.whole(SEED));
                rows.add(row(
                        String.valueOf(fold + 1),
                        PredictionMeasures.of(split.train(), split.test(), answer.predictions()),
                        answer.trainSeconds(),
                        answer.testSeconds(),
                        ""));
            }
        } catch (Exception e) {
            // Whatever it is, it is the result of this classifier on this table, and the others go on.
            e.printStackTrace();
            return List.of(without(("failed: " + e).replaceAll("\\s+", " ")));
        }
        return rows;
    }

    private Contender contender(RunSettings settings) {
        if (settings.text(KIND).equals(NETWORK)) {
            return network(settings.text(OPTIONS));
        }
        if (peers.isEmpty()) {
            peers = Peer.all(options.python(), new ArrayList<>());
        }
        return peers.stream()
                .filter(peer -> peer.name().equals(settings.text(CLASSIFIER)))
                .findFirst()
                .orElseThrow()
                .contender();
    }

    private static Map<String, Object> without(String note) {
        return row("", PredictionMeasures.none(), "", "", note);
    }

    private static Map<String, Object> row(
            String fold, Map<String, Object> measures, Object trainSeconds, Object testSeconds, String note) {
        Map<String, Object> row = new LinkedHashMap<>(Map.of(FOLD, fold));
        row.putAll(measures);
        row.put(TRAIN_SECONDS, trainSeconds);
        row.put(TEST_SECONDS, testSeconds);
        row.put(NOTE, note);
        return row;
    }

    /** Those rows of the results that the options ask for. */
    private ResultTable chosen(ResultTable results) throws IOException {
        Set<String> tables = options.folders().isEmpty()
                ? Set.copyOf(results.values(TABLE))
                : files().stream().map(FoldedTable::name).collect(Collectors.toSet());
        return results.where(row -> tables.contains(row.get(TABLE))
                && options.seeds().contains(row.get(SEED))
                && isWanted(row.get(CLASSIFIER), row.get(KIND)));
    }

    @Override
    public String table(ResultTable results) throws IOException {
        return new DefaultsSummary(chosen(results)).markdown();
    }

    @Override
    public void draw(ResultTable results, Path folder) throws IOException {
        new DefaultsSummary(chosen(results)).draw(folder.resolve(name() + ".svg"));
    }
}
