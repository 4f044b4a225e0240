using System.Text.Json.Nodes;
using Graft.Adapters;
using Graft.Cli.Rendering;
using Graft.Files;
using Graft.Peft;
using Graft.Runs;

namespace Graft.Cli.Commands;

/// <summary>graft peft ACTION: LoRA adapters as the PEFT library stores them.</summary>
internal sealed class PeftCommand : Command
{
    private static readonly string[] Actions = ["check", "merge", "unmerge", "combine", "export"];

    internal override string Name => "peft";

    internal override string Summary => "adapters of the PEFT library: check, merge, unmerge, combine, export";

    internal override string Usage => """
        graft peft check ADAPTER [--base FILE]           what it holds, whether it fits a base, whether it has any effect
        graft peft check ADAPTER --checkpoint FILE       the same, and whether it agrees with the LoRA inside a checkpoint
        graft peft merge BASE [ADAPTER...] --out FILE    dissolve adapters into a base (without any: the checkpoint's own LoRA)
        graft peft unmerge MERGED ADAPTER... --out FILE  take them out again
        graft peft combine ADAPTER... --weights W,W,... --out DIR [--method cat|svd|linear|ties|magnitude-prune|dare-linear|dare-ties|peft-svd]
                                                         one adapter of several [--rank N] [--density D] [--elect-by-count]
        graft peft export CHECKPOINT --out DIR           the LoRA inside a checkpoint as an adapter's folder
        graft peft export BASE --adapter FILE --out DIR  a LoRA of Graft as an adapter's folder, proved to give the merged weights

        --prefix TEXT   what every name of the model begins with in the base (found by itself in Lightning checkpoints)
        --owner TEXT    the part of the model that was adapted, such as language_model. (found by itself where PEFT wrapped it)
        --allow-missing       take an adapter that has no tensors for some of its targets
        --resize-embeddings   let embeddings take the number of rows that the adapter brings
        """;

    protected override string[] Options =>
    [
        "base=", "checkpoint=", "adapter=", "out=", "weights=", "method=", "rank=", "density=", "elect-by-count", "prefix=", "owner=",
            "resize-embeddings", "allow-missing",
    ];

    protected override int Run(Arguments arguments, Output output)
    {
        string action = arguments.Targets.Count > 0 ? arguments.Targets[0]
            : throw Arguments.Wrong("An action is missing.", "graft peft --help lists them.");
        string[] rest = [.. arguments.Targets.Skip(1)];
        return action switch
        {
            "check" => Check(One(rest, "ADAPTER"), arguments, output),
            "merge" => Merge(rest, arguments, output, unmerge: false),
            "unmerge" => Merge(rest, arguments, output, unmerge: true),
            "combine" => Combine(rest, arguments, output),
            "export" when arguments.Value("adapter") is { } file => ExportOurs(One(rest, "BASE"), file, arguments, output),
            "export" => Export(One(rest, "CHECKPOINT"), arguments, output),
            _ => throw Arguments.Wrong($"graft peft has no action '{action}'.", Nearest.Suggestion(action, Actions)),
        };
    }

    private static int Check(string folder, Arguments arguments, Output output)
    {
        using PeftAdapter adapter = PeftAdapter.Open(folder);
        JsonObject result = PeftOutput.Describe(adapter, output);
        bool explained = adapter.HasEffect && adapter.NotFinite.Count == 0;
        if ((arguments.Value("checkpoint") ?? arguments.Value("base")) is { } path)
        {
            using WeightFile file = WeightFile.Open(path);
            (string prefix, string owner) = Layout(arguments, file);
            PlainModel model = PlainModel.Of(file, prefix);
            AdapterFit fit = AdapterFit.Check(adapter, name => model.TryGet(name)?.Shape, model.Names, owner,
                arguments.Has("resize-embeddings"));
            explained &= fit.IsComplete && fit.TargetsWithoutTensors.Count == 0;
            output.Line(fit.ToString());
            result["fit"] = fit.ToJson();
            if (arguments.Has("checkpoint"))
            {
                PeftConfig config = CheckpointConfig.Read(file) ?? adapter.Config;
                using PeftAdapter inside = PeftAdapter.FromCheckpoint(file, config, prefix, owner);
                LoraComparison comparison = LoraComparison.Between(inside, adapter, name => model.TryGet(owner + name));
                explained &= comparison.Agree;
                output.Line(comparison.ToString());
                result["comparison"] = comparison.ToJson();
            }
        }

        result["explained"] = explained;
        output.Result(result);
        return explained ? 0 : (int)Failure.Model;
    }

