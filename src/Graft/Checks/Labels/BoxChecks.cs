using Graft.Data;
using Graft.Detectors;

namespace Graft.Checks;

/// <summary>Judges the boxes of single images: too small, too large, given twice, given two classes.</summary>
internal static class BoxChecks
{
    /// <summary>IoU above which two boxes mean the same object.</summary>
    internal const double SameObject = 0.9;

    // A slip of the mouse; the finest level of a detector has a cell of 8 pixels.
    private const double TinySide = 4;
    private const double HugeShare = 0.95;

    /// <summary>Notes the problems of every image, and splits without boxes or of a single image.</summary>
    internal static void Run(OpenedData data)
    {
        foreach (CheckedSplit split in data.Splits)
        {
            if (split.Images.Count == 1)
            {
                data.Problems.Add(DataProblemKind.SingleImage, $"{split.Name}: {data.Place(split.Images[0])}");
            }

            if (split.Data.BoxCount == 0)
            {
                data.Problems.Add(DataProblemKind.NoBoxes, split.Name + (split.Data.EmptyReason is { } reason ? $": {reason}" : ""));
            }

            foreach (DetectionImage image in split.Images)
            {
                Check(data, image);
            }
        }
    }

    /// <summary>The boxes of an image without those that are almost equal to an earlier one of their class.</summary>
    internal static IReadOnlyList<LabelledBox> Distinct(IReadOnlyList<LabelledBox> boxes)
    {
        List<LabelledBox> kept = [];
        foreach (LabelledBox box in boxes)
        {
            if (!kept.Any(other => other.Label == box.Label && IsSame(other.Box, box.Box)))
            {
                kept.Add(box);
            }
        }

        return kept;
    }

    private static bool IsSame(Box a, Box b) => a.IntersectionOverUnion(b) >= SameObject;

    private static void Check(OpenedData data, DetectionImage image)
    {
        string place = data.Place(image);
        if (image.Objects.Count == 0)
        {
            data.Problems.Add(DataProblemKind.UnlabelledImage, place);
        }

        for (int i = 0; i < image.Objects.Count; i++)
        {
            (int label, Box box, _) = image.Objects[i];
            if (Math.Max(box.Width, box.Height) < TinySide)
            {
                data.Problems.Add(DataProblemKind.TinyBox, Where(image.Objects[i]));
            }

            if (box.Area >= HugeShare * image.Width * image.Height)
            {
                data.Problems.Add(DataProblemKind.HugeBox, Where(image.Objects[i]));
            }

            LabelledBox[] same = [.. image.Objects.Take(i).Where(other => IsSame(other.Box, box))];
            if (same.Any(other => other.Label == label))
            {
                data.Problems.Add(DataProblemKind.SimilarBox, Where(image.Objects[i]));
            }

            if (same.Where(other => other.Label != label).Select(other => (int?)other.Label).FirstOrDefault() is { } conflicting)
            {
                data.Problems.Add(DataProblemKind.ConflictingBox, $"{Where(image.Objects[i])}, also {data.ClassNames[conflicting]}");
            }
        }

        string Where(LabelledBox item) => $"{place}: {data.ClassNames[item.Label]} at {item.Box}";
    }
}
