# Writes the 34 tables of section 13 of RESULTS.md that nothing was chosen on, as ARFF files. The last column is the
# class.
#
# Rscript studies/data/apart.R <folder>
#
# Two runs write the same bytes.

arguments <- commandArgs(trailingOnly = TRUE)
if (length(arguments) != 1) {
  stop("Usage: Rscript apart.R <folder>")
}
folder <- arguments[1]

# The folder of this script, for what it has in common with the other one.
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)))
source(file.path(here, "functions.R"))

# Classes.
write(from("modeldata", "cells"), "cells", "class", drop = "case")
write(from("mlbench", "Sonar"), "sonar", "Class")
write(from("mlbench", "DNA"), "dna", "Class")
write(from("mlbench", "Shuttle"), "shuttle", "Class")
write(from("kernlab", "ticdata"), "ticdata", "CARAVAN")
write(from("kernlab", "musk"), "musk", "Class")
write(from("AER", "HMDA"), "hmda", "deny")
write(from("modeldata", "stackoverflow"), "stackoverflow", "Remote")
write(from("AER", "SmokeBan"), "smokeban", "smoker")
write(from("AER", "HealthInsurance"), "health", "insurance")
write(from("carData", "TitanicSurvival"), "titanic", "survived")
write(from("carData", "Chile"), "chile", "vote")

speech <- from("modeldata", "pd_speech")
speech$class <- factor(speech$class)
write(speech, "pdspeech", "class")

cox2 <- all_from("caret", "cox2")
write(cbind(cox2$cox2Descr, Class = cox2$cox2Class), "cox2", "Class")

brca <- all_from("dslabs", "brca")$brca
write(data.frame(brca$x, y = brca$y), "brca", "y")

tissue <- all_from("dslabs", "tissue_gene_expression")$tissue_gene_expression
write(data.frame(tissue$x, y = tissue$y), "tissue", "y")

# Who died before the study ended; times, and that a cancer came back, would give it away.
rotterdam <- survival::rotterdam
rotterdam$death <- factor(rotterdam$death)
write(rotterdam, "rotterdam", "death", drop = c("pid", "rtime", "recur", "dtime"))

colon <- subset(survival::colon, etype == 2)
colon$status <- factor(colon$status)
write(colon, "colon", "status", drop = c("id", "study", "time", "etype"))

nafld <- survival::nafld1
nafld$status <- factor(nafld$status)
write(nafld, "nafld", "status", drop = c("id", "case.id", "futime"))

# Numbers.
write(from("modeldata", "car_prices"), "carprices", "Price")
write(from("modeldata", "meats"), "meats", "fat", drop = c("water", "protein"))
write(from("modeldata", "biomass"), "biomass", "HHV", drop = c("sample", "dataset"))
write(from("carData", "SLID"), "slid", "wages")
write(from("carData", "GSSvocab"), "vocabulary", "vocab", drop = c("ageGroup", "educGroup"))
write(from("AER", "PSID7682"), "psid", "wage", drop = "id")
write(from("AER", "CPSSW8"), "earnings", "earnings")
write(from("AER", "CollegeDistance"), "college", "score")
write(from("AER", "HousePrices"), "houseprices", "price")
write(from("AER", "DoctorVisits"), "doctor", "visits")
write(from("mlbench", "Ozone"), "ozone", "V4")
write(from("dslabs", "us_contagious_diseases"), "contagious", "count")

# Riders at a station of Chicago, from those of earlier days, weather, games, weekday and month.
chicago <- from("modeldata", "Chicago")
chicago$day <- factor(as.POSIXlt(chicago$date)$wday)
chicago$month <- as.POSIXlt(chicago$date)$mon + 1
write(chicago, "chicago", "ridership", drop = "date")

brain <- all_from("caret", "BloodBrain")
write(cbind(brain$bbbDescr, logBBB = brain$logBBB), "bloodbrain", "logBBB")

gapminder <- subset(from("dslabs", "gapminder"), year >= 1970)
write(gapminder, "gapminder", "life_expectancy", drop = "country")
