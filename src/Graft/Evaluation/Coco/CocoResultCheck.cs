using System.Globalization;
using Graft.Data;

namespace Graft.Evaluation;

/// <summary>Checks that a result file and an annotation file match: refuses pairs that give wrong metrics, and counts suspicious entries.</summary>
public sealed class CocoResultCheck
{
    private const int Shown = 5;

    private readonly string _path;
    private readonly CocoFile _groundTruth;
    private readonly List<string> _remarks = [];

    private CocoResultCheck(string path, CocoFile groundTruth) => (_path, _groundTruth) = (path, groundTruth);

    /// <summary>The detections whose images are annotated.</summary>
    public IReadOnlyList<CocoResult> Results { get; private set; } = [];

    /// <summary>Counted warnings, one line each.</summary>
    public IReadOnlyList<string> Remarks => _remarks;

    /// <summary>Reads a result file and an annotation file, and compares them.</summary>
    /// <param name="path">The COCO result file.</param>
    /// <param name="annotations">The COCO file with the annotations.</param>
    /// <exception cref="GraftException">Of kind Data: a file that cannot be read, or files that do not match.</exception>
    public static CocoResultCheck OfFiles(string path, string annotations)
    {
        CocoFile groundTruth = CocoFile.Read(annotations);
        return Of(path, CocoResultFile.Read(path), groundTruth);
    }

    /// <summary>Compares the detections of a file with annotations.</summary>
    /// <param name="path">The result file, for messages.</param>
    /// <param name="results">Its detections.</param>
    /// <param name="groundTruth">The annotations.</param>
    /// <exception cref="GraftException">
    /// Of kind Data: there is nothing to measure, no image or no class in common, ids that are off by one, or boxes that are
    /// not in pixels.
    /// </exception>
    public static CocoResultCheck Of(string path, IReadOnlyList<CocoResult> results, CocoFile groundTruth)
    {
        CocoResultCheck check = new(path, groundTruth);
        if (groundTruth.Annotations.Count == 0)
        {
            throw new GraftException(
                Failure.Data,
                $"{groundTruth.Path}: has no annotations ({Counted(groundTruth.Images.Count, "image")}); there is nothing to measure.",
                "Give the annotations that the detections are compared with.");
        }

        check.Results = results;
        if (results.Count == 0)
        {
            check._remarks.Add($"{path}: lists no detections; every metric is 0");
            return check;
        }

        check.CompareImages();
        check.CompareClasses();
        check.CompareBoxes();
        check.CompareScores();
        return check;
    }

    /// <summary>COCO metrics of <see cref="Results"/>.</summary>
    /// <param name="pycocotoolsIds">Whether a match with the annotation of id 0 counts as a miss, as in pycocotools.</param>
    /// <exception cref="GraftException">Of kind Data: detections or annotations that cannot be scored; the message names the result
    /// file.</exception>
    public CocoScores Evaluate(bool pycocotoolsIds = false)
    {
        try
        {
            return CocoEvaluator.Evaluate(CocoGroundTruth.From(_groundTruth), Results, pycocotoolsIds);
        }
        catch (GraftException error) when (error.Failure == Failure.Data)
        {
            throw new GraftException(Failure.Data, $"{_path}: {error.Message}", error.Hint, error);
        }
    }

    private void CompareImages()
    {
        HashSet<long> known = [.. _groundTruth.Images.Select(image => image.Id)];
        HashSet<long> found = [.. Results.Select(result => result.ImageId)];
        CompareIds("image", known, found);
        CocoResult[] kept = [.. Results.Where(result => known.Contains(result.ImageId))];
        if (kept.Length < Results.Count)
        {
            found.ExceptWith(known);
            _remarks.Add($"{_path}: {Counted(Results.Count - kept.Length, "detection")} of {Counted(found.Count, "image")} that {_groundTruth.Path} does not have, "
                + $"ignored (image {Ids(found)})");
            Results = kept;
        }
    }

    private void CompareClasses()
    {
        HashSet<long> known = [.. _groundTruth.Categories.Select(category => category.Id)];
        HashSet<long> found = [.. Results.Select(result => result.CategoryId)];
        CompareIds("category", known, found);
        if (found.Contains(0) && !known.Contains(0) && found.Max() < known.Count)
        {
            throw Apart("category", known, found, "The detections number the classes 0, 1, 2 …; write the category ids of the annotations.");
        }

        found.ExceptWith(known);
        if (found.Count > 0)
        {
            _remarks.Add($"{_path}: {Counted(Results.Count(result => found.Contains(result.CategoryId)), "detection")} of "
                + $"{Graft.Counted.Of(found.Count, "category", "categories")} that {_groundTruth.Path} does not have, ignored (category {Ids(found)})");
        }
    }

