package org.gatedepth.packaging;

import java.io.File;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A person at the Explorer, in a process of its own whose Weka has the package installed.
 *
 * <p>Arguments: {@code train}, {@code reuse} or {@code sequences}, the data set, the folder for screenshots, the model
 * file to write or read, and the test set. Prints what was seen, each fact after an @ and its name, for ExplorerTest to
 * judge.
 */
final class ExplorerSession {

    private final ExplorerSessionWindow window;
    private final ExplorerSessionOptions options;
    private final ExplorerSessionResults results;
    private final ExplorerSessionTab tab;
    private final ExplorerSessionReport report;

    private ExplorerSession(ExplorerSessionWindow window) {
        this.window = window;
        options = new ExplorerSessionOptions(window);
        results = new ExplorerSessionResults(window);
        tab = new ExplorerSessionTab(window);
        report = new ExplorerSessionReport(window, results, tab);
    }

    public static void main(String[] args) throws Exception {
        File screenshots = new File(args[2]);
        ExplorerSessionWindow window = ExplorerSessionWindow.open(args[1], screenshots, args[0]);
        try {
            ExplorerSession session = new ExplorerSession(window);
            File model = new File(args[3]);
            switch (args[0]) {
                case "train" -> session.train(model);
                case "reuse" -> session.reuse(model, new File(args[4]));
                default -> session.sequences();
            }
            System.exit(0);
        } catch (Throwable t) {
            t.printStackTrace();
            window.screenshot("failure");
            System.exit(1);
        }
    }

    static void say(String what, Object value) {
        System.out.println("@" + what + ": " + value);
    }

    private void train(File model) throws Exception {
        window.selectTab("Gates and depth");
        window.screenshot("tab-before-any-run");
        say("tab before any run", tab.describe("Loss by epoch"));

        window.selectTab("Classify");
        options.choose("functions", "GatedNetwork");
        window.screenshot("chosen");
        say("chosen", options.summary());
        badValues();
        watchARun();
        goOn(model);
        stopARun();
    }

    private void badValues() throws Exception {
        options.edit(Map.of("depth", "0"));
        options.close();
        window.press("Start");
        say("depth 0", window.dismissDialog("depth-0"));
        options.edit(Map.of("depth", "six"));
        options.close();
        say("depth in letters", options.summary());
    }

    private void watchARun() throws Exception {
        options.edit(Map.of("depth", "6", "epochs", "30", "validation", "20", "miniBatch", "8"));
        options.choose("resume", true);
        options.editIn("auxiliary", Map.of("auxEvery", "3"), () -> window.screenshot("auxiliary", "org\\.gated.*"));
        window.screenshot("options", "weka.gui.GenericObjectEditor");
        options.close();
        say("options opened again", options.places());
        window.set("10", "2");
        window.said();
        window.start();
        // On a fast machine the first line with a loss may be the last one of the run.
        window.waitFor("a loss", () -> window.hasSaid("(Epoch \\d+ of 30|Trained the network), loss .*"));
        window.screenshot("running");
        say("status line of the first network", window.said());

        window.selectTab("Gates and depth");
        window.waitFor("curves", () -> tab.epoch("Loss by epoch") > 0);
        say("tab early", tab.describe("Loss by epoch"));
        window.screenshot("tab-running");
        window.waitFor("the second fold", () -> tab.runs().size() == 3 && tab.epoch("Loss by epoch") > 0);
        say("tab of a fold", tab.describe("Loss of the output and of each head"));
        window.waitForTheEnd();
        say("status line of the last network", window.said());
        window.waitFor(
                "the ends of all runs in the tab", () -> tab.runs().stream().allMatch(run -> run.contains("finished")));
        window.screenshot("tab-folds");
        say("runs", tab.runs());
        tab.chooseRun(2);
        say("tab of the first run", tab.describe("Loss by epoch"));
        say("gates of the first run", tab.describe("Mean transform gate by block"));
        window.screenshot("tab-first-run");

        window.selectTab("Classify");
        window.screenshot("result");
        say("output", results.latest());
    }

