using System.Globalization;
using System.Text.RegularExpressions;
using Graft.Files;

namespace Graft.Models.Ultralytics;

/// <summary>The contents of an Ultralytics checkpoint besides its weights; nothing in it is executed.</summary>
/// <param name="Model">Its network.</param>
/// <param name="Names">Class names in label order; numbers where the file has none.</param>
/// <param name="Map">The names of its tensors in Graft.</param>
/// <param name="TrainArguments">Settings of the run that made it, as text.</param>
/// <param name="Strides">Input pixels per cell as the file gives them; empty when it gives none.</param>
/// <param name="TextFeatures">Embeddings of the names, one row each, that a World checkpoint may hold; null without.</param>
public sealed partial record UltralyticsFile(
    ModelOptions Model, IReadOnlyList<string> Names, NameMap Map, IReadOnlyDictionary<string, string> TrainArguments,
    IReadOnlyList<int> Strides, float[]? TextFeatures)
{
    /// <summary>Reads a file, or returns null when it is not of this family.</summary>
    /// <param name="file">A PyTorch file with a whole model object or a state dict, or any file with such names.</param>
    /// <exception cref="GraftException">It is of this family, but Graft cannot build its sizes.</exception>
    public static UltralyticsFile? TryRead(WeightFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        PickleValue? model = file.Origin is "ema" or "model" ? file.Root?[file.Origin] : file.Root;
        if (WeightShapes.Of(file).SelectMany(shapes => ModelFamilies.All.Select(family => family.TryReadUltralytics(shapes, model?["yaml"])))
            .FirstOrDefault(read => read is not null) is not { } found)
        {
            return null;
        }

        Dictionary<string, string> arguments = Arguments(file.Root?["train_args"] ?? model?["args"]);
        int[] strides = [.. Numbers(file, model?["stride"]).Select(value => (int)value)];
        float[] features = found.Model.TextWidth is null ? [] : Numbers(file, model?["txt_feats"]);
        int rows = found.Model.TextWidth is { } width ? features.Length / width : found.Model.Classes;
        return new(
            found.Model, NamesOf(file, model, rows), found.Map, arguments, strides,
            rows > 0 && features.Length == rows * found.Model.TextWidth ? features : null);
    }

    /// <summary>Names by index; an index without a name is its own name.</summary>
    private static string[] NamesOf(WeightFile file, PickleValue? model, int count)
    {
        string[] names = [.. Enumerable.Range(0, count).Select(label => $"{label}")];
        IEnumerable<(long? Label, string? Name)> given = (model?["names"] ?? file.Root?["names"]) switch
        {
            PickleDictionary table => table.Entries
                .Select(entry => (entry.Key.Integer ?? (long.TryParse(entry.Key.Text, CultureInfo.InvariantCulture, out long label) ? label : null), entry.Value.Text)),
            PickleSequence list => list.Items.Select((item, label) => ((long?)label, item.Text)),
            _ => InMetadata(file.Metadata.GetValueOrDefault("names", "")),
        };
        foreach ((long? label, string? name) in given)
        {
            if (label >= 0 && label < count && name is not null)
            {
                names[label.Value] = name;
            }
        }

        return names;
    }

    /// <summary>Names in the text that exporters store beside the weights: <c>{0: 'scratch', 1: 'dent'}</c>, or a list in either
    /// notation.</summary>
    private static IEnumerable<(long? Label, string? Name)> InMetadata(string text)
        => text.TrimStart().StartsWith('{')
            ? Numbered().Matches(text).Select(match => ((long?)long.Parse(match.Groups["label"].Value, CultureInfo.InvariantCulture), (string?)match.Groups["name"].Value))
            : Listed().Matches(text).Select((match, label) => ((long?)label, (string?)match.Groups["name"].Value));

    [GeneratedRegex("""["']?(?<label>\d{1,9})["']?\s*:\s*(?<quote>["'])(?<name>.*?)\k<quote>""")]
    private static partial Regex Numbered();

    [GeneratedRegex("""(?<quote>["'])(?<name>.*?)\k<quote>""")]
    private static partial Regex Listed();

    private static Dictionary<string, string> Arguments(PickleValue? value)
    {
        PickleDictionary? table = value as PickleDictionary ?? (value as PickleRecord)?.State as PickleDictionary;
        return table?.Entries.Where(entry => entry.Key.Text is not null && entry.Value is PickleScalar)
            .ToDictionary(entry => entry.Key.Text!, entry => entry.Value.Text ?? entry.Value.ToString()!) ?? [];
    }

    private static float[] Numbers(WeightFile file, PickleValue? value)
        => value is PickleTensor tensor && file.EntriesOf(tensor) is [var entry] ? entry.ToSingles() : [];
}
