package org.gatedepth.weka.gui;

import java.awt.Component;
import java.awt.Container;
import java.awt.event.MouseEvent;
import java.util.List;
import javax.swing.JTable;
import javax.swing.ListSelectionModel;
import javax.swing.table.TableCellRenderer;
import javax.swing.table.TableColumn;

/**
 * The list of the runs. Each column is as wide as its texts, in any font; where there is no room for all columns, the
 * list is scrolled.
 */
final class RunListView extends JTable {

    /** The longest texts that are usual, for widths that stay while a run goes on. */
    private static final List<String> USUAL =
            List.of("00:00:00", "breast-cancer", "10000", "finished", "150 of 150", "0.0000");

    /** Characters of a longer name that are shown; the tip has all of them. */
    private static final int MOST_CHARACTERS = 30;

    private static final String TIP = "The training runs of this session; choose one to see its curves";

    private final RunTable rows;

    RunListView(RunTable rows) {
        super(rows);
        this.rows = rows;
        setSelectionMode(ListSelectionModel.SINGLE_SELECTION);
        setFillsViewportHeight(true);
        setToolTipText(TIP);
        getAccessibleContext().setAccessibleName("Training runs");
        fit();
    }

    /** Widens the columns to what they show. No column becomes narrower, so that they do not move all the time. */
    void fit() {
        for (int c = 0; c < getColumnCount(); c++) {
            TableColumn column = getColumnModel().getColumn(c);
            TableCellRenderer header = getTableHeader().getDefaultRenderer();
            int width = Math.max(
                    column.getMinWidth(),
                    Math.max(width(header, column.getHeaderValue(), -1, c), width(USUAL.get(c), c)));
            for (int row = 0; row < Math.min(getRowCount(), RunList.REPORTS); row++) {
                width = Math.max(width, width(shortened(String.valueOf(getValueAt(row, c))), c));
            }
            column.setMinWidth(width);
            column.setPreferredWidth(width);
        }
    }

    private int width(String text, int column) {
        return width(getDefaultRenderer(Object.class), text, 0, column);
    }

    private int width(TableCellRenderer renderer, Object value, int row, int column) {
        Component cell = renderer.getTableCellRendererComponent(this, value, false, false, row, column);
        return cell.getPreferredSize().width + getIntercellSpacing().width + 2;
    }

    private static String shortened(String text) {
        return text.length() <= MOST_CHARACTERS ? text : text.substring(0, MOST_CHARACTERS);
    }

    /** The width of all columns. */
    int width() {
        int width = 0;
        for (int c = 0; c < getColumnCount(); c++) {
            width += getColumnModel().getColumn(c).getMinWidth();
        }
        return width;
    }

    @Override
    public boolean getScrollableTracksViewportWidth() {
        Container around = getParent();
        return around == null || width() <= around.getWidth();
    }

    @Override
    public String getToolTipText(MouseEvent event) {
        int row = rowAtPoint(event.getPoint());
        return row < 0 ? TIP : Lines.html(RunText.describe(rows.run(row)));
    }
}
