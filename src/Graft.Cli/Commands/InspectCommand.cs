using System.Text.Json.Nodes;
using Graft.Adapters;
using Graft.Cli.Rendering;
using Graft.Configuration;
using Graft.Detectors;
using Graft.Files;
using Graft.Models;
using Graft.Models.Ultralytics;
using Graft.Peft;
using Graft.Reports;
using Graft.Runs;
using Graft.Torch.Weights;

namespace Graft.Cli.Commands;

/// <summary>graft inspect TARGET: what a weight file holds, or what a configuration builds and trains.</summary>
internal sealed class InspectCommand : Command
{
    private const int LongestNote = 160, ShownGlobals = 10, ShownNames = 20, ShownMismatches = 4;

    private static readonly string[] Libraries = ["torch.", "torchvision.", "ultralytics.", "models.", "numpy.", "collections."];

    internal override string Name => "inspect";

    internal override string Summary => "tensors of a weight file; parameters of a configuration; a load report";

    internal override string Usage => """
        graft inspect FILE [--hashes]            tensors of a weight file (nothing in it is executed); SHA-256 of their values
        graft inspect FOLDER                     weights of a run folder, or the adapter in a PEFT folder
        graft inspect CONFIG [key=value ...]     parameters, and what trains
        graft inspect CONFIG --layers [train.imgsz=640] [--depth N]
                                                 output shape, parameters, operations of each layer
        graft inspect FILE --against CONFIG|FILE load report: matched, renamed, missing, unexpected, mismatched
        graft inspect FILE --against FILE --values [--tolerance 0]
                                                 values too: the largest difference of each tensor; exit code 4 when one is larger
        """;

    protected override string[] Options => ["against=", "layers", "depth=", "hashes", "values", "tolerance="];

    protected override int Run(Arguments arguments, Output output)
    {
        string target = arguments.Target("TARGET");
        if (arguments.Value("against") is { } against)
        {
            return Against(target, against, arguments, output);
        }

        if (Directory.Exists(target))
        {
            Folder(target, arguments, output);
        }
        else if (IsConfig(target))
        {
            Config(ConfigFinder.Load(target, arguments.Overrides), arguments, output);
        }
        else
        {
            Weights(target, arguments.Has("hashes"), output);
        }

        return 0;
    }

    /// <summary>An adapter in a PEFT folder, or the weights and the configuration of a run.</summary>
    private static void Folder(string folder, Arguments arguments, Output output)
    {
        string settings = RunFolder.Open(folder).Arguments;
        if (File.Exists(Path.Combine(folder, "adapter_config.json")))
        {
            using PeftAdapter adapter = PeftAdapter.Open(folder);
            output.Result(PeftOutput.Describe(adapter, output));
            return;
        }

        string[] tries = [Path.Combine(folder, "weights", "best.safetensors"), Path.Combine(folder, "weights", "last.safetensors")];
        string path = Array.Find(tries, File.Exists) ?? throw new GraftException(
            Failure.Model, $"{folder} is neither a run folder nor a PEFT folder: it holds no weights/best.safetensors, no weights/last.safetensors and no adapter_config.json.",
            "Give a run folder, a PEFT folder or a weight file.");
        output.Line($"{folder}: run{(File.Exists(settings) ? $", settings in {settings}" : "")}");
        Weights(path, arguments.Has("hashes"), output);
    }

    private static bool IsConfig(string target)
        => Path.GetExtension(target) is ".yaml" or ".yml" || (!File.Exists(target) && !Directory.Exists(target));

