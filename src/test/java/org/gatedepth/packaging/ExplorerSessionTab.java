package org.gatedepth.packaging;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.swing.JPanel;
import javax.swing.JTable;
import org.assertj.swing.core.Robot;
import org.assertj.swing.edt.GuiActionRunner;

/** The tab "Gates and depth", read as a screen reader does: its classes are the package's. */
final class ExplorerSessionTab {

    private static final Pattern EPOCH = Pattern.compile("at epoch (\\d+)");

    private final Robot robot;

    ExplorerSessionTab(ExplorerSessionWindow window) {
        robot = window.robot();
    }

    /** What a chart says, by its title; nothing while it is hidden. */
    String describe(String title) {
        return robot
                .finder()
                .findAll(ExplorerSessionWindow.showing(
                        JPanel.class, p -> title.equals(p.getAccessibleContext().getAccessibleName())))
                .stream()
                .map(chart -> String.valueOf(chart.getAccessibleContext().getAccessibleDescription()))
                .collect(Collectors.joining());
    }

    /** The last epoch of a chart, 0 before the first. */
    int epoch(String title) {
        Matcher last = EPOCH.matcher(describe(title));
        return last.find() ? Integer.parseInt(last.group(1)) : 0;
    }

    /** The cells of the list of runs, joined row by row. */
    List<String> runs() {
        JTable table = table();
        return GuiActionRunner.execute(() -> {
            List<String> rows = new ArrayList<>();
            for (int row = 0; row < table.getRowCount(); row++) {
                StringBuilder text = new StringBuilder();
                for (int column = 1; column < table.getColumnCount(); column++) {
                    text.append(table.getValueAt(row, column)).append(' ');
                }
                rows.add(text.toString().strip());
            }
            return rows;
        });
    }

    void chooseRun(int row) {
        JTable table = table();
        GuiActionRunner.execute(() -> table.setRowSelectionInterval(row, row));
        robot.waitForIdle();
    }

    private JTable table() {
        return robot.finder()
                .find(ExplorerSessionWindow.showing(
                        JTable.class,
                        t -> "Training runs".equals(t.getAccessibleContext().getAccessibleName())));
    }
}
