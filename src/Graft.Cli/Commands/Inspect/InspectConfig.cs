using Graft.Cli.Rendering;
using Graft.Runs;

namespace Graft.Cli.Commands;

/// <summary>Shows the network of a configuration: parameters, learning rates, and with <c>--layers</c> every layer.</summary>
internal static class InspectConfig
{
    /// <param name="config">The configuration.</param>
    /// <param name="depth">Levels of the layer table, 0: all; null: no table.</param>
    /// <param name="output">Where it is shown.</param>
    internal static void Show(RunConfig config, int? depth, Output output)
    {
        ConfigSummary summary = ConfigSummary.Of(config, withLayers: depth is not null);
        output.Line(summary.Network);
        foreach (RateGroup group in summary.Groups)
        {
            output.Line($"lr {group.LearningRate:g4}, weight decay {group.WeightDecay:g4}: {group.Names.Count} tensors, {group.Values:N0} parameters, such as {group.Names[0]}");
        }

        ModelSummary parameters = summary.Parameters;
        output.Line($"{parameters.Total:N0} parameters, {parameters.Trainable:N0} of them trainable ({100.0 * parameters.Trainable / parameters.Total:f2} %)");
        if (summary.Work is { } work)
        {
            output.Line(work.ToString());
        }

        if (summary.Forms.Count > 0)
        {
            output.Line($"{summary.Forms[^1].Name}: {summary.Forms[^1].Size.Parameters:N0} parameters, {summary.Forms[^1].Size.Gflops:f2} GFLOPs at {summary.ImageSize}");
        }

        if (summary.Layers is { } layers)
        {
            output.Line(layers.ToText(depth ?? 0));
        }

        output.Result(summary.ToJson());
    }
}
