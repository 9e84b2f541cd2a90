package org.gatedepth.weka.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.StringReader;
import org.gatedepth.block.Connection;
import org.gatedepth.weka.host.OptionStrings;
import org.gatedepth.weka.options.AuxiliaryHeads.Place;
import org.gatedepth.weka.sequence.SequenceOptions;
import org.gatedepth.weka.table.InputOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import weka.core.Instances;

class AuxiliaryHeadsTest {

    private static final String TABLE = """
            @relation r
            @attribute number numeric
            @attribute label {x,y,z}
            @attribute class {p,q}
            @attribute day date yyyy
            @attribute text string
            @attribute only {x}
            @attribute last numeric
            @data
            """;

    private static AuxiliaryHeads heads(int depth, int every, String attributes, String depths, double earlyExit)
            throws Exception {
        Instances table = new Instances(new StringReader(TABLE));
        table.setClassIndex(2);
        return AuxiliaryHeads.of(options(depth, every, attributes, depths, earlyExit), table);
    }

    private static NetworkOptions options(int depth, int every, String attributes, String depths, double earlyExit) {
        AuxiliaryOptions auxiliary = new AuxiliaryOptions(
                OptionStrings.orNull(every),
                0.3,
                AuxiliaryDecay.NONE,
                attributes,
                "",
                AuxiliaryOptions.depths(depths),
                OptionStrings.orNull(earlyExit));
        return new NetworkOptions(
                depth,
                null,
                Connection.HIGHWAY,
                null,
                null,
                ActivationFunction.TANH,
                0,
                0.0,
                0.0,
                0.1,
                1,
                1,
                0,
                null,
                auxiliary,
                InputOptions.DEFAULT,
                SequenceOptions.DEFAULT,
                false,
                null,
                null,
                null,
                1);
    }

    @Test
    void placesHeadsOnTheClassBelowTheLastBlock() throws Exception {
        assertThat(heads(6, 2, "", "auto", 0).heads())
                .containsExactly(new Place("head2", 2, 0), new Place("head4", 4, 0));
        assertThat(heads(6, 4, "", "auto", 0).heads()).containsExactly(new Place("head4", 4, 0));
    }

    @Test
    void placesNoHeadsUnlessAsked() throws Exception {
        assertThat(heads(6, 0, "", "auto", 0).heads()).isEmpty();
    }

    @Test
    void placesHeadsOfAttributesAtHalfOfTheDepth() throws Exception {
        AuxiliaryHeads heads = heads(7, 0, " 1-2, LAST ", "auto", 0);

        assertThat(heads.attributes()).containsExactly(0, 1, 6);
        assertThat(heads.heads())
                .containsExactly(new Place("aux1", 3, 1), new Place("aux2", 3, 2), new Place("aux3", 3, 3));
    }

    @Test
    void takesAttributesInTheirOrderAndOnce() throws Exception {
        assertThat(heads(6, 0, "7,1-2,2,first", "auto", 0).attributes()).containsExactly(6, 0, 1);
    }

    @Test
    void placesHeadOfAttributeAfterTheOnlyBlock() throws Exception {
        assertThat(heads(1, 0, "first", "auto", 0).heads()).containsExactly(new Place("aux1", 1, 1));
    }

    @Test
    void placesHeadsOfAttributesWhereTold() throws Exception {
        assertThat(heads(6, 0, "1,2", "6, 1", 0).heads())
                .containsExactly(new Place("aux1", 6, 1), new Place("aux2", 1, 2));
        assertThat(heads(6, 0, "1,2", "5", 0).heads())
                .containsExactly(new Place("aux1", 5, 1), new Place("aux2", 5, 2));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "1-8 | auto | Option -aux-attributes must name attributes from 1 to 7, as many as the table has, but"
                        + " '1-8' was given.",
                "99999999999 | auto | Option -aux-attributes must name attributes from 1 to 7, as many as the table"
                        + " has, but '99999999999' was given.",
                "2-3 | auto | Option -aux-attributes must not name the class, but '2-3' names attribute 3, 'class':"
                        + " leave it out, since -aux-every puts heads on the class.",
                "4 | auto | Option -aux-attributes must name nominal or numeric attributes, but '4' names attribute 4,"
                        + " 'day', of type date: leave it out, or convert it beforehand.",
                "5 | auto | Option -aux-attributes must name nominal or numeric attributes, but '5' names attribute 5,"
                        + " 'text', of type string: leave it out, or convert it beforehand.",
                "6 | auto | Option -aux-attributes must name attributes that can vary, but '6' names attribute 6,"
                        + " 'only', which has fewer than two labels: leave it out.",
                "1,2 | 2,3,4 | Option -aux-depth must have one number for all auxiliary attributes, or one for"
                        + " each of the 2, but '2,3,4' was given.",
                "1 | 7 | Option -aux-depth must name blocks from 1 to the -depth of 6, but '7' was given.",
                "1,2 | 3,0 | Option -aux-depth must name blocks from 1 to the -depth of 6, but '3,0' was given.",
                "\"\" | 2 | Option -aux-depth places the heads of -aux-attributes and -aux-steps, but '2' was given"
                        + " without any: name"
                        + " attributes, or leave -aux-depth out."
            })
    void refusesWhatDoesNotFitTheTable(String attributes, String depths, String sentence) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> heads(6, 0, attributes, depths, 0))
                .withMessage(sentence);
    }

    @Test
    void refusesHeadsThatWouldNotStandBelowTheLastBlock() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> heads(6, 6, "", "auto", 0))
                .withMessage("Option -aux-every must be below the -depth of 6, since heads stand below the last block,"
                        + " but 6 was given.");
    }

    @Test
    void refusesEarlyExitWithoutHeadsOnTheClass() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> heads(6, 0, "1", "auto", 0.9))
                .withMessage("Option -early-exit needs heads on the class at which rows can leave, but 0.9 was given"
                        + " without any: choose an -aux-every of at least 1.");
    }

    @Test
    void leavesTableWithoutClassToOthers() throws Exception {
        Instances table = new Instances(new StringReader(TABLE));

        assertThat(AuxiliaryHeads.of(options(6, 2, "1", "auto", 0.9), table).heads())
                .hasSize(3);
    }

    @Test
    void refusesEarlyExitFromNumericClass() throws Exception {
        Instances table = new Instances(new StringReader(TABLE));
        table.setClassIndex(0);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> AuxiliaryHeads.of(options(6, 2, "", "auto", 0.9), table))
                .withMessage("Option -early-exit needs a nominal class, whose probabilities it compares, but 0.9 was"
                        + " given for the numeric class 'number': leave -early-exit out.");
    }

    @Test
    void refusesToTakeAllInputs() throws Exception {
        Instances table = new Instances(new StringReader("""
                @relation r
                @attribute a numeric
                @attribute b numeric
                @attribute c {p,q}
                @data
                """));
        table.setClassIndex(2);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> AuxiliaryHeads.of(options(6, 0, "1-2", "auto", 0), table))
                .withMessage("Option -aux-attributes must leave at least one attribute as an input, but '1-2' names all"
                        + " 2 besides the class: name fewer.");
    }
}
