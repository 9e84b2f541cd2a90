# Writes twelve tables of the comparison in section 13 of RESULTS.md as ARFF files. The last column is the class.
#
# Rscript studies/data/tables.R <folder> [folder of the npm package vega-datasets]
#
# Without the second folder, movies.arff is left out. Two runs write the same bytes.

arguments <- commandArgs(trailingOnly = TRUE)
if (!length(arguments) %in% 1:2) {
  stop("Usage: Rscript tables.R <folder> [folder of the npm package vega-datasets]")
}
folder <- arguments[1]

# The folder of this script, for what it has in common with the other one.
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)))
source(file.path(here, "functions.R"))

# Classes.
write(from("mlbench", "Soybean"), "soybean", "Class")
write(from("mlbench", "Satellite"), "satellite", "classes")
write(from("kernlab", "spam"), "spam", "type")
write(from("caret", "dhfr"), "dhfr", "Y")
write(from("modeldata", "wa_churn"), "churn", "churn")
write(from("modeldata", "lending_club"), "lending", "Class")

# Who died before the study ended. How long people were followed, and the cause of death, would give it away.
mortality <- survival::flchain
mortality$death <- factor(mortality$death, levels = 0:1, labels = c("no", "yes"))
write(mortality, "mortality", "death", drop = c("futime", "chapter"))

# Numbers.
write(from("modeldata", "Sacramento"), "sacramento", "price")
write(from("modeldata", "concrete"), "concrete", "compressive_strength")

# Visits to a physician's office. Visits of other kinds are outcomes like it; emergencies and stays in hospital are not.
write(from("AER", "NMES1988"), "visits", "visits", drop = c("nvisits", "ovisits", "novisits"))

# 20,000 of 53,940 diamonds, in the order of the package.
diamonds <- from("ggplot2", "diamonds")
set.seed(1, kind = "Mersenne-Twister", sample.kind = "Rejection")
write(diamonds[sort(sample(nrow(diamonds), 20000)), ], "diamonds", "price")

# What a film took in all cinemas, in US dollars. What it took in the US, a part of that, and what its DVDs took later
# would give it away. Titles and directors are names.
if (length(arguments) == 2) {
  invisible(Sys.setlocale("LC_TIME", "C")) # months are in English
  movies <- jsonlite::fromJSON(file.path(arguments[2], "data", "movies.json"))
  names(movies) <- gsub(" ", "_", names(movies))
  movies$Release_Date <- as.numeric(as.Date(movies$Release_Date, "%b %d %Y"))
  write(movies, "movies", "Worldwide_Gross", drop = c("Title", "Director", "US_Gross", "US_DVD_Sales"))
}
