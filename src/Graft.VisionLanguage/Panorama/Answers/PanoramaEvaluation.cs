using System.Diagnostics.CodeAnalysis;
using Graft.Files;

namespace Graft.VisionLanguage;

/// <summary>Describes every image of a CSV file and compares the answers with references. A failed row is reported as an error, not as a prediction.</summary>
public static class PanoramaEvaluation
{
    /// <summary>
    /// Evaluates. The CSV has the columns url, query and annotation (optional), or url, instruction and response; paths are relative to it.
    /// Writes <c>PREFIX_predictions.csv</c> and <c>PREFIX_metrics.json</c>.
    /// </summary>
    /// <param name="describer">The model with its tokenizer.</param>
    /// <param name="csv">The questions.</param>
    /// <param name="prefix">Path of the results without extension.</param>
    /// <param name="options">Settings of the generation.</param>
    /// <param name="progress">Called with the number of rows done and the number of rows.</param>
    /// <param name="cancellation">Stops between tokens.</param>
    public static PanoramaScores Run(PanoramaDescriber describer, string csv, string prefix, GenerationOptions options,
        Action<int, int>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(describer);
        List<PanoramaAnswer> questions = Questions(csv);
        List<PanoramaAnswer> answers = new(questions.Count);
        foreach (PanoramaAnswer question in questions)
        {
            answers.Add(Answer(describer, question, options, cancellation));
            progress?.Invoke(answers.Count, questions.Count);
        }

        PanoramaScores scores = Score(answers);
        AtomicFile.WriteText(PredictionsFile(prefix), Table(answers));
        AtomicFile.WriteText(MetricsFile(prefix), scores.ToJson().ToJsonString(JsonStyles.Indented) + "\n");
        return scores;
    }

    /// <summary>The file of the answers.</summary>
    public static string PredictionsFile(string prefix) => prefix + "_predictions.csv";

    /// <summary>The file of the scores.</summary>
    public static string MetricsFile(string prefix) => prefix + "_metrics.json";

    /// <summary>Scores answers; those that failed or have no reference are counted and skipped.</summary>
    public static PanoramaScores Score(IReadOnlyList<PanoramaAnswer> answers)
    {
        ArgumentNullException.ThrowIfNull(answers);
        PanoramaAnswer[] scored = [.. answers.Where(a => a is { Prediction: not null, Reference: not null })];
        string[] predictions = [.. scored.Select(a => a.Prediction!)];
        IReadOnlyList<string>[] references = [.. scored.Select(a => (IReadOnlyList<string>)[a.Reference!])];
        bool any = scored.Length > 0;
        return new PanoramaScores
        {
            Samples = answers.Count,
            Scored = scored.Length,
            Empty = answers.Count(a => a.Prediction is ""),
            WithoutReference = answers.Count(a => a is { Prediction: not null, Reference: null }),
            Errors = [.. answers.Where(a => a.Error is not null).Select(a => new PanoramaError(a.Row, a.Image, a.Error!))],
            Bleu4 = any ? BleuScore.Corpus(predictions, references) : null,
            Meteor = any ? MeteorScore.Corpus(predictions, references) : null,
            RougeL = any ? RougeScore.Corpus(predictions, references) : null,
        };
    }

    /// <summary>The rows of a CSV file as questions without answers.</summary>
    internal static List<PanoramaAnswer> Questions(string csv)
    {
        List<IReadOnlyDictionary<string, string>> rows = CsvTable.Read(csv);
        if (rows.Count == 0)
        {
            throw new GraftException(Failure.Data, $"{csv}: there are no rows under the column names.");
        }

        bool instructed = rows[0].ContainsKey("instruction");
        (string asked, string expected) = instructed ? ("instruction", "response") : ("query", "annotation");
        foreach (string column in (string[])["url", asked])
        {
            if (!rows[0].ContainsKey(column))
            {
                throw new GraftException(Failure.Data, $"{csv}: there is no column \"{column}\" among {string.Join(", ", rows[0].Keys)}.",
                    "Expected url, query and annotation, or url, instruction and response.");
            }
        }

        string folder = Path.GetDirectoryName(Path.GetFullPath(csv))!;
        return [.. rows.Select((row, i) => new PanoramaAnswer(i + 2, Path.Combine(folder, row["url"]), row[asked],
            instructed ? row[asked] : PanoramaDescriber.Question(row[asked]), row.TryGetValue(expected, out string? text) && text.Length > 0 ? text : null))];
    }

    private static PanoramaAnswer Answer(PanoramaDescriber describer, PanoramaAnswer question, GenerationOptions options, CancellationToken cancellation)
    {
        try
        {
            if (question.Image.Contains("://", StringComparison.Ordinal))
            {
                throw new GraftException(Failure.Data, $"{question.Image}: images are read from files only.", "Download it first.");
            }

            string prediction = describer.Describe(RgbImage.Load(question.Image), question.Instruction, options, cancellation);
            return question with { Prediction = prediction };
        }
        catch (GraftException error)
        {
            return question with { Error = error.Message };
        }
    }

    private static string Table(List<PanoramaAnswer> answers)
    {
        string[] heads = ["sample_id", "image_path", "original_query", "prediction", "reference", "pred_length", "ref_length", "is_error", "is_empty", "error"];
        return Csv.Write([
            heads,
            .. answers.Select(answer => new[]
            {
                $"{answer.Row - 2}", answer.Image, answer.Query, answer.Prediction ?? "", answer.Reference ?? "", $"{Words(answer.Prediction)}",
                $"{Words(answer.Reference)}", Lower(answer.Error is not null), Lower(answer.Prediction is ""), answer.Error ?? "",
            }),
        ]);

        static int Words(string? text) => text?.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length ?? 0;
    }

    [SuppressMessage("Globalization", "CA1308", Justification = "The published files write Booleans in lower case.")]
    private static string Lower(bool value) => value.ToString().ToLowerInvariant();
}
