package org.gatedepth.weka.gui;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Component;
import java.awt.Font;
import java.util.List;
import javax.swing.JSplitPane;
import javax.swing.JTable;
import javax.swing.JViewport;
import javax.swing.UIManager;
import org.gatedepth.weka.progress.RunRecord;
import org.gatedepth.weka.progress.RunWatchers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The sizes of the parts of the tab, in the look of Weka; no display is needed. */
class TabLayoutTest {

    private final GatesAndDepthTab tab = tab(new Font(Font.SANS_SERIF, Font.PLAIN, 13));

    @BeforeEach
    void takeTheLook() throws Exception {
        Screen.takeTheLookOfWeka();
    }

    @AfterEach
    void leaveTheFont() {
        UIManager.put("defaultFont", null);
    }

    private static GatesAndDepthTab tab(Font font) {
        try {
            UIManager.put("defaultFont", font);
            Screen.takeTheLookOfWeka();
            return Screen.onItsThread(GatesAndDepthTab::new);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static JTable table(GatesAndDepthTab tab) {
        return Screen.all(JTable.class, tab).get(0);
    }

    private static JSplitPane halves(GatesAndDepthTab tab) {
        return Screen.all(JSplitPane.class, tab).get(0);
    }

    private static void lay(GatesAndDepthTab tab, int width, int height) throws Exception {
        Screen.onItsThread(() -> {
            // The second time with the divider where the first has put it.
            Screen.layOut(tab, width, height);
            Screen.layOut(tab, width, height);
            return "";
        });
    }

    /** A run as long as those that the tab has to show. */
    private static void train(GatesAndDepthTab tab) throws Exception {
        RunWatchers.watch(tab);
        try {
            RunRecord run = Recorded.finished();
            run.begun(150);
            Recorded.epoch(run, 150, null, true, Recorded.details(1));
        } finally {
            RunWatchers.unwatch(tab);
        }
        Screen.onItsThread(() -> {
            tab.look();
            return "";
        });
    }

    /** Of each column, whether its header and cells are narrower than it. */
    private static void assertReadable(JTable table) {
        for (int column = 0; column < table.getColumnCount(); column++) {
            int width = table.getColumnModel().getColumn(column).getWidth();
            Component header = table.getTableHeader()
                    .getDefaultRenderer()
                    .getTableCellRendererComponent(table, table.getColumnName(column), false, false, -1, column);
            assertThat(header.getPreferredSize().width)
                    .as(table.getColumnName(column))
                    .isLessThanOrEqualTo(width);
            for (int row = 0; row < table.getRowCount(); row++) {
                Component cell = table.prepareRenderer(table.getCellRenderer(row, column), row, column);
                assertThat(cell.getPreferredSize().width)
                        .as("%s of row %d", table.getColumnName(column), row)
                        .isLessThanOrEqualTo(width);
            }
        }
    }

    // What is left of a window of 1024 x 768, of 1180 x 760 and of 1366 x 768 beside the parts of the Explorer.
    @ParameterizedTest
    @CsvSource({"1010, 610", "1160, 610", "1350, 610"})
    void showsTheListWholeAtItsFirstSize(int width, int height) throws Exception {
        lay(tab, width, height);
        train(tab);
        lay(tab, width, height);

        assertThat(table(tab).getRowCount()).isEqualTo(1);
        assertReadable(table(tab));
        assertThat(((JViewport) table(tab).getParent()).getWidth())
                .isGreaterThanOrEqualTo(((RunListView) table(tab)).width());
        Screen.picture(tab, "tab-" + width);
    }

    @Test
    void scrollsTheListWhereTheFontIsTwiceAsLarge() throws Exception {
        GatesAndDepthTab large = tab(new Font(Font.SANS_SERIF, Font.PLAIN, 26));
        lay(large, 1010, 610);
        train(large);
        lay(large, 1010, 610);

        assertReadable(table(large));
        assertThat(halves(large).getLeftComponent().getWidth()).isBetween(400, 510);
        Screen.picture(large, "tab-large-font");
    }

    @Test
    void movesItsDividerEitherWay() throws Exception {
        lay(tab, 1160, 610);
        for (int place : List.of(150, 300, 600, 900)) {
            halves(tab).setDividerLocation(place);
            lay(tab, 1160, 610);

            assertThat(halves(tab).getDividerLocation()).isEqualTo(place);
            assertThat(halves(tab).getMinimumDividerLocation()).isLessThanOrEqualTo(150);
            assertThat(halves(tab).getMaximumDividerLocation()).isGreaterThanOrEqualTo(900);
            assertReadable(table(tab));
        }
    }

    @Test
    void breaksLongTextsIntoLines() {
        String path = "x".repeat(200);

        assertThat(Lines.of("Open the file " + path + " yourself.")).allMatch(line -> line.length() <= 90);
        assertThat(Lines.plain("one\ntwo")).isEqualTo("one\ntwo");
        assertThat(Lines.html("a < b & c")).isEqualTo("<html>a &lt; b &amp; c</html>");
    }
}
