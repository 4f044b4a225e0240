using System.Globalization;
using Graft.Files;

namespace Graft.Reports;

/// <summary>The <c>results.csv</c> of a run folder, with the header of Ultralytics.</summary>
public static class ResultsCsv
{
    /// <summary>The first line of the file.</summary>
    public const string Header = "epoch,time,train/box_loss,train/cls_loss,train/dfl_loss,metrics/precision(B),metrics/recall(B),"
        + "metrics/mAP50(B),metrics/mAP50-95(B),val/box_loss,val/cls_loss,val/dfl_loss,lr/pg0,lr/pg1,lr/pg2";

    private const int LearningRates = 3;

    /// <summary>Writes all rows; the old file is replaced when the new one is complete.</summary>
    public static void Write(string path, IEnumerable<ResultsRow> rows)
        => AtomicFile.WriteText(path, Csv.Write(rows.Select(Cells).Prepend(Header.Split(','))));

    /// <summary>Reads a file, including one of another tool: columns are found by name, padding is ignored, missing columns are
    /// NaN.</summary>
    /// <exception cref="GraftException">The file is missing, has no <c>epoch</c> column or a value that is not a number.</exception>
    public static IReadOnlyList<ResultsRow> Read(string path)
    {
        IReadOnlyList<CsvLine> lines = Csv.Read(path, "the results.csv of a run", trim: true);
        IReadOnlyList<string> names = lines.Count > 0 ? lines[0].Cells : [];
        if (!names.Contains("epoch"))
        {
            throw new GraftException(
                Failure.Data, $"{path}: has no column 'epoch'; expected the header {Header}.", "Give the results.csv of a run folder.");
        }

        return [.. lines.Skip(1).Select(line => Parse(path, line, names))];
    }

    private static string[] Cells(ResultsRow row)
    {
        double[] values =
        [
            row.Time, row.TrainBoxLoss, row.TrainClassLoss, row.TrainDistributionLoss, row.Precision, row.Recall, row.Map50, row.Map,
            row.ValBoxLoss, row.ValClassLoss, row.ValDistributionLoss,
        ];
        IEnumerable<double> rates = Enumerable.Range(0, LearningRates).Select(i => RateOf(row, i));
        return [row.Epoch.ToString(CultureInfo.InvariantCulture), .. values.Concat(rates).Select(Format)];
    }

    /// <summary>A run with fewer groups repeats its last rate, so that every column has a number.</summary>
    private static double RateOf(ResultsRow row, int group)
        => row.LearningRates.Count == 0 ? double.NaN : row.LearningRates[Math.Min(group, row.LearningRates.Count - 1)];

    private static string Format(double value) => double.IsNaN(value) ? "nan" : value.ToString("G7", CultureInfo.InvariantCulture);

    private static ResultsRow Parse(string path, CsvLine line, IReadOnlyList<string> names)
    {
        if (line.Cells.Count != names.Count)
        {
            throw new GraftException(
                Failure.Data,
                FormattableString.Invariant($"{path}: line {line.Number} has {line.Cells.Count} values; the header has {names.Count}."),
                "Decimal commas and cut-off lines do that.");
        }

        double epoch = Value("epoch");
        return new ResultsRow
        {
            Epoch = epoch >= 0 && epoch <= int.MaxValue && epoch == Math.Floor(epoch) ? (int)epoch
                : throw new GraftException(Failure.Data, string.Create(CultureInfo.InvariantCulture, $"{path}: line {line.Number}, column epoch is {epoch}; expected a whole number.")),
            Time = Value("time"),
            TrainBoxLoss = Value("train/box_loss"),
            TrainClassLoss = Value("train/cls_loss"),
            TrainDistributionLoss = Value("train/dfl_loss"),
            Precision = Value("metrics/precision(B)"),
            Recall = Value("metrics/recall(B)"),
            Map50 = Value("metrics/mAP50(B)"),
            Map = Value("metrics/mAP50-95(B)"),
            ValBoxLoss = Value("val/box_loss"),
            ValClassLoss = Value("val/cls_loss"),
            ValDistributionLoss = Value("val/dfl_loss"),
            LearningRates = [.. Enumerable.Range(0, LearningRates).Select(i => Value($"lr/pg{i}"))],
        };

        double Value(string name)
        {
            int at = names.TakeWhile(other => other != name).Count();
            string cell = at < names.Count ? line.Cells[at] : "nan";
            return double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value
                : cell.Equals("nan", StringComparison.OrdinalIgnoreCase) || cell.Length == 0 ? double.NaN
                : throw new GraftException(Failure.Data, $"{path}: line {line.Number}, column {name} is '{cell}'; expected a number.");
        }
    }
}
