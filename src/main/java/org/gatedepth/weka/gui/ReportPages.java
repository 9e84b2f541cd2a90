package org.gatedepth.weka.gui;

import java.awt.Component;
import java.awt.Desktop;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import javax.swing.JFileChooser;
import javax.swing.JOptionPane;
import javax.swing.SwingWorker;
import javax.swing.filechooser.FileNameExtensionFilter;
import org.gatedepth.report.DepthReport;
import org.gatedepth.weka.model.ReportFiles;

/** Opens and saves the page of a report. The page is drawn in a thread of its own, so that windows stay responsive. */
final class ReportPages {

    static final String TITLE = "Depth report";

    private ReportPages() {}

    /** Opens a temporary page in the browser; says where it is if there is none. */
    static void open(Component parent, DepthReport report) {
        work(parent, () -> {
            Path page = Files.createTempFile("depth-report", ".html");
            ReportFiles.write(report, page);
            return browse(page);
        });
    }

    /** A sentence if the page could not be opened; empty if it is open. */
    private static String browse(Path page) {
        String sentence = "No browser can be opened from here: open the file " + page + " yourself.";
        if (!Desktop.isDesktopSupported() || !Desktop.getDesktop().isSupported(Desktop.Action.BROWSE)) {
            return sentence;
        }
        try {
            Desktop.getDesktop().browse(page.toUri());
            page.toFile().deleteOnExit();
            return "";
        } catch (IOException | RuntimeException e) {
            return sentence;
        }
    }

    /** Asks for a file and writes the page into it. */
    static void save(Component parent, DepthReport report) {
        JFileChooser chooser = new JFileChooser(new File(System.getProperty("user.dir")));
        chooser.setDialogTitle("Save as HTML");
        chooser.setFileFilter(new FileNameExtensionFilter("Web pages (*.html)", "html"));
        chooser.setSelectedFile(new File("depth-report.html"));
        if (chooser.showSaveDialog(parent) != JFileChooser.APPROVE_OPTION) {
            return;
        }
        Path file = withEnding(chooser.getSelectedFile()).toPath();
        if (Files.exists(file) && !mayReplace(parent, file)) {
            return;
        }
        work(parent, () -> {
            ReportFiles.write(report, file);
            return "";
        });
    }

    static File withEnding(File file) {
        String name = file.getName();
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".html") || lower.endsWith(".htm")
                ? file
                : new File(file.getParentFile(), name + ".html");
    }

    private static boolean mayReplace(Component parent, Path file) {
        return JOptionPane.showConfirmDialog(
                        parent,
                        Lines.plain("The file " + file.getFileName() + " is there already: replace it?"),
                        TITLE,
                        JOptionPane.YES_NO_OPTION)
                == JOptionPane.YES_OPTION;
    }

    /** Does work in a thread of its own, and then shows its sentence if there is one. */
    private static void work(Component parent, Callable<String> work) {
        new SwingWorker<String, Void>() {
            @Override
            protected String doInBackground() throws Exception {
                return work.call();
            }

            @Override
            protected void done() {
                String sentence;
                try {
                    sentence = get();
                } catch (ExecutionException e) {
                    sentence = String.valueOf(
                            e.getCause() == null ? e.getMessage() : e.getCause().getMessage());
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
                if (!sentence.isEmpty()) {
                    say(parent, sentence);
                }
            }
        }.execute();
    }

    private static void say(Component parent, String sentence) {
        JOptionPane.showMessageDialog(parent, Lines.plain(sentence), TITLE, JOptionPane.INFORMATION_MESSAGE);
    }
}
