package org.gatedepth;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.Architectures;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.gatedepth.report.recording.DepthStorage;
import org.gatedepth.report.recording.StoredDepthRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the arrows between the packages: who may see whom, and which libraries. */
class ArchitectureTest {

    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPath(Path.of("target", "classes"));

    private static final JavaClasses WEKA = MAIN.that(resideInAPackage("org.gatedepth.weka.."));

    private static final List<Layer> LAYERS = List.of(
            new Layer("block", true, "org.nd4j.."),
            new Layer("loss", true, "org.gatedepth.block..", "org.nd4j.."),
            new Layer("plan", true, "org.nd4j.."),
            new Layer(
                    "dl4j",
                    true,
                    "org.gatedepth.block..",
                    "org.gatedepth.loss..",
                    "org.gatedepth.plan..",
                    "org.nd4j..",
                    "org.deeplearning4j.."),
            new Layer(
                    "report",
                    true,
                    "org.gatedepth.block..",
                    "org.gatedepth.loss..",
                    "org.gatedepth.plan..",
                    "org.gatedepth.dl4j..",
                    "org.nd4j..",
                    "org.deeplearning4j..",
                    "org.knowm.xchart.."),
            new Layer(
                    "spark",
                    true,
                    "org.gatedepth.dl4j..",
                    "org.nd4j..",
                    "org.deeplearning4j..",
                    "org.apache.spark..",
                    "org.apache.hadoop..",
                    "scala.."),
            new Layer(
                    "weka",
                    true,
                    "org.gatedepth..",
                    "org.nd4j..",
                    "org.deeplearning4j..",
                    "weka..",
                    "javax.swing..",
                    "javax.accessibility..",
                    "org.knowm.xchart..",
                    "org.apache.spark..",
                    "org.apache.hadoop..",
                    "scala..",
                    "picocli.."));

    /**
     * A package below org.gatedepth.
     *
     * @param required whether it must exist; a rule about a required package without classes fails
     * @param sees what it may see besides itself, java.* and the nullness annotations
     */
    private record Layer(String name, boolean required, List<String> sees) {

        Layer(String name, boolean required, String... others) {
            this(
                    name,
                    required,
                    Stream.concat(
                                    Stream.of("org.gatedepth." + name + "..", "java..", "org.jspecify.."),
                                    Stream.of(others))
                            .toList());
        }

