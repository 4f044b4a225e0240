using System.Text.Json.Nodes;
using Graft.Adapters;
using Graft.Cli.Rendering;
using Graft.Configuration;
using Graft.Detectors;
using Graft.Models.YoloV10;
using Graft.Models.YoloWorld;
using Graft.Reports;
using Graft.Runs;

namespace Graft.Cli.Commands;

/// <summary>Shows what a configuration builds: parameters, what trains at which rate, and with <c>--layers</c> every layer.</summary>
internal static class InspectConfig
{
    /// <param name="config">The configuration.</param>
    /// <param name="depth">How deep the table of layers goes, 0: all; null: no table.</param>
    /// <param name="output">Where it is shown.</param>
    internal static void Show(Config<RunConfig> config, int? depth, Output output)
    {
        using IDetector detector = DetectorFactory.Create(config.Value.Model, DetectorFactory.Unnamed(config.Value.Model));
        if (config.Value is { Text.Learn: true, Model: YoloWorldOptions world })
        {
            ((YoloWorldDetector)detector).Speak(Vocabulary.StandIn([.. Enumerable.Range(1, world.NumClasses).Select(number => $"class {number}")], world.TextDim));
        }

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

        output.Line($"{summary.Total:N0} parameters, {summary.Trainable:N0} of them trainable ({100.0 * summary.Trainable / summary.Total:f2} %)");
        JsonObject result = summary.ToJson();
        result["groups"] = groups;
        if (config.Value.Model is YoloV10Options ten)
        {
            YoloV10Counts counts = YoloV10Counts.Of(ten, config.Value.Train.Imgsz, config.Value.Train.Imgsz);
            output.Line($"deployed: {counts.Deployed.Parameters:N0} parameters, {counts.Deployed.Gflops:f2} GFLOPs at {config.Value.Train.Imgsz}");
            result["total_with_text"] = summary.Total;
            result["forms"] = NetworkSizes.ToJson(counts);
        }

        if (depth is { } deepest)
        {
            LayerTable table = NetworkSizes.Layers(detector.Network, config.Value.Train.Imgsz);
            output.Line(table.ToText(deepest));
            result["layers"] = NetworkSizes.ToJson(table);
        }

        output.Result(result);
    }
}
