using System.Globalization;
using Graft.Torch;

namespace Graft.VisionLanguage;

/// <summary>An image with the text to train on.</summary>
/// <param name="Image">The image's path.</param>
/// <param name="Text">Ids and labels; null in the stage without text.</param>
internal sealed record PanoramaSample(string Image, TextTokens? Text)
{
    private const int Ignored = -100;

    /// <summary>Reads a CSV: url, query, annotation; or url, instruction, response; or, without a tokenizer, url, prompt_ids, answer_ids.</summary>
    internal static List<PanoramaSample> Read(string csv, PanoramaStage stage, PanoramaDescriber? describer)
    {
        List<IReadOnlyDictionary<string, string>> rows = CsvTable.Read(csv);
        string folder = Path.GetDirectoryName(Path.GetFullPath(csv))!;
        if (rows.Count == 0 || !rows[0].ContainsKey("url"))
        {
            throw new GraftException(Failure.Data, $"{csv}: {(rows.Count == 0 ? "there are no rows under the column names" : "there is no column \"url\"")}.");
        }

        if (stage == PanoramaStage.Vision)
        {
            return [.. rows.Select(row => new PanoramaSample(Path.Combine(folder, row["url"]), null))];
        }

        if (rows[0].ContainsKey("prompt_ids") && rows[0].ContainsKey("answer_ids"))
        {
            return [.. rows.Select((row, i) => new PanoramaSample(Path.Combine(folder, row["url"]), OfIds(row["prompt_ids"], row["answer_ids"], $"{csv}, line {i + 2}")))];
        }

        if (describer is null)
        {
            throw new GraftException(Failure.Usage, $"{csv} holds texts, and there is no tokenizer beside the checkpoint.", "Add --tokenizer DIR, or use the columns prompt_ids and answer_ids.");
        }

        return [.. PanoramaEvaluation.Questions(csv).Select(row => new PanoramaSample(row.Image, describer.TrainingText(row.Instruction,
            row.Reference ?? throw new GraftException(Failure.Data, $"{csv}, line {row.Row}: there is no answer to train on."))))];
    }

    /// <summary>Ids between spaces or commas.</summary>
    internal static int[] Ids(string text, string where)
        => [.. text.Split([' ', ',', ';'], StringSplitOptions.RemoveEmptyEntries).Select(word
            => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id
                : throw new GraftException(Failure.Data, $"{where}: '{word}' is no id."))];

    /// <summary>The views as input of the vision encoder.</summary>
    internal Tensor Pixels(PanoramaVlm model, PanoramaOptions views) => model.Pixels(RgbImage.Load(Image), views);

    private static TextTokens OfIds(string prompt, string answer, string where)
    {
        int[] context = Ids(prompt, where), learned = Ids(answer, where);
        return new TextTokens([.. context, .. learned], [.. Enumerable.Repeat(Ignored, context.Length), .. learned]);
    }
}
