using Graft.Checks;
using Graft.Data;

namespace Graft.Adaptation;

/// <summary>The data of an adaptation, checked, with a validation split.</summary>
/// <param name="Check">What the check found.</param>
/// <param name="Options">Where both splits are, as full paths.</param>
/// <param name="HeldOut">Number of training images that became validation images; 0 where the data has a validation split.</param>
internal sealed record CheckedData(CheckReport Check, DataOptions Options, int HeldOut)
{
    // Training leaves these out; only many of them are a reason to stop.
    private const int ManyParts = 10;

    private static readonly DataProblemKind[] LeftOut =
    [
        DataProblemKind.UnreadableImage, DataProblemKind.DamagedImage, DataProblemKind.MissingImage, DataProblemKind.ImageSizeDiffers,
        DataProblemKind.ZeroSizeBox, DataProblemKind.BoxOutside,
    ];

    /// <summary>Problems that do not stop the adaptation, the most serious first.</summary>
    internal IReadOnlyList<CheckProblem> Warnings => [.. Check.Problems.Where(problem => problem.Severity != CheckSeverity.Remark && !IsAbsentVal(problem))];

    /// <summary>Checks a data set.</summary>
    /// <param name="options">Where it is.</param>
    /// <param name="threads">Images that are decoded at a time.</param>
    /// <param name="progress">Called with the number of images that are done, and of all.</param>
    /// <param name="stop">Stops between two images.</param>
    /// <exception cref="GraftException">Of kind Data: there is no such data, or training on it would go wrong.</exception>
    internal static CheckedData Run(DataOptions options, int threads, Action<int, int> progress, CancellationToken stop)
    {
        CheckReport check = DataCheck.Run(new CheckRequest(options) { Threads = threads }, progress, stop);
        CheckedData data = new(check, options, 0);
        CheckProblem[] errors = [.. check.Problems.Where(problem => problem.Severity == CheckSeverity.Error && !IsTolerable(check, problem) && !data.IsAbsentVal(problem))];

        if (errors.Length > 0)
        {
            string also = errors.Any(problem => problem.IsRepaired) ? $"graft check {options.Root} --fix OUT writes a repaired copy." : $"graft check {options.Root} shows it.";
            throw new GraftException(
                Failure.Data, $"{check.Data}: {string.Join("; ", errors.Select(problem => problem.Problem))}.",
                $"{errors[0].Advice} {also}".TrimStart());
        }

        return data;
    }

    /// <summary>Holds out a fifth of the images where there is no validation split.</summary>
    /// <param name="folder">Where the annotations of both parts are written.</param>
    /// <exception cref="GraftException">Of kind Data: there are too few images for it.</exception>
    internal CheckedData WithVal(AdaptFolder folder)
    {
        if (!LacksVal)
        {
            return this;
        }

        DetectionDataset all = DetectionData.OpenSplit(Options, DataSplit.Train);
        if (all.Images.Count < Adaptation.HeldOut.LeastImages)
        {
            throw new GraftException(
                Failure.Data,
                $"{Check.Data}: {Counted.Of(all.Images.Count, "image")} and no validation split; from {Adaptation.HeldOut.LeastImages} images on a fifth is held out to measure with.",
                "Label more images, or give a validation split: images/val, annotations/val.json, or 'val' in data.yaml.");
        }

        all.RequireObjects(forTraining: true);
        bool[] held = Adaptation.HeldOut.Choose(all.Images, all.ClassNames.Count);
        string train = folder.Early(folder.Split("train")), val = folder.Early(folder.Split("val"));
        Adaptation.HeldOut.Write(all, held, Check.Data, train, val);
        string? prompts = null;
        if (!all.Prompts.Names.SequenceEqual(all.ClassNames) || all.Prompts.Classes.Any(synonyms => synonyms.Count > 1))
        {
            prompts = ClassWords.Write(folder.Early(folder.Words), all.Prompts.Classes);
        }

        return this with
        {
            Options = Options with
            {
                Root = Check.Data,
                Train = Path.GetFullPath(train),
                Val = Path.GetFullPath(val),
                TrainImages = null,
                ValImages = null,
                Names = [],
                Classes = [],
                Prompts = prompts,
            },
            HeldOut = held.Count(one => one),
        };
    }

    private bool LacksVal => Check.Splits.Count == 1 && Check.Splits[0].Name != "val" && Options.Val is null && (Check.Splits[0].Name != "train" || HasNoVal(Options));

    private static bool HasNoVal(DataOptions options)
    {
        DataLocator locator = new(options, []);
        return locator.YoloFile is { } yolo ? !YoloDataFile.Read(yolo).Sources.ContainsKey(DataSplit.Val) : locator.Source(DataSplit.Val) is null;
    }

    private static bool IsTolerable(CheckReport check, CheckProblem problem)
        => LeftOut.Contains(problem.Problem.Kind) && problem.Problem.Count * ManyParts <= Math.Max(check.Images, check.Boxes);

    /// <summary>A folder without a validation split is not a mistake.</summary>
    private bool IsAbsentVal(CheckProblem problem)
        => problem.Problem is { Kind: DataProblemKind.UnusableSplit, Count: 1, Examples: [{ } example] } && example.StartsWith("val:", StringComparison.Ordinal) && LacksVal;
}
