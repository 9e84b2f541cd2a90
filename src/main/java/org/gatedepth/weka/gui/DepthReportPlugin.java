package org.gatedepth.weka.gui;

import java.awt.BorderLayout;
import java.net.URL;
import javax.swing.ImageIcon;
import javax.swing.JFrame;
import javax.swing.JMenuItem;
import javax.swing.WindowConstants;
import org.gatedepth.weka.model.ReportProperty;
import org.jspecify.annotations.Nullable;
import weka.gui.GenericObjectEditor;
import weka.gui.visualize.plugins.GraphVisualizePlugin;

/**
 * The item "Depth report" under Plugins in the menu of a result. Weka gives it the graph, which has the report in it.
 */
public final class DepthReportPlugin implements GraphVisualizePlugin {

    /** For Weka, which names this class in PluginManager.props. */
    public DepthReportPlugin() {
        // It has no state.
    }

    @Override
    public @Nullable JMenuItem getVisualizeMenuItem(String bif, String name) {
        if (!ReportProperty.isIn(bif)) {
            return null;
        }
        JMenuItem item = new JMenuItem(ReportPages.TITLE);
        item.addActionListener(event -> open(bif, name));
        return item;
    }

    private static void open(String bif, String name) {
        window(bif, name).setVisible(true);
    }

    /** The window, not yet shown. */
    static JFrame window(String bif, String name) {
        ReportPanel panel = new ReportPanel();
        try {
            panel.show(ReportProperty.read(bif));
        } catch (IllegalArgumentException e) {
            panel.say(String.valueOf(e.getMessage()));
        }
        JFrame window = new JFrame(ReportPages.TITLE + ": " + name);
        URL icon = GenericObjectEditor.class.getResource("weka_icon_new_48.png");
        if (icon != null) {
            window.setIconImage(new ImageIcon(icon).getImage());
        }
        window.setDefaultCloseOperation(WindowConstants.DISPOSE_ON_CLOSE);
        window.add(panel, BorderLayout.CENTER);
        panel.setPreferredSize(panel.sizeOfItsText());
        window.pack();
        window.setLocationByPlatform(true);
        WindowOnScreen.keep(panel);
        return window;
    }

    @Override
    public String getMinVersion() {
        return "3.8.6";
    }

    @Override
    public String getMaxVersion() {
        return "4.0.0";
    }

    @Override
    public String getDesignVersion() {
        return "3.8.7";
    }
}