    private void goOn(File model) throws Exception {
        window.said();
        results.popup("Continue iterating using the training data");
        window.waitForTheStart();
        window.waitForTheEnd();
        say("status line of going on", window.said());
        say("output after going on", results.latest());
        window.screenshot("continued");

        results.popup("Visualize graph");
        window.waitFor("the graph", () -> window.isShowing(Pattern.compile("Weka Classifier Graph Visualizer.*")));
        window.screenshot("graph", "Weka Classifier Graph Visualizer.*");
        window.close("Weka Classifier Graph Visualizer.*");

        report.look(new File(model.getParentFile(), "depth.html"));
        // The fourth of the runs is that of the model before it was trained on.
        report.lookInTheTab(3, 0);

        window.said();
        results.popup("Save model");
        window.chooseFile(model);
        window.waitFor(
                "the model file",
                () -> model.exists()
                        && window.hasSaid("Saving model.*")
                        && window.status().equals("OK"));
    }

    private void stopARun() throws Exception {
        options.edit(Map.of("epochs", "1000000"));
        options.close();
        window.start();
        window.waitFor("an epoch", () -> window.hasSaid("Epoch \\d+ of 1000000.*"));
        window.press("Stop");
        window.waitForTheEnd();
        say("status line of a stop", window.status());
        window.screenshot("stopped");
        say("output of a stop", results.latest());
    }

    private void reuse(File model, File testSet) throws Exception {
        window.selectTab("Classify");
        results.popup("Load model");
        window.chooseFile(model);
        window.waitFor("the model", () -> !results.latest().isEmpty());
        say("loaded", results.latest());
        window.press("Supplied test set");
        window.press("Set...");
        window.pressIn("Test Instances", "Open file...");
        window.chooseFile(testSet);
        window.waitFor("the test set", () -> window.hasText("Test Instances", "segment"));
        window.pressIn("Test Instances", "Close");
        results.popup("Re-evaluate model on current test set");
        window.waitFor("the evaluation", () -> results.latest().contains("Total Number of Instances"));
        window.screenshot("re-evaluated");
        say("re-evaluated", results.latest());
    }

    private void sequences() throws Exception {
        window.selectTab("Classify");
        options.choose("functions", "GatedNetwork");
        options.edit(Map.of("depth", "4", "epochs", "20"));
        options.editIn("sequences", Map.of("maxTokens", "0"), () -> window.screenshot("options", "org\\.gated.*"));
        options.close();
        window.press("Start");
        say("no tokens", window.dismissDialog("no-tokens"));
        options.edit(Map.of());
        options.editIn("sequences", Map.of("maxTokens", "100"), () -> {});
        options.close();
        say("options", options.summary());
        window.set("10", "2");
        window.said();
        window.start();
        window.waitFor("a loss", () -> window.hasSaid("(Epoch \\d+ of 20|Trained the network), loss .*"));
        window.selectTab("Gates and depth");
        window.waitForTheEnd();
        window.waitFor(
                "the ends of all runs in the tab", () -> tab.runs().stream().allMatch(run -> run.contains("finished")));
        // The charts follow the list of runs after a moment.
        window.waitFor(
                "the gates of the last epoch",
                () -> tab.describe("Mean transform gate by block").contains("epoch 20 "));
        say("tab", tab.describe("Mean transform gate by block"));
        window.screenshot("tab");
        report.lookInTheTab(0);
        window.selectTab("Classify");
        window.screenshot("result");
        say("output", results.latest());

        results.popup("Visualize graph");
        window.waitFor("the graph", () -> window.isShowing(Pattern.compile("Weka Classifier Graph Visualizer.*")));
        window.screenshot("graph", "Weka Classifier Graph Visualizer.*");
        window.close("Weka Classifier Graph Visualizer.*");
        stopARun();
    }
}
