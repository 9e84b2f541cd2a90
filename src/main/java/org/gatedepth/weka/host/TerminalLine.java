package org.gatedepth.weka.host;

import java.io.Console;
import java.io.PrintStream;
import java.util.function.Consumer;

/** One line of a terminal, which each text overwrites. */
public final class TerminalLine implements Consumer<String> {

    private final PrintStream terminal;
    private int length;

    /** The current line of a terminal. */
    public TerminalLine(PrintStream terminal) {
        this.terminal = terminal;
    }

    /** Whether there is a terminal: false where input or output is redirected. */
    @SuppressWarnings("SystemConsoleNull") // Java 17 has no other sign; the method below is the sign of later ones.
    public static boolean isThere() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            // From Java 22 on there is a console even without a terminal, and a method that tells.
            return (Boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException e) {
            return true;
        }
    }

    @Override
    public void accept(String text) {
        terminal.print("\r" + text + " ".repeat(Math.max(0, length - text.length())));
        terminal.flush();
        length = text.length();
    }

    /** Empties the line. */
    public void clear() {
        accept("");
        terminal.print("\r");
        terminal.flush();
    }
}