    private void CompareIds(string what, HashSet<long> known, HashSet<long> found)
    {
        bool below = found.All(id => known.Contains(id + 1)), above = found.All(id => known.Contains(id - 1));
        int shift = below ? 1 : above ? -1 : 0;
        string hint = $"Evaluate detections against the annotations of the same {(what == "image" ? "images" : "classes")}.";
        if (!found.Overlaps(known))
        {
            throw Apart(what, known, found, shift == 0 ? hint : $"The ids seem to be off by one. {hint}", "have no {0} in common");
        }

        // Off by one: one id is unknown, and all others belong to the neighbour of the intended entry.
        if (shift != 0 && found.Count > 1 && !found.IsSubsetOf(known))
        {
            throw Apart(what, known, found, $"Add {shift} to each {what}_id of the detections, if that is what is meant.");
        }
    }

    private GraftException Apart(string what, HashSet<long> known, HashSet<long> found, string hint, string problem = "number the {0} ids differently")
        => new(
            Failure.Data,
            $"{_path} and {_groundTruth.Path} {string.Format(CultureInfo.InvariantCulture, problem, what)}: "
            + $"the detections have {what} {Ids(found)}, the annotations have {what} {Ids(known)}.",
            hint);

    private void CompareBoxes()
    {
        if (Results.All(IsFraction) && !_groundTruth.Annotations.Any(annotation => IsFraction(Box(annotation))))
        {
            throw new GraftException(
                Failure.Data,
                $"{_path}: {All(Results.Count)} within 0 to 1; expected [x, y, width, height] in pixels of the image.",
                "Multiply x and width by the image's width, y and height by its height.");
        }

        Dictionary<long, CocoImage> images = _groundTruth.Images.Where(image => image is { Width: > 0, Height: > 0 }).ToDictionary(image => image.Id);
        int outside = 0, beyond = 0, flat = 0, sized = 0;
        foreach (CocoResult result in Results)
        {
            flat += result is { Width: > 0, Height: > 0 } ? 0 : 1;
            if (images.TryGetValue(result.ImageId, out CocoImage? image))
            {
                double right = result.X + result.Width, lower = result.Y + result.Height;
                sized++;
                outside += right <= 0 || lower <= 0 || result.X >= image.Width || result.Y >= image.Height ? 1 : 0;
                beyond += right > 1.02 * image.Width || lower > 1.02 * image.Height ? 1 : 0;
            }
        }

        if (outside > 0 && outside == Results.Count)
        {
            throw new GraftException(
                Failure.Data, $"{_path}: {All(outside)} outside {(outside == 1 ? "its image" : "their images")}.", "Check that both files are of the same images, in pixels.");
        }

        Remark(outside, "box", "boxes", "outside the image");
        Remark(flat, "box", "boxes", "without width or height");
        if (beyond > outside && 2 * beyond > sized)
        {
            _remarks.Add($"{_path}: {beyond} of {sized} boxes reach beyond the image; expected [x, y, width, height], not [x1, y1, x2, y2]");
        }
    }

    private void CompareScores()
    {
        Remark(Results.Count(result => result.Score is < 0 or > 1), "score", "scores", "outside 0 to 1; only their order counts");
        if (Results.Count > 1 && Results.All(result => result.Score == Results[0].Score))
        {
            _remarks.Add(FormattableString.Invariant(
                $"{_path}: all {Results.Count} scores are {Results[0].Score}; the order of the file decides the precision"));
        }
    }

    private void Remark(int count, string one, string many, string what)
    {
        if (count > 0)
        {
            _remarks.Add($"{_path}: {(count == 1 ? $"1 {one}" : $"{count} {many}")} {what}");
        }
    }

    private static bool IsFraction(CocoResult box) => box is { X: >= 0, Y: >= 0 } && box.X + box.Width <= 1.01 && box.Y + box.Height <= 1.01;

    private static CocoResult Box(CocoAnnotation annotation)
        => new(annotation.ImageId, annotation.CategoryId, annotation.X, annotation.Y, annotation.Width, annotation.Height, 1);

    private static string All(int boxes) => boxes == 1 ? "the only box lies" : FormattableString.Invariant($"all {boxes} boxes lie");

    private static string Counted(int count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";

    private static string Ids(HashSet<long> ids)
        => string.Join(", ", ids.Order().Take(Shown).Select(id => id.ToString(CultureInfo.InvariantCulture)))
            + (ids.Count > Shown ? string.Create(CultureInfo.InvariantCulture, $", … {ids.Max()} ({ids.Count})") : "");
}
