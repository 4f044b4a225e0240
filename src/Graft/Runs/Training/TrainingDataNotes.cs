using System.Globalization;
using Graft.Data;

namespace Graft.Runs;

/// <summary>Warns before training about data that is too small or too uneven.</summary>
internal static class TrainingDataNotes
{
    private const int FewImages = 100, FewBoxes = 5, Named = 10;

    /// <summary>One sentence per warning about a training split.</summary>
    /// <param name="train">The split.</param>
    /// <param name="fresh">Whether the weights are random at the start.</param>
    internal static IReadOnlyList<string> Of(DetectionDataset train, bool fresh)
    {
        List<string> notes = [];
        int images = train.Images.Count, boxes = train.BoxCount;
        if (fresh && images < FewImages)
        {
            notes.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{Counted.Of(images, "training image")}, {Counted.Of(boxes, "box")}: training from scratch on so few images rarely detects "
                + $"anything; adapt a base instead: graft train start/adapt --base RUN|FILE --data DATA."));
        }

        IReadOnlyList<int> counts = train.BoxesPerClass();
        string[] few = [.. train.ClassNames.Zip(counts).Where(one => one.Second < FewBoxes)
            .Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.First} ({one.Second})"))];
        if (few.Length > 0)
        {
            notes.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{few.Length} of {counts.Count} classes {(few.Length == 1 ? "has" : "have")} fewer than {FewBoxes} training boxes: {Listed.First(few, Named)}."));
        }

        return notes;
    }
}
