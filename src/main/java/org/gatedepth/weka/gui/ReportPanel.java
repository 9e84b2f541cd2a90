package org.gatedepth.weka.gui;

import java.awt.BorderLayout;
import java.awt.CardLayout;
import java.awt.Color;
import java.awt.Dimension;
import java.awt.FlowLayout;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Insets;
import java.awt.event.ComponentAdapter;
import java.awt.event.ComponentEvent;
import java.util.List;
import javax.swing.BorderFactory;
import javax.swing.JButton;
import javax.swing.JPanel;
import javax.swing.JScrollPane;
import javax.swing.JTextArea;
import org.gatedepth.report.DepthReport;
import org.jspecify.annotations.Nullable;

/** Shows a depth report as text, with buttons for its page, or a sentence where there is none. */
final class ReportPanel extends JPanel {

    private static final String TEXT = "text";
    private static final String SENTENCE = "sentence";

    /** A line of a report's text has at most 100. */
    private static final int CHARACTERS = 100;

    private static final int LINES = 36;

    private final JTextArea text = new JTextArea();
    private final JTextArea sentence = new JTextArea();
    private final JPanel either = new JPanel(new CardLayout());
    private final JButton open = new JButton("Open in browser");
    private final JButton save = new JButton("Save as HTML...");
    private transient @Nullable DepthReport report;

    ReportPanel() {
        super(new BorderLayout());
        // As large as the tables and charts beside it.
        text.setFont(new Font(Font.MONOSPACED, Font.PLAIN, getFont().getSize()));
        text.getAccessibleContext().setAccessibleName("Depth report");
        sentence.setFont(getFont());
        sentence.setLineWrap(true);
        sentence.setWrapStyleWord(true);
        for (JTextArea area : List.of(text, sentence)) {
            area.setEditable(false);
            area.setForeground(Color.BLACK);
            area.setBackground(Color.WHITE);
        }
        text.setBorder(BorderFactory.createEmptyBorder(8, 12, 8, 12));
        sentence.setBorder(BorderFactory.createEmptyBorder(24, 24, 24, 24));
        JScrollPane scroll = new JScrollPane(text);
        // Where it stands beside others it takes what they leave.
        scroll.setPreferredSize(new Dimension(360, 260));
        scroll.getViewport().addComponentListener(new ComponentAdapter() {
            @Override
            public void componentResized(ComponentEvent event) {
                write(scroll.getViewport().getWidth());
            }
        });
        either.add(sentence, SENTENCE);
        either.add(scroll, TEXT);
        add(either);
        open.addActionListener(event -> ReportPages.open(this, shown()));
        save.addActionListener(event -> ReportPages.save(this, shown()));
        open.setToolTipText("Makes a page with charts and opens it");
        save.setToolTipText("Makes a page with charts, which needs no other file");
        JPanel buttons = new JPanel(new FlowLayout(FlowLayout.TRAILING));
        buttons.add(open);
        buttons.add(save);
        add(buttons, BorderLayout.SOUTH);
        say("");
    }

    /** Room for its lines of {@value #CHARACTERS} characters, and for some of them at once. */
    Dimension sizeOfItsText() {
        FontMetrics metrics = text.getFontMetrics(text.getFont());
        return new Dimension((CHARACTERS + 6) * metrics.charWidth('0'), LINES * metrics.getHeight());
    }

    private DepthReport shown() {
        DepthReport current = report;
        if (current == null) {
            throw new IllegalStateException("The buttons are enabled only while there is a report.");
        }
        return current;
    }

    void show(DepthReport shown) {
        report = shown;
        write(text.getParent().getWidth());
        turn(TEXT);
    }

    /** Breaks the lines of the report so that they fit into this width. */
    private void write(int pixels) {
        DepthReport current = report;
        if (current == null) {
            return;
        }
        Insets border = text.getInsets();
        // One pixel less: an area of text is so much wider than its longest line.
        int room = pixels - border.left - border.right - 1;
        int columns = room / text.getFontMetrics(text.getFont()).charWidth('0');
        String lines = current.toText(room <= 0 ? CHARACTERS : Math.min(columns, CHARACTERS));
        if (!lines.equals(text.getText())) {
            text.setText(lines);
            text.setCaretPosition(0);
        }
    }

    /** Says why there is no report. */
    void say(String reason) {
        report = null;
        sentence.setText(reason);
        sentence.getAccessibleContext().setAccessibleName(reason);
        turn(SENTENCE);
    }

    private void turn(String to) {
        ((CardLayout) either.getLayout()).show(either, to);
        open.setEnabled(to.equals(TEXT));
        save.setEnabled(to.equals(TEXT));
    }

    /** What it shows or says. */
    String words() {
        return report == null ? sentence.getText() : text.getText();
    }
}
