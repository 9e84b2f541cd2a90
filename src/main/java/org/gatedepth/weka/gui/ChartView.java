package org.gatedepth.weka.gui;

import java.awt.BorderLayout;
import java.awt.Color;
import java.awt.Dimension;
import java.awt.Graphics;
import java.awt.Graphics2D;
import javax.swing.BorderFactory;
import javax.swing.JPanel;
import javax.swing.JTextArea;

/** Shows a chart, or a sentence where there is nothing to draw. */
final class ChartView extends JPanel {

    private final JTextArea sentence = new JTextArea();
    private ChartModel model = ChartModel.empty("", "");

    ChartView() {
        super(new BorderLayout());
        setBackground(Color.WHITE);
        setPreferredSize(new Dimension(360, 260));
        setMinimumSize(new Dimension(160, 120));
        sentence.setEditable(false);
        sentence.setLineWrap(true);
        sentence.setWrapStyleWord(true);
        sentence.setForeground(Color.BLACK);
        sentence.setBackground(Color.WHITE);
        sentence.setFont(getFont());
        sentence.setBorder(BorderFactory.createEmptyBorder(24, 24, 24, 24));
        add(sentence);
    }

    void show(ChartModel shown) {
        if (shown.equals(model)) {
            return;
        }
        model = shown;
        sentence.setText(shown.sentence());
        sentence.setVisible(!shown.hasCurves());
        getAccessibleContext().setAccessibleName(shown.title());
        getAccessibleContext().setAccessibleDescription(shown.describe());
        revalidate();
        repaint();
    }

    /** What it says instead of a chart; empty where there is one. */
    String sentence() {
        return sentence.isVisible() ? sentence.getText() : "";
    }

    @Override
    protected void paintComponent(Graphics graphics) {
        super.paintComponent(graphics);
        if (!model.hasCurves()) {
            return;
        }
        Graphics2D copy = (Graphics2D) graphics.create();
        try {
            ChartPainter.paint(model, copy, getWidth(), getHeight(), getFont());
        } catch (LinkageError e) {
            sentence.setText("Charts cannot be drawn, because the library XChart cannot be loaded (" + e.getMessage()
                    + "): install the Gatedepth package anew, which brings it.");
            sentence.setVisible(true);
        } finally {
            copy.dispose();
        }
    }
}
