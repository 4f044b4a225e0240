using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Graft.Cli.CommandLine;
using Graft.Cli.Rendering;
using Graft.Synthetic;

namespace Graft.Cli.Commands;

/// <summary>graft generate OUT: a data set of drawn images of surface defects.</summary>
internal sealed class GenerateCommand : CliCommand
{
    private readonly Argument<string> _folder = Define.Target("OUT", "folder of the data set");
    private readonly Option<string> _preset = Define.Choice(
        "--preset", "48 images to look at, 8,000 and 500 to train a base, or three tests of 500", "demo", "train", "tests");

    private readonly Option<string[]> _split = Define.Repeated(
        "--split", "NAME=COUNT[@OFFSET]", "splits instead of a preset; one without offset follows the one before it, the first starts at --seed");

    private readonly Option<string?> _classes = Define.Text(
        "--classes", "base|novel|all|\"a,b\"", "defect classes to draw; base without it, and preset tests has its own");

    private readonly Option<string?> _materials = Define.Text("--materials", "\"a,b\"", "materials to draw; all six without it");
    private readonly Option<double?> _cleanShare = Define.Number(
        "--clean-share", "X", "share of surfaces without a defect, 0.12 without it; 1 to count false boxes on", new NumberRange(0, 1));

    private readonly Option<string> _format = Define.Choice("--format", "format of the images", "jpg", "png");
    private readonly Option<bool> _overwrite = Define.Flag("--overwrite", "write into a folder that is not empty; splits of the same names are replaced");

    internal GenerateCommand()
        : base("generate", "draw a data set of surface defects")
        => Takes(_folder, _preset, _split, _classes, _materials, _cleanShare, _format, _overwrite);

    internal override string Notes => $"""
        Writes images, COCO annotations with the tone and shape of each box, class_texts.json, split.json, and in queries/ prompt files that
        val takes. The same line writes the same bytes. Ctrl+C keeps the splits that are complete.
        Base classes: {string.Join(", ", SyntheticVocabulary.GroupOrNull("base")!)}.
        Novel classes: {string.Join(", ", SyntheticVocabulary.GroupOrNull("novel")!)}.
        Materials: {string.Join(", ", SyntheticVocabulary.Materials)}.
        """;

    protected override int Run(Arguments arguments, Output output)
    {
        string folder = arguments.Value(_folder)!, format = arguments.Value(_format)!;
        IReadOnlyList<SyntheticSplit> splits = Splits(arguments);
        foreach (SyntheticSplit split in splits)
        {
            _ = new SyntheticGenerator(split.Options);
        }

        if (!arguments.Value(_overwrite) || File.Exists(folder))
        {
            SyntheticDataset.RequireFree(folder);
        }

        int images = splits.Sum(split => split.Count);
        CancellationToken stop = Interruption.StopOrderly();
        try
        {
            IReadOnlyList<int> boxes = output.Track(progress => SyntheticDataset.Write(
                folder, splits, "." + format, new Drawn(progress, images), Threads(arguments) ?? 0, stop));
            Show(folder, splits, boxes, output);
            return 0;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            string[] complete = [.. splits.Where(split => File.Exists(SyntheticDataset.AnnotationFile(folder, split))).Select(split => split.Name)];
            output.Note(complete.Length == 0 ? "Stopped; no split is complete." : $"Stopped. Complete splits in {folder}: {string.Join(", ", complete)}");
            output.Result(new JsonObject
            {
                ["out"] = folder,
                ["interrupted"] = true,
                ["complete"] = new JsonArray([.. complete.Select(name => (JsonNode)name)]),
            });
            return Interruption.ExitCode;
        }
    }

    private static void Show(string folder, IReadOnlyList<SyntheticSplit> splits, IReadOnlyList<int> boxes, Output output)
    {
        output.Table(["split", "images", "boxes", "classes", "first number"], splits.Select((split, i) => (string[])
        [
            split.Name, $"{split.Count:N0}", $"{boxes[i]:N0}", $"{split.Options.Classes.Count}", $"{split.Offset:N0}",
        ]));
        output.Line($"Data set: {folder}");
        output.Result(new JsonObject
        {
            ["out"] = folder,
            ["splits"] = new JsonArray([.. splits.Select((split, i) => (JsonNode)new JsonObject
            {
                ["name"] = split.Name,
                ["annotations"] = SyntheticDataset.AnnotationFile(folder, split),
                ["images"] = split.Count,
                ["boxes"] = boxes[i],
                ["offset"] = split.Offset,
                ["classes"] = Names(split.Options.Classes),
                ["materials"] = Names(split.Options.Materials),
            })]),
        });
    }

    private static JsonArray Names(IEnumerable<string> names) => new([.. names.Select(name => (JsonNode)name)]);

    private IReadOnlyList<SyntheticSplit> Splits(Arguments arguments)
    {
        bool isOwn = arguments.Has(_split);
        if (isOwn && arguments.Has(_preset))
        {
            throw Arguments.Wrong("--preset and --split exclude each other.", "Give one of them.");
        }

        if (!isOwn && arguments.Has(Common.Seed))
        {
            throw Arguments.Wrong("--seed applies to --split: a preset has its own numbers.", "Leave --seed out, or give --split NAME=COUNT.");
        }

        bool isTests = !isOwn && arguments.Value(_preset) == "tests";
        if (isTests && arguments.Has(_classes))
        {
            throw Arguments.Wrong("--classes does not apply to --preset tests: each test has its own classes.", "Leave it out, or give --split NAME=COUNT.");
        }

        IReadOnlyList<SyntheticSplit> splits = isOwn
            ? SyntheticSplit.ParseAll(arguments.Values(_split), (ulong)(arguments.Value(Common.Seed) ?? 0))
            : arguments.Value(_preset) switch { "train" => SyntheticPresets.Train, "tests" => SyntheticPresets.Tests, _ => SyntheticPresets.Demo };
        return [.. splits.Select(split => split with
        {
            Options = split.Options with
            {
                Classes = arguments.Value(_classes) is { } classes ? SyntheticVocabulary.GroupOrNull(classes) ?? List(classes) : split.Options.Classes,
                CleanShare = arguments.Value(_cleanShare) ?? split.Options.CleanShare,
                Materials = arguments.Value(_materials) is { } materials ? List(materials) : split.Options.Materials,
            },
        })];
    }

    private static string[] List(string text) => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The progress bar, fed from several threads.</summary>
    private sealed class Drawn(Action<double, string> bar, int all) : IProgress<int>
    {
        private readonly Lock _gate = new();
        private int _most;

        public void Report(int value)
        {
            lock (_gate)
            {
                _most = Math.Max(_most, value);
                bar((double)_most / all, string.Create(CultureInfo.InvariantCulture, $"{_most}/{all} images"));
            }
        }
    }
}
