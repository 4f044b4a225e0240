using System.Globalization;
using System.Text.Json;
using Graft.Data;
using Graft.Detectors;
using Graft.Evaluation;
using Graft.Files;
using Graft.MiniLm;
using Graft.Runs;
using Graft.Synthetic;
using Graft.Text;

namespace Graft.Bench;

/// <summary>What a base of drawn defects has learned: classes by name, by synonyms and descriptions, classes that it never saw, a material that
/// it never saw, and false boxes on images without a defect. Questions are never averaged.</summary>
internal static class BaseEntry
{
    private const string HeldOutMaterial = "leather";
    private const double MinNames = 0.80, MinSynonyms = 0.40, MaxFalse = 0.1;

    private static readonly IReadOnlyList<IReadOnlyList<string>> BaseDescriptions =
    [
        ["long thin line"], ["round hollow"], ["round dark spot"], ["irregular patch"], ["dark branching line"], ["vacant seat"], ["scattered specks"], ["soft patch of another colour"],
    ];

    internal static int Run(Settings settings)
    {
        string model = settings.Text("model", BuiltInBase.Name), step = settings.Text("step", "measure"), target = settings.Text("out", "");
        int images = settings.Integer("images", 500);
        settings.Finish();
        TextEncoders.Register(MiniLmEncoder.Identity, () => new MiniLmEncoder());
        switch (step)
        {
            case "halve":
                Halve(TrainedModel.FileOf(model), target);
                return 0;
            case "measure":
                using (TemporaryFolder folder = new())
                {
                    return Measure(model, images, folder.Path, target);
                }

            default:
                throw new GraftException(Failure.Usage, $"step is '{step}'; measure or halve was expected.");
        }
    }

    /// <summary>Writes the weights of a run with 16 bits; metadata stays, but for where data and negatives were.</summary>
    private static void Halve(string source, string target)
    {
        using WeightFile file = WeightFile.Open(source);
        Dictionary<string, string> metadata = file.Metadata.ToDictionary();
        RunConfig config = Checkpoint.ConfigOf(file);
        foreach ((string key, string value) in Checkpoint.Metadata(
            config with { Data = new DataOptions(), Text = config.Text with { Negatives = null } }, Checkpoint.VocabularyOf(file)))
        {
            metadata[key] = value;
        }

        SafeTensorsWriter.Write(
            target,
            [.. file.Entries.Select(entry => entry.DType.IsFloatingPoint()
                ? WeightData.From(entry.Name, entry.ToSingles().Select(value => (Half)value).ToArray(), [.. entry.Shape])
                : WeightData.From(entry.Name, entry.ToInt64s(), [.. entry.Shape]))],
            metadata);
        Console.WriteLine($"{target}: {new FileInfo(target).Length / 1e6:f2} MB");
    }

