using System.Text.Json.Nodes;
using Graft.Adapters;
using Graft.Files;
using Graft.Rewriting;
using Graft.Runs;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Cli.Commands;

/// <summary>graft adapter: adapter files, which hold what tuning changed and name their base.</summary>
internal sealed class AdapterCommand : Command
{
    private static readonly string[] Actions = ["list", "add", "compress", "remove"];

    internal override string Name => "adapter";

    internal override string Summary => "adapter files: list, add two of one base, compress to a lower rank, take one out of a merged model";

    internal override string Usage => """
        graft adapter list FILE|DIR...                                what they hold, and of which base
        graft adapter add FILE FILE --out FILE [--weights 1,1]        one LoRA whose change is the sum of two; exact, ranks add up
        graft adapter compress FILE --rank N --out FILE               the best LoRA of a lower rank, and what it loses
        graft adapter remove MERGED FILE --out FILE [--base BASE]     the model before a LoRA was merged: solved for, with its error; with
                                                                      --base the base itself, after the proof that it is what was merged

        To use one: graft predict BASE PICTURE --adapter FILE [--strength 0.5]; graft val takes the same options.
        """;

    protected override string[] Options => ["out=", "weights=", "rank=", "base="];

    protected override int Run(Arguments arguments, Output output)
    {
        string action = arguments.Targets.Count > 0 ? arguments.Targets[0]
            : throw Arguments.Wrong("An action is missing.", "graft adapter --help lists them.");
        string[] files = [.. arguments.Targets.Skip(1)];
        switch (action)
        {
            case "list":
                List([.. files.SelectMany(Expand)], output);
                break;
            case "add":
                Add(files, arguments, output);
                break;
            case "compress":
                Compress(files, arguments, output);
                break;
            case "remove":
                Remove(files, arguments, output);
                break;
            default:
                throw Arguments.Wrong($"graft adapter has no action '{action}'.", Nearest.Suggestion(action, Actions));
        }

        return 0;
    }

    private static IEnumerable<string> Expand(string target) => Directory.Exists(target)
        ? Directory.EnumerateFiles(target, "adapter.safetensors", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        : [target];

    private static void List(string[] files, Output output)
    {
        JsonArray adapters = [];
        List<string[]> rows = [];
        foreach (string path in files)
        {
            using AdapterFile file = AdapterFile.Open(path);
            adapters.Add(Describe(path, file));
            rows.Add([
                path, string.Join(", ", Kinds(file)), $"{file.Adapters.Count}", $"{file.Count:N0}", $"{file.Unfrozen.Count}", file.BaseHash[..12],
            ]);
        }

        output.Table(["file", "kinds", "places", "values", "unfrozen", "base"], rows);
        output.Result(new JsonObject { ["adapters"] = adapters });
    }

    private static void Add(string[] files, Arguments arguments, Output output)
    {
        if (files.Length != 2)
        {
            throw Arguments.Wrong($"graft adapter add takes two files; found {files.Length}.");
        }

        double[] weights = arguments.Numbers("weights") ?? [1, 1];
        if (weights.Length != 2)
        {
            throw Arguments.Wrong($"--weights has {Counted.Of(weights.Length, "number")}, expected 2.");
        }

        string target = OutFile.Of(arguments, files);
        using AdapterFile first = AdapterFile.Open(files[0]), second = AdapterFile.Open(files[1]);
        using AdapterFile sum = LoraArithmetic.Add(first, second, weights[0], weights[1]);
        sum.Save(target);
        output.Line($"{Counted.Of(sum.Adapters.Count, "place")}, {Counted.Of(sum.Count, "value")}: {target}");
        output.Result(Describe(target, sum));
    }

    private static void Compress(string[] files, Arguments arguments, Output output)
    {
        string path = files.Length == 1 ? files[0] : throw Arguments.Wrong($"graft adapter compress takes one file; found {files.Length}.");
        _ = arguments.Required("rank");
        int rank = arguments.Integer("rank", 0, 1);
        string target = OutFile.Of(arguments, path);
        using AdapterFile file = AdapterFile.Open(path);
        using TensorScope scope = TensorScope.Begin();
        LoraCompression compression = LoraArithmetic.Compress(file, rank);
        using AdapterFile small = compression.File;
        small.Save(target);
        output.Table(["place", "lost"], compression.Sites.Select(site => new[] { site.Site, $"{100 * site.Error:f2} %" }));
        output.Line($"{Counted.Of(file.Count, "value")} became {small.Count:N0}; relative error of all changes {100 * compression.Error:f2} %: {target}");
        JsonObject result = Describe(target, small);
        result["error"] = compression.Error;
        result["errors"] = new JsonObject(compression.Sites.Select(site => KeyValuePair.Create(site.Site, (JsonNode?)site.Error)));
        output.Result(result);
    }

    private static void Remove(string[] files, Arguments arguments, Output output)
    {
        if (files.Length != 2)
        {
            throw Arguments.Wrong($"graft adapter remove takes a merged model and an adapter file; found {files.Length}.");
        }

        string target = OutFile.Of(arguments, [.. files, arguments.Value("base")]);
        using TrainedModel merged = TrainedModel.Open(files[0], []);
        using AdapterFile file = AdapterFile.Open(files[1]);
        using TrainedModel? plain = arguments.Value("base") is { } path ? TrainedModel.Open(path, []) : null;
        Unmerged result = AdapterRemoval.Of(merged, file, plain);
        using Module network = result.Network;
        TrainedModel described = plain ?? merged;
        Dictionary<string, string> metadata = Checkpoint.Metadata(described.Config, described.Vocabulary);
        metadata["graft.source"] = Path.GetFullPath(merged.Path);
        SafeTensorsWriter.Write(target, Checkpoint.Tensors(network, described.Vocabulary), metadata);
        output.Line(result.Exact
            ? $"{Counted.Of(file.Adapters.Count, "adapter")} taken out: the base bit for bit, which merged again is {files[0]} within {result.MaxRelative:g2}: {target}"
            : $"{Counted.Of(file.Adapters.Count, "adapter")} taken out: merged again the weights differ by {result.MaxRelative:g2} at most: {target}");
        if (!result.Exact && file.Unfrozen.Count > 0)
        {
            output.Line($"The {file.Unfrozen.Count} tensors that tuning unfroze stay as they were tuned; --base gives the old ones back.");
        }

        output.Result(new JsonObject
        {
            ["file"] = target,
            ["exact"] = result.Exact,
            ["max_rel"] = result.MaxRelative,
            ["places"] = new JsonArray([.. file.Adapters.Select(adapter => (JsonNode)adapter.Site.Name)]),
            ["tuned_weights_left"] = result.Exact ? 0 : file.Unfrozen.Count,
        });
    }

    private static IEnumerable<string> Kinds(AdapterFile file) => file.Adapters.Select(adapter => adapter.Options.Kind).Distinct();

    private static JsonObject Describe(string path, AdapterFile file) => new()
    {
        ["file"] = path,
        ["kinds"] = new JsonArray([.. Kinds(file).Select(kind => (JsonNode)kind)]),
        ["places"] = new JsonArray([.. file.Adapters.Select(adapter => (JsonNode)adapter.Site.Name)]),
        ["values"] = file.Count,
        ["unfrozen"] = new JsonArray([.. file.Unfrozen.Select(name => (JsonNode)name)]),
        ["prompts"] = new JsonArray([.. (file.Vocabulary?.Names ?? []).Select(name => (JsonNode)name)]),
        ["base_sha256"] = file.BaseHash,
    };
}