    private static void Weights(string path, bool withHashes, Output output)
    {
        using WeightFile file = WeightFile.Open(path);
        string[]? hashes = withHashes ? [.. file.Entries.Select(Hash)] : null;
        output.Line($"{path}: {file.Format}, {file.Entries.Count} tensors, {file.Entries.Sum(entry => entry.ElementCount):N0} values");
        JsonObject known = Known(file, output);
        output.Table(["tensor", "shape", "type", .. hashes is null ? [] : new[] { "SHA-256" }], file.Entries.Select((entry, i) => (string[])
            [Printable.Name(entry.Name), Printable.Shape([.. entry.Shape]), entry.DType.TorchName(), .. hashes is null ? [] : new[] { hashes[i] }]));
        foreach ((string key, string value) in file.Metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            output.Line($"{Printable.Name(key)}: {Printable.Name(value.ReplaceLineEndings(" "), LongestNote)}");
        }

        foreach (string remark in file.Remarks)
        {
            output.Line(remark);
        }

        string[] globals = Globals(file);
        if (globals.Length > 0)
        {
            output.Line($"asks for: {string.Join(", ", globals.Take(ShownGlobals).Select(name => Printable.Name(name)))}{(globals.Length > ShownGlobals ? $" and {globals.Length - ShownGlobals} more" : "")} (not run)");
        }

        output.Result(new JsonObject
        {
            ["path"] = path,
            ["format"] = file.Format.ToString(),
            ["origin"] = file.Origin,
            ["model"] = known["model"]?.DeepClone(),
            ["class_names"] = known["class_names"]?.DeepClone(),
            ["globals"] = new JsonArray([.. globals.Select(name => (JsonNode)name)]),
            ["tensors"] = new JsonArray([.. file.Entries.Select((entry, i) => (JsonNode)new JsonObject
            {
                ["name"] = entry.Name,
                ["shape"] = new JsonArray([.. entry.Shape.Select(length => (JsonNode)length)]),
                ["dtype"] = entry.DType.TorchName(),
                ["sha256"] = hashes?[i],
            })]),
            ["metadata"] = new JsonObject(file.Metadata.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
            ["foreign_classes"] = new JsonArray([.. file.ForeignClasses.Keys.Order(StringComparer.Ordinal).Select(name => (JsonNode)name)]),
            ["remarks"] = new JsonArray([.. file.Remarks.Select(remark => (JsonNode)remark)]),
        });
    }

    /// <summary>Classes and functions that a pickle names, those of no library of networks first.</summary>
    private static string[] Globals(WeightFile file)
        => [.. file.ForeignClasses.Keys.OrderBy(name => Libraries.Any(library => name.StartsWith(library, StringComparison.Ordinal))).ThenBy(name => name, StringComparer.Ordinal)];

    /// <summary>Which network the tensors belong to, and the class names that the file carries.</summary>
    private static JsonObject Known(WeightFile file, Output output)
    {
        bool ours = Checkpoint.IsOurs(file);
        ModelOptions? model = ModelIn(file, ours);
        string? text = model is not null ? model.Description : ModelFamilies.OtherFamily(file);
        IReadOnlyList<string> names = ours ? Checkpoint.VocabularyOf(file).Names : model is null ? [] : UltralyticsFile.TryRead(file)?.Names ?? [];
        if (text is not null)
        {
            output.Line($"network: {text}{(model is null ? ", which Graft has no network of" : "")}");
        }

        if (names.Count > 0)
        {
            output.Line($"class names: {string.Join(", ", names.Take(ShownNames).Select(name => Printable.Name(name)))}{(names.Count > ShownNames ? $" and {names.Count - ShownNames} more" : "")}");
        }

        return new JsonObject { ["model"] = text, ["class_names"] = new JsonArray([.. names.Select(name => (JsonNode)name)]) };
    }

    /// <summary>What is said about a file never keeps its tensors from being listed.</summary>
    private static ModelOptions? ModelIn(WeightFile file, bool ours)
    {
        try
        {
            return ours ? Checkpoint.ConfigOf(file).Model : ModelFamilies.TryRecognise(file);
        }
        catch (GraftException)
        {
            return null;
        }
    }

    /// <summary>Compares the tensors that both files have; names that only one has, and other shapes, count as differences.</summary>
    private static int Values(WeightFile file, WeightFile other, LoadReport report, Arguments arguments, Output output)
    {
        double tolerance = arguments.Number("tolerance", 0, 0);
        WeightDifference[] found = [.. file.Entries.Where(entry => other.TryGet(entry.Name) is not null)
            .Select(entry => WeightDifference.Between(entry.Name, other[entry.Name], entry))];
        WeightDifference[] far = [.. found.Where(one => !(one.AreEqual || one.MaxAbsolute <= tolerance))];
        bool agree = far.Length == 0 && report.IsComplete;
        output.Line(Shown(report, arguments));
        foreach (WeightDifference one in far)
        {
            output.Line($"  {one}");
        }

        double largest = found.Where(one => double.IsFinite(one.MaxAbsolute)).Select(one => one.MaxAbsolute).DefaultIfEmpty(0).Max();
        output.Line($"  values of {found.Length} tensors: {found.Count(one => one.AreEqual)} equal, {far.Length} differ by more than {tolerance:g3}; largest difference {largest:g3}");
        JsonObject result = report.ToJson();
        result["compared"] = found.Length;
        result["equal"] = found.Count(one => one.AreEqual);
        result["max_abs"] = largest;
        result["differ"] = new JsonArray([.. far.Select(one => (JsonNode)one.Name)]);
        output.Result(result);
        return agree ? 0 : (int)Failure.Model;
    }

    private static string Shown(LoadReport report, Arguments arguments) => report.Describe(arguments.Has("verbose") ? int.MaxValue : ShownMismatches);

    /// <summary>Of the dense, row-major, little-endian bytes; empty where the file only describes the tensor.</summary>
    private static string Hash(WeightEntry entry)
    {
        string hash = entry.HasData ? entry.Sha256() : "";
        entry.Release();
        return hash;
    }

    private static void Config(Config<RunConfig> config, Arguments arguments, Output output)
    {
        using IDetector detector = DetectorFactory.Create(config.Value.Model, DetectorFactory.Unnamed(config.Value.Model, withText: config.Value.Text.Learn));
        PromptTuning.Prepare(detector, config.Value.Text);
        TuningOptions tuning = config.Value.Tuning ?? new TuningOptions { Freeze = [] };
        using AdapterPlan plan = Tuning.Plan(detector, tuning, config.Value.Train.DecayNorms);
        ModelSummary summary = ModelSummary.Of(plan);
        JsonArray groups = [];
        output.Line(plan.ToString());
        foreach (ParameterRate rate in ParameterRates.Summarise(plan.Groups))
        {
            double lr = config.Value.Train.Lr * rate.LrMult, decay = config.Value.Train.WeightDecay * rate.DecayMult;
            output.Line($"lr {lr:g4}, weight decay {decay:g4}: {rate.Names.Count} weights, {rate.Values:N0} values, such as {rate.Names[0]}");
            groups.Add(new JsonObject
            {
                ["lr"] = lr,
                ["weight_decay"] = decay,
                ["values"] = rate.Values,
                ["names"] = new JsonArray([.. rate.Names.Select(name => (JsonNode)name)]),
            });
        }

        output.Line($"{summary.Total:N0} parameters, {summary.Trainable:N0} of them learn ({100.0 * summary.Trainable / summary.Total:f2} %)");
        JsonObject result = summary.ToJson();
        result["groups"] = groups;
        if (config.Value.Model.TextWidth is null)
        {
            result["total_with_text"] = summary.Total;
        }

        if (config.Value.Model.Forms(config.Value.Train.Imgsz) is { Count: > 0 } forms)
        {
            output.Line($"{forms[^1].Name}: {forms[^1].Size.Parameters:N0} parameters, {forms[^1].Size.Gflops:f2} GFLOPs at {config.Value.Train.Imgsz}");
            result["forms"] = NetworkSizes.ToJson(forms);
        }

        if (arguments.Has("layers"))
        {
            LayerTable table = NetworkSizes.Layers(detector.Network, config.Value.Train.Imgsz);
            output.Line(table.ToText(arguments.Integer("depth", 0, 0)));
            result["layers"] = NetworkSizes.ToJson(table);
        }

        output.Result(result);
    }

    private static int Against(string path, string against, Arguments arguments, Output output)
    {
        (path, against) = (Directory.Exists(path) ? TrainedModel.FileOf(path) : path, Directory.Exists(against) ? TrainedModel.FileOf(against) : against);
        using WeightFile file = WeightFile.Open(path);
        LoadReport report;
        (string Message, string Hint)? difference = null;
        if (IsConfig(against))
        {
            ModelOptions model = ModelFamilies.WithFormOf(ConfigFinder.Load(against, arguments.Overrides).Value.Model, file);
            using IDetector detector = DetectorFactory.Create(model, DetectorFactory.Unnamed(model));
            NameMap? map = Checkpoint.IsOurs(file) ? null : UltralyticsFile.TryRead(file)?.Map;
            report = LoadReport.Compare(detector.Network.ExpectedWeights(), file, map, new LoadOptions { MayExceed = model.TensorsBesideNetwork });
            difference = report.IsComplete ? null : ModelFamilies.Difference(file, Checkpoint.IsOurs(file) ? Checkpoint.ConfigOf(file).Model : null, model);
        }
        else
        {
            using WeightFile other = WeightFile.Open(against);
            report = LoadReport.Compare(other.Entries.Select(entry => new ExpectedWeight(entry.Name, entry.Shape, entry.DType)), file);
            if (arguments.Has("values"))
            {
                return Values(file, other, report, arguments, output);
            }
        }

        output.Line(Shown(report, arguments));
        if (difference is { } size)
        {
            output.Line($"{size.Message} {size.Hint}");
        }

        output.Result(report.ToJson());
        return report.IsComplete ? 0 : (int)Failure.Model;
    }
}
