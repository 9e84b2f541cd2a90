package org.gatedepth.weka.gui;

import java.awt.BorderLayout;
import java.awt.Color;
import java.awt.Dimension;
import java.awt.GridLayout;
import java.awt.event.HierarchyEvent;
import java.util.List;
import javax.swing.BorderFactory;
import javax.swing.Box;
import javax.swing.BoxLayout;
import javax.swing.JLabel;
import javax.swing.JPanel;
import javax.swing.JScrollPane;
import javax.swing.JSplitPane;
import javax.swing.JTabbedPane;
import javax.swing.Timer;
import org.gatedepth.weka.progress.RunRecord;
import org.gatedepth.weka.progress.RunWatchers;
import org.jspecify.annotations.Nullable;
import weka.core.Instances;
import weka.gui.explorer.Explorer;
import weka.gui.explorer.Explorer.ExplorerPanel;

/**
 * The tab: a list of the runs of this session, and the charts and the depth report of the one that is chosen, which is
 * the latest until another one is.
 *
 * <p>It looks at the runs five times a second while it is on the screen, and not otherwise. The thread that trains
 * never waits for it.
 */
public final class GatesAndDepthTab extends JPanel implements ExplorerPanel, RunWatchers.Watcher {

    private static final int MILLIS_BETWEEN = 200;

    /** The part of the tab that the list of runs takes at most, until its user moves the divider. */
    private static final double MOST_OF_THE_WIDTH = 0.5;

    private final transient RunList list = new RunList();
    private final RunTable rows = new RunTable();
    private final RunListView table = new RunListView(rows);
    private final ChartView losses = new ChartView();
    private final ChartView outputs = new ChartView();
    private final ChartView gates = new ChartView();
    private final ReportPanel reportPanel = new ReportPanel();
    private final transient RunReport report = new RunReport(reportPanel);
    private final JTabbedPane views = new JTabbedPane();
    private final JPanel below = new JPanel();
    private final JLabel about = new JLabel(" ");
    private final Timer timer = new Timer(MILLIS_BETWEEN, event -> look());

    private volatile boolean showing;
    private volatile boolean changed;
    /** Rows of the table that is open. */
    private volatile int tableRows;

    private boolean updating;
    private transient @Nullable RunRecord chosen;
    private volatile @Nullable Explorer explorer;

    /** Lays out the tab; Weka calls it. */
    public GatesAndDepthTab() {
        super(new BorderLayout());
        JSplitPane halves = new JSplitPane(JSplitPane.HORIZONTAL_SPLIT, runs(), views);
        views.addTab("Curves", null, charts(), "Losses, heads and gates by epoch");
        views.addTab(ReportPages.TITLE, null, reportPanel, "What the depth, the gates and the heads of the network do");
        views.addChangeListener(event -> draw());
        // The charts take what the list leaves. The sizes that their tabs ask for would make the list as small as it
        // can
        // be, and would keep the divider there.
        views.setMinimumSize(new Dimension(200, 100));
        views.setPreferredSize(views.getMinimumSize());
        halves.setResizeWeight(0);
        halves.setContinuousLayout(true);
        halves.setBorder(null);
        add(halves);
        about.setBorder(BorderFactory.createEmptyBorder(4, 8, 4, 8));
        add(about, BorderLayout.SOUTH);
        timer.setInitialDelay(0);
        addHierarchyListener(event -> {
            if ((event.getChangeFlags() & HierarchyEvent.SHOWING_CHANGED) != 0) {
                shown(isShowing());
            }
        });
        draw();
    }

    private JScrollPane runs() {
        table.getSelectionModel().addListSelectionListener(event -> choose());
        JScrollPane scroll = new JScrollPane(table) {
            @Override
            public Dimension getPreferredSize() {
                int all = table.width() + getVerticalScrollBar().getPreferredSize().width + 2 * getInsets().left + 4;
                return new Dimension((int) Math.min(all, MOST_OF_THE_WIDTH * tabWidth()), 100);
            }
        };
        scroll.setMinimumSize(new Dimension(120, 100));
        scroll.setBorder(BorderFactory.createTitledBorder("Training runs"));
        return scroll;
    }

    private int tabWidth() {
        return getWidth() > 0 ? getWidth() : 1024;
    }

    private JPanel charts() {
        below.setLayout(new BoxLayout(below, BoxLayout.X_AXIS));
        below.add(outputs);
        below.add(Box.createHorizontalStrut(4));
        below.add(gates);
        JPanel charts = new JPanel(new GridLayout(2, 1, 4, 4));
        charts.setBackground(Color.WHITE);
        below.setOpaque(false);
        charts.add(losses);
        charts.add(below);
        return charts;
    }

    /** Watches the runs while there is a window. */
    @Override
    public void addNotify() {
        super.addNotify();
        RunWatchers.watch(this);
    }

    @Override
    public void removeNotify() {
        RunWatchers.unwatch(this);
        shown(false);
        super.removeNotify();
    }

    private void shown(boolean now) {
        showing = now;
        if (now) {
            changed = true;
            timer.start();
        } else {
            timer.stop();
        }
    }

    @Override
    public void changed(RunRecord run) {
        list.add(run);
        changed = true;
    }

    @Override
    public boolean wantsDetails() {
        return showing;
    }

    /** Shows what has changed, if anything has. */
    void look() {
        if (!changed) {
            return;
        }
        changed = false;
        List<RunRecord> now = list.now();
        boolean follows = table.getSelectedRow() <= 0;
        updating = true;
        try {
            boolean moved = rows.show(now);
            table.fit();
            if (moved && !now.isEmpty()) {
                int row = follows || chosen == null ? 0 : rows.row(chosen);
                table.setRowSelectionInterval(row, row);
                chosen = rows.run(row);
            }
        } finally {
            updating = false;
        }
        draw();
    }

    private void choose() {
        int row = table.getSelectedRow();
        if (!updating && row >= 0) {
            chosen = rows.run(row);
            draw();
        }
    }

    private void draw() {
        RunRecord run = chosen;
        if (isShowing() && views.getSelectedComponent() == reportPanel) {
            report.show(run);
        }
        below.setVisible(run != null);
        if (run == null) {
            losses.show(ChartModel.empty(RunCharts.LOSSES, RunCharts.NO_RUN));
            return;
        }
        losses.show(RunCharts.losses(run));
        ChartModel byOutput = RunCharts.outputs(run);
        ChartModel byBlock = RunCharts.gates(run);
        // If neither has anything to show, one sentence is enough.
        outputs.setVisible(byOutput.hasCurves() || !byOutput.sentence().equals(byBlock.sentence()));
        outputs.show(byOutput);
        gates.show(byBlock);
        about.setText(RunText.describe(run));
        about.setToolTipText(Lines.html(run.options()));
    }

    @Override
    public void setExplorer(Explorer parent) {
        explorer = parent;
    }

    @Override
    public @Nullable Explorer getExplorer() {
        return explorer;
    }

    @Override
    public int networks(int rows) {
        return explorer == null ? 0 : Evaluations.networks(explorer, rows < tableRows);
    }

    /** The tab shows runs, whatever table is open. */
    @Override
    public void setInstances(Instances open) {
        tableRows = open.size();
    }

    @Override
    public String getTabTitle() {
        return "Gates and depth";
    }

    @Override
    public String getTabTitleToolTip() {
        return "How the networks of GatedNetwork train: losses, heads and gates";
    }
}
