package org.gatedepth.packaging;

import java.io.File;
import java.nio.file.Files;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.swing.JTabbedPane;
import javax.swing.JTextArea;
import org.assertj.swing.core.Robot;

/** The depth report: the window that the popup item opens, and the part of the tab "Gates and depth". */
final class ExplorerSessionReport {

    private static final String WINDOW = "Depth report: .*";

    private final ExplorerSessionWindow window;
    private final ExplorerSessionResults results;
    private final ExplorerSessionTab tab;
    private final Robot robot;

    ExplorerSessionReport(ExplorerSessionWindow window, ExplorerSessionResults results, ExplorerSessionTab tab) {
        this.window = window;
        this.results = results;
        this.tab = tab;
        robot = window.robot();
    }

    /** Opens the window, saves the page, and closes the window. */
    void look(File page) throws Exception {
        results.popup("Plugins", "Depth report");
        window.waitFor("the report", () -> window.isShowing(Pattern.compile(WINDOW)));
        window.screenshot("depth-report", WINDOW);
        ExplorerSession.say("report in its window", text());
        window.pressIn(WINDOW, "Save as HTML...");
        window.chooseFile(page);
        window.waitFor("the page", page::exists);
        ExplorerSession.say(
                "page of the report", Files.readString(page.toPath()).substring(0, 15));
        window.close(WINDOW);
    }

    /** Looks at the reports of some runs in the tab; run 0 is the latest. */
    void lookInTheTab(int... runs) throws Exception {
        window.selectTab("Gates and depth");
        choose("Depth report");
        for (int run : runs) {
            tab.chooseRun(run);
            window.waitFor("the report", () -> !text().isEmpty());
            ExplorerSession.say("report of run " + run + " in the tab", text());
        }
        window.screenshot("tab-depth-report");
        choose("Curves");
        window.selectTab("Classify");
    }

    private void choose(String part) {
        JTabbedPane parts = robot.finder()
                .find(ExplorerSessionWindow.showing(JTabbedPane.class, t -> "Curves".equals(t.getTitleAt(0))));
        window.selectTab(parts, part);
    }

    private String text() {
        return robot
                .finder()
                .findAll(ExplorerSessionWindow.showing(
                        JTextArea.class,
                        area -> "Depth report"
                                .equals(area.getAccessibleContext().getAccessibleName())))
                .stream()
                .map(JTextArea::getText)
                .collect(Collectors.joining());
    }
}