    private static int Merge(string[] targets, Arguments arguments, Output output, bool unmerge)
    {
        if (targets.Length < (unmerge ? 2 : 1))
        {
            throw Arguments.Wrong(unmerge ? "A merged file and an adapter are expected." : "A base is missing.");
        }

        string target = OutFile.Of(arguments, targets);
        using WeightFile file = WeightFile.Open(targets[0]);
        (string prefix, string owner) = Layout(arguments, file);
        List<PeftAdapter> adapters = [];
        try
        {
            foreach (string folder in targets.Skip(1))
            {
                adapters.Add(PeftAdapter.Open(folder));
            }

            if (adapters.Count == 0)
            {
                adapters.Add(Inside(file, prefix, owner));
            }

            PeftMergeOptions options = new()
            {
                Prefix = prefix,
                Owner = owner,
                Unmerge = unmerge,
                ResizeEmbeddings = arguments.Has("resize-embeddings"),
                AllowMissing = arguments.Has("allow-missing"),
            };
            PeftMergeReport report = PeftMerge.Write(file, adapters, target, options);
            output.Line(report.ToString());
            output.Result(report.ToJson());
            return 0;
        }
        finally
        {
            adapters.ForEach(adapter => adapter.Dispose());
        }
    }

    private static int Combine(string[] folders, Arguments arguments, Output output)
    {
        string name = arguments.Value("method") ?? "cat";
        string plain = name.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal);
        if (!Enum.TryParse(plain, ignoreCase: true, out CombinationMethod method) || int.TryParse(plain, out _))
        {
            throw Arguments.Wrong($"--method: '{name}' is not known.", "cat and svd give the weighted sum; the others are PEFT's recipes.");
        }

        CombinationOptions options = new()
        {
            Method = method,
            Weights = arguments.Numbers("weights") ?? throw Arguments.Wrong("--weights is missing."),
            Rank = arguments.Has("rank") ? arguments.Integer("rank", 0, 1) : null,
            Density = arguments.Number("density", 1, new NumberRange(0, 1, LowExclusive: true)),
            ElectByCount = arguments.Has("elect-by-count"),
            Seed = arguments.Integer("seed", 0, 0),
        };
        List<PeftAdapter> adapters = [];
        try
        {
            foreach (string folder in folders)
            {
                adapters.Add(PeftAdapter.Open(folder));
            }

            CombinationReport report = Combination.Write(adapters, OutFile.Folder(arguments, folders), options);
            output.Line(report.ToString());
            output.Result(report.ToJson());
            return 0;
        }
        finally
        {
            adapters.ForEach(adapter => adapter.Dispose());
        }
    }

    private static int Export(string path, Arguments arguments, Output output)
    {
        string folder = OutFile.Folder(arguments, path);
        using WeightFile file = WeightFile.Open(path);
        (string prefix, string owner) = Layout(arguments, file);
        using PeftAdapter adapter = Inside(file, prefix, owner);
        if (!arguments.Has("allow-missing"))
        {
            PlainModel model = PlainModel.Of(file, prefix);
            _ = AdapterFit.Check(adapter, name => model.TryGet(name)?.Shape, model.Names, owner).ThrowUnlessTargetsHaveTensors();
        }

        PeftWriter.Write(folder, adapter);
        using PeftAdapter written = PeftAdapter.Open(folder);
        JsonObject result = PeftOutput.Describe(written, output);
        result["output"] = folder;
        output.Result(result);
        return 0;
    }

    private static int ExportOurs(string target, string path, Arguments arguments, Output output)
    {
        string folder = OutFile.Folder(arguments, target, path);
        using TrainedModel plain = TrainedModel.Open(target, []);
        using AdapterFile file = AdapterFile.Open(path);
        PeftExport.Report report = PeftExport.Write(plain, file, folder);
        using PeftAdapter written = PeftAdapter.Open(folder);
        JsonObject result = PeftOutput.Describe(written, output);
        output.Line($"{Counted.Of(report.Pairs.Count, "layer")} with pairs of matrices, {report.Whole.Count} saved whole; merged weights within {report.MaxRelative:g2}: {folder}");
        result["output"] = folder;
        result["max_rel"] = report.MaxRelative;
        result["whole"] = new JsonArray([.. report.Whole.Select(name => (JsonNode)name)]);
        output.Result(result);
        return 0;
    }

    private static PeftAdapter Inside(WeightFile file, string prefix, string owner)
        => PeftAdapter.FromCheckpoint(file, CheckpointConfig.Read(file) ?? throw new GraftException(Failure.Model,
            $"{file.Path}: the checkpoint does not say which rank and alpha its LoRA has (hyper_parameters.use_lora_cfg is missing).",
            "Name the adapter's folder."), prefix, owner);

    private static (string Prefix, string Owner) Layout(Arguments arguments, WeightFile file)
    {
        CheckpointLayout found = CheckpointLayout.Of(file);
        return (arguments.Value("prefix") ?? found.Prefix, arguments.Value("owner") ?? found.Owner);
    }

    private static string One(string[] targets, string what)
        => targets.Length == 1 ? targets[0]
            : throw Arguments.Wrong(targets.Length == 0 ? $"{what} is missing." : $"One {what} is expected.");
}
