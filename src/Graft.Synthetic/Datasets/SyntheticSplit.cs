using System.Globalization;

namespace Graft.Synthetic;

/// <summary>A split of synthetic images, such as the training images.</summary>
/// <param name="Name">Folder and annotation name: train, val...</param>
/// <param name="Offset">First seed of the split; keep splits apart by more than their count.</param>
/// <param name="Count">How many images.</param>
public sealed record SyntheticSplit(string Name, ulong Offset, int Count)
{
    /// <summary>Most images of a split.</summary>
    public const int LargestCount = 10_000_000;

    private const string Form = "NAME=COUNT or NAME=COUNT@OFFSET, such as train=200@10000";

    /// <summary>What is drawn in this split.</summary>
    public SyntheticOptions Options { get; init; } = new();

    /// <summary>Reads splits of the form <c>NAME=COUNT@OFFSET</c>; one without offset follows the one before it.</summary>
    /// <param name="texts">The splits in order.</param>
    /// <param name="offset">Offset of the first split when it has none.</param>
    /// <exception cref="GraftException">Of kind Usage: another form, a count out of range, or splits that share a name or images.</exception>
    public static IReadOnlyList<SyntheticSplit> ParseAll(IEnumerable<string> texts, ulong offset = 0)
    {
        ArgumentNullException.ThrowIfNull(texts);
        List<SyntheticSplit> splits = [];
        foreach (string text in texts)
        {
            splits.Add(Parse(text, offset));
            offset = splits[^1].Offset + (ulong)splits[^1].Count;
        }

        RequireApart(splits);
        return splits;
    }

    /// <summary>Checks that no two splits share a name or an image.</summary>
    internal static void RequireApart(IReadOnlyList<SyntheticSplit> splits)
    {
        for (int i = 0; i < splits.Count; i++)
        {
            foreach (SyntheticSplit other in splits.Take(i))
            {
                if (string.Equals(splits[i].Name, other.Name, StringComparison.OrdinalIgnoreCase))
                {
                    throw new GraftException(Failure.Usage, $"Two splits are named '{other.Name}'.", "Give each split another name.");
                }

                // Offsets wrap at 2^64, so distances count, not ends.
                if (splits[i].Offset - other.Offset < (ulong)other.Count || other.Offset - splits[i].Offset < (ulong)splits[i].Count)
                {
                    throw new GraftException(
                        Failure.Usage,
                        string.Create(CultureInfo.InvariantCulture, $"The splits '{other.Name}' and '{splits[i].Name}' share images: {other.Count} from {other.Offset} and {splits[i].Count} from {splits[i].Offset}."),
                        "Choose offsets that are further apart than the counts.");
                }
            }
        }
    }

    private static SyntheticSplit Parse(string text, ulong offset)
    {
        string[] sides = text.Split('=', 2), numbers = sides[^1].Split('@', 2);
        if (sides.Length != 2 || sides[0].Length == 0 || !sides[0].All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
        {
            throw new GraftException(Failure.Usage, $"The split '{text}' is not of the form {Form}.", "A name has letters, digits, '_' and '-'.");
        }

        if (!int.TryParse(numbers[0], NumberStyles.None, CultureInfo.InvariantCulture, out int count) || count is < 1 or > LargestCount)
        {
            throw new GraftException(
                Failure.Usage,
                string.Create(CultureInfo.InvariantCulture, $"The split '{text}' has the count '{numbers[0]}', expected a whole number, 1 to {LargestCount}."),
                $"Write {Form}.");
        }

        return numbers.Length == 1 || ulong.TryParse(numbers[1], NumberStyles.None, CultureInfo.InvariantCulture, out offset)
            ? new SyntheticSplit(sides[0], offset, count)
            : throw new GraftException(Failure.Usage, $"The split '{text}' has the offset '{numbers[1]}', expected a whole number from 0.", $"Write {Form}.");
    }
}
