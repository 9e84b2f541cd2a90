package org.gatedepth.weka.gui;

import java.util.List;
import javax.swing.table.AbstractTableModel;
import org.gatedepth.weka.progress.RunRecord;

/** The runs as the rows of a table. */
final class RunTable extends AbstractTableModel {

    private static final List<String> COLUMNS = List.of("Start", "Data set", "Rows", "State", "Epoch", "Loss");

    private transient List<RunRecord> runs = List.of();

    /**
     * Shows runs.
     *
     * @return whether rows came or went, and not only their values changed
     */
    boolean show(List<RunRecord> shown) {
        if (shown.equals(runs)) {
            if (!runs.isEmpty()) {
                fireTableRowsUpdated(0, runs.size() - 1);
            }
            return false;
        }
        runs = List.copyOf(shown);
        fireTableDataChanged();
        return true;
    }

    RunRecord run(int row) {
        return runs.get(row);
    }

    /** The row of a run; the latest run's if it is not here. */
    int row(RunRecord run) {
        return Math.max(0, runs.indexOf(run));
    }

    @Override
    public int getRowCount() {
        return runs.size();
    }

    @Override
    public int getColumnCount() {
        return COLUMNS.size();
    }

    @Override
    public String getColumnName(int column) {
        return COLUMNS.get(column);
    }

    @Override
    public Object getValueAt(int row, int column) {
        RunRecord run = runs.get(row);
        return switch (column) {
            case 0 -> RunText.start(run);
            case 1 -> run.relation();
            case 2 -> run.rows();
            case 3 -> RunText.state(run);
            case 4 -> RunText.epoch(run.epochs(), run);
            default -> RunText.loss(run.epochs());
        };
    }
}
