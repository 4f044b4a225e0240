using System.Text.Json.Nodes;
using Graft.Adapters;
using Graft.Cli.Rendering;
using Graft.Configuration;
using Graft.Detectors;
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

        output.Line($"{summary.Total:N0} parameters, {summary.Trainable:N0} of them trainable ({100.0 * summary.Trainable / summary.Total:f2} %)");
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

        if (depth is { } deepest)
        {
            LayerTable table = NetworkSizes.Layers(detector.Network, config.Value.Train.Imgsz);
            output.Line(table.ToText(deepest));
            result["layers"] = NetworkSizes.ToJson(table);
        }

        output.Result(result);
    }
}