        String pattern() {
            return "org.gatedepth." + name + "..";
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static List<Layer> layers() {
        return LAYERS;
    }

    @Test
    void everyPackageHasItsPlaceInTheDesign() {
        List<String> known =
                LAYERS.stream().map(layer -> "org.gatedepth." + layer.name()).toList();

        assertThat(MAIN)
                .isNotEmpty()
                .allSatisfy(type -> assertThat(type.getPackageName())
                        .as(type.getName())
                        .satisfies(name -> assertThat(known.stream().anyMatch(name::startsWith)
                                        || name.equals("weka.classifiers.functions"))
                                .isTrue()));
    }

    @ParameterizedTest
    @MethodSource("layers")
    void aPackageSeesOnlyWhatTheDesignAllows(Layer layer) {
        classes()
                .that()
                .resideInAPackage(layer.pattern())
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(layer.sees().toArray(String[]::new))
                .allowEmptyShould(!layer.required())
                .check(MAIN);
    }

    /** They run where there is no ND4J. */
    @Test
    void theArithmeticAndThePortableProgramsSeeOnlyJava() {
        classes()
                .that()
                .resideInAnyPackage("org.gatedepth.plan.tile..", "org.gatedepth.plan.portable..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "org.gatedepth.plan.tile..", "org.gatedepth.plan.portable..", "java..", "org.jspecify..")
                .check(MAIN);
    }

    @Test
    void onlyTheWekaPartSeesWeka() {
        noClasses()
                .that()
                .resideOutsideOfPackages("org.gatedepth.weka..", "weka..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("weka..", "org.gatedepth.weka..")
                .check(MAIN);
    }

    /** The cluster brings it: who trains on one machine has no Spark. */
    @Test
    void onlyTheTrainingOnClustersSeesSpark() {
        noClasses()
                .that()
                .resideOutsideOfPackages("org.gatedepth.spark..", "org.gatedepth.weka.spark..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.gatedepth.spark..",
                        "org.gatedepth.weka.spark..",
                        "org.apache.spark..",
                        "org.apache.hadoop..",
                        "scala..",
                        "picocli..")
                .check(MAIN);
    }

    @Test
    void onlyTheStorageNeedsTheOptionalJarOfStorages() {
        noClasses()
                .that()
                .doNotBelongToAnyOf(DepthStorage.class, StoredDepthRecord.class)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.deeplearning4j.core..", "org.deeplearning4j.ui..")
                .check(MAIN);
    }

    @Test
    void onlyTheTabHasWindowsAndCharts() {
        noClasses()
                .that()
                .resideOutsideOfPackages("org.gatedepth.weka.gui..", "org.gatedepth.report.drawing..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.gatedepth.weka.gui..", "javax.swing..", "java.awt..", "org.knowm.xchart..")
                .check(MAIN);
    }

    @Test
    void theDrawingKnowsNothingOfTheReport() {
        classes()
                .that()
                .resideInAPackage("org.gatedepth.report.drawing..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("org.gatedepth.report.drawing..", "java..", "org.jspecify..", "org.knowm.xchart..")
                .andShould()
                .onlyHaveDependentClassesThat()
                .resideInAPackage("org.gatedepth.report..")
                .check(MAIN);
    }

    @Test
    void measuringAndRecordingKnowNoResultOfAReport() {
        noClasses()
                .that()
                .resideInAnyPackage("org.gatedepth.report.measure..", "org.gatedepth.report.recording..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.gatedepth.report", "org.gatedepth.report.drawing..")
                .check(MAIN);
    }

    @Test
    void onlyTheCommandsOnSparkDependOnTheClassifier() {
        noClasses()
                .that()
                .resideOutsideOfPackages("weka..", "org.gatedepth.weka.spark..")
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(weka.classifiers.functions.GatedNetwork.class)
                .check(MAIN);
    }

    @Test
    void thePackagesHaveNoCycles() {
        slices().matching("org.gatedepth.(*)..").should().beFreeOfCycles().check(MAIN);
    }

    /** The rooms of the Weka part, each of which sees those before it and none after it. */
    private static final List<String> ROOMS =
            List.of("host", "table", "sequence", "options", "model", "progress", "training");

    @Test
    void aRoomOfTheWekaPartSeesOnlyThoseBeforeIt() {
        Architectures.LayeredArchitecture rooms =
                Architectures.layeredArchitecture().consideringOnlyDependenciesInAnyPackage("org.gatedepth.weka..");
        for (String room : ROOMS) {
            rooms = rooms.layer(room).definedBy("org.gatedepth.weka." + room + "..");
        }
        rooms = rooms.layer("command line")
                .definedBy("org.gatedepth.weka")
                .layer("gui")
                .definedBy("org.gatedepth.weka.gui..")
                .layer("spark")
                .definedBy("org.gatedepth.weka.spark..");
        for (int i = 0; i < ROOMS.size(); i++) {
            rooms = rooms.whereLayer(ROOMS.get(i)).mayOnlyBeAccessedByLayers(above(i));
        }
        rooms.whereLayer("command line")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("gui")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("spark")
                .mayNotBeAccessedByAnyLayer()
                .ensureAllClassesAreContainedInArchitecture()
                .check(WEKA);
    }

    private static String[] above(int room) {
        return Stream.concat(ROOMS.subList(room + 1, ROOMS.size()).stream(), Stream.of("command line", "gui", "spark"))
                .toArray(String[]::new);
    }

    @Test
    void theRoomsOfTheWekaPartHaveNoCycles() {
        slices().matching("org.gatedepth.weka.(*)..").should().beFreeOfCycles().check(MAIN);
    }

    @Test
    void onlyTheClassifierSeesTheRoomsOfTheWekaPart() {
        noClasses()
                .that()
                .resideOutsideOfPackage("org.gatedepth.weka..")
                .and(not(belongToAnyOf(weka.classifiers.functions.GatedNetwork.class)))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.gatedepth.weka..")
                .check(MAIN);
    }

    @Test
    void noPackageIsTooFull() {
        Map<String, Long> sizes = MAIN.stream()
                .filter(type -> !type.getEnclosingClass().isPresent()
                        && !type.getSimpleName().equals("package-info"))
                .collect(Collectors.groupingBy(JavaClass::getPackageName, Collectors.counting()));

        assertThat(sizes)
                .isNotEmpty()
                .allSatisfy((name, size) -> assertThat(size).as(name).isLessThanOrEqualTo(25));
    }

    @Test
    void theRoomsOfDl4jLieBelowItsLayers() {
        slices().matching("org.gatedepth.dl4j.(*)..").should().beFreeOfCycles().check(MAIN);
        noClasses()
                .that()
                .resideInAnyPackage("org.gatedepth.dl4j.*..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.gatedepth.dl4j")
                .check(MAIN);
    }

    @Test
    void nothingPrintsStackTraces() {
        noClasses()
                .that()
                .resideInAPackage("org.gatedepth..")
                .should()
                .callMethod(Throwable.class, "printStackTrace")
                .check(MAIN);
    }
}