    private static int Measure(string model, int images, string folder, string target)
    {
        string[] known = [.. SyntheticVocabulary.Materials.Where(material => material != HeldOutMaterial)];
        string[] names = [.. SyntheticVocabulary.Base.Select(c => c.Name)], novel = [.. SyntheticVocabulary.Classes.Where(c => c.IsNovel).Select(c => c.Name)];
        SyntheticSplit[] splits =
        [
            new SyntheticSplit("base", 500_000, images) { Options = new SyntheticOptions { Classes = names, Materials = known } },
            new SyntheticSplit("novel", 900_000, images) { Options = new SyntheticOptions { Classes = novel, Materials = known } },
            new SyntheticSplit("mixed", 1_300_000, images) { Options = new SyntheticOptions { Classes = [.. names, .. novel], Materials = known } },
            new SyntheticSplit("leather", 1_700_000, images) { Options = new SyntheticOptions { Classes = names, Materials = [HeldOutMaterial] } },
            new SyntheticSplit("clean", 2_100_000, images) { Options = new SyntheticOptions { Classes = names, Materials = known, CleanShare = 1 } },
            new SyntheticSplit("clean_leather", 2_500_000, images) { Options = new SyntheticOptions { Classes = names, Materials = [HeldOutMaterial], CleanShare = 1 } },
        ];
        foreach (SyntheticSplit split in splits)
        {
            // A folder has one list of prompts, and these splits have different classes.
            SyntheticDataset.Write(Path.Combine(folder, split.Name), [split]);
        }

        SyntheticClass[] all = [.. SyntheticVocabulary.Classes];
        List<(string Question, string Split, IReadOnlyList<IReadOnlyList<string>> Prompts)> questions =
        [
            ("base classes by name", "base", [.. Known(all).Select(Named)]),
            .. Enumerable.Range(0, 3).Select(i => ($"base classes by unseen synonym {i + 1}", "base", Unseen(all, i))),
            ("base classes by all their unseen synonyms, averaged", "base", [.. Known(all).Select(c => c.HeldOutSynonyms)]),
            ("base classes by description", "base", BaseDescriptions),
            ("base classes by name, a material never seen", "leather", [.. Known(all).Select(Named)]),
            ("novel classes by name", "novel", [.. all.Where(c => c.IsNovel).Select(Named)]),
            ("novel classes by description", "novel", [.. all.Where(c => c.IsNovel).Select(c => c.Descriptions)]),
            ("all 14 classes by name", "mixed", [.. all.Select(Named)]),
        ];
        List<object> rows = [];
        Dictionary<string, double> map50 = [];
        foreach ((string question, string split, IReadOnlyList<IReadOnlyList<string>> prompts) in questions)
        {
            (CocoScores scores, CocoIntervals range) = Ask(model, folder, split, prompts);
            map50[question] = scores.Map50;
            string classes = string.Join(", ", scores.PerClass.Select(one => Invariant($"{one.Name} {one.Ap50:f2}")));
            Console.WriteLine(Invariant($"{question}: mAP50 {scores.Map50:f3} ({range.Map50.Low:f3} to {range.Map50.High:f3}), mAP {scores.Map:f3} ({range.Map.Low:f3} to {range.Map.High:f3}); {classes}"));
            rows.Add(new { question, map50 = scores.Map50, map50_low = range.Map50.Low, map50_high = range.Map50.High, map = scores.Map, map_low = range.Map.Low, map_high = range.Map.High });
        }

        (string Words, IReadOnlyList<IReadOnlyList<string>> Prompts)[] words =
        [
            ("the names", [.. Known(all).Select(Named)]),
            .. Enumerable.Range(0, 3).Select(i => ($"unseen synonyms {i + 1}", Unseen(all, i))),
            ("descriptions", BaseDescriptions),
            ("the novel names", [.. all.Where(c => c.IsNovel).Select(Named)]),
        ];
        List<(string Surface, string Words, double Mean, double Low, double High)> clean = [];
        foreach (string surface in (string[])["clean", "clean_leather"])
        {
            foreach ((string asked, IReadOnlyList<IReadOnlyList<string>> prompts) in words)
            {
                (double mean, double low, double high) = FalseBoxes(model, folder, surface, prompts);
                clean.Add((surface, asked, mean, low, high));
                Console.WriteLine(Invariant($"false boxes per image of {surface} by {asked}, at score {PredictionRequest.DefaultScore}: {mean:f3} ({low:f3} to {high:f3})"));
            }
        }

        if (target.Length > 0)
        {
            AtomicFile.WriteText(target, JsonSerializer.Serialize(
                new
                {
                    images,
                    questions = rows,
                    false_boxes = new
                    {
                        threshold = PredictionRequest.DefaultScore,
                        per_clean_image = clean.Select(one => new { surface = one.Surface, words = one.Words, boxes = one.Mean, low = one.Low, high = one.High }),
                    },
                },
                JsonStyles.Indented) + "\n");
        }

        bool reached = map50["base classes by name"] >= MinNames && map50["base classes by all their unseen synonyms, averaged"] >= MinSynonyms && clean[0].Mean <= MaxFalse;
        return reached ? 0 : (int)Failure.Runtime;
    }

    private static (CocoScores Scores, CocoIntervals Intervals) Ask(string model, string folder, string split, IReadOnlyList<IReadOnlyList<string>> prompts)
    {
        DetectionDataset data = Open(folder, split);
        using TrainedModel opened = TrainedModel.Open(model, [], Vocabularies.Embed(new PromptSet(prompts), MiniLmEncoder.Identity.Name, null, MiniLmEncoder.Identity.Width));
        EvaluationResult result = ModelEvaluation.Run(opened, data);
        return (result.Scores, CocoIntervals.Of(CocoGroundTruth.From(data), result.Results));
    }

    /// <summary>Boxes above the default threshold on images without a defect, and the interval of the mean over images.</summary>
    private static (double Mean, double Low, double High) FalseBoxes(string model, string folder, string split, IReadOnlyList<IReadOnlyList<string>> prompts)
    {
        DetectionDataset data = Open(folder, split);
        using TrainedModel opened = TrainedModel.Open(model, [], Vocabularies.Embed(new PromptSet(prompts), MiniLmEncoder.Identity.Name, null, MiniLmEncoder.Identity.Width));
        int[] counts = [.. ModelEvaluation.Run(opened, data).Detections.Select(boxes => boxes.Count(box => box.Score >= PredictionRequest.DefaultScore))];
        double mean = counts.Average(), error = Math.Sqrt(counts.Select(count => (count - mean) * (count - mean)).Average() / counts.Length);
        return (mean, Math.Max(0, mean - (1.96 * error)), mean + (1.96 * error));
    }

    private static DetectionDataset Open(string folder, string split)
        => DetectionData.OpenSplit(new DataOptions { Root = Path.Combine(folder, split), Val = $"annotations/{split}.json", ValImages = $"images/{split}" }, DataSplit.Val);

    private static IEnumerable<SyntheticClass> Known(IEnumerable<SyntheticClass> classes) => classes.Where(c => !c.IsNovel);

    /// <summary>One synonym of each base class that training never showed.</summary>
    private static IReadOnlyList<IReadOnlyList<string>> Unseen(IEnumerable<SyntheticClass> classes, int set)
        => [.. Known(classes).Select(c => (IReadOnlyList<string>)[c.HeldOutSynonyms[set]])];

    private static IReadOnlyList<string> Named(SyntheticClass c) => [c.Prompts[0]];

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
