using System.Text.Json.Nodes;
using Graft.Adapters;
using Graft.Configuration;
using Graft.Detectors;
using Graft.Models;
using Graft.Reports;
using Graft.Training;

namespace Graft.Runs;

/// <summary>The network that a configuration builds: parameters, learning rates, published forms and layers.</summary>
public sealed record ConfigSummary
{
    /// <summary>The network with its adapters, for people.</summary>
    public required string Network { get; init; }

    /// <summary>Counts of parameters.</summary>
    public required ModelSummary Parameters { get; init; }

    /// <summary>Trainable parameters by learning rate and weight decay.</summary>
    public required IReadOnlyList<RateGroup> Groups { get; init; }

    /// <summary>The forms in which the network is published, the deployed one last; none for networks of one form.</summary>
    public required IReadOnlyList<NetworkForm> Forms { get; init; }

    /// <summary>Side of the image in pixels that operations are counted for.</summary>
    public required int ImageSize { get; init; }

    /// <summary>What is left of full training's work; null where everything is trained.</summary>
    public TrainingWork? Work { get; init; }

    /// <summary>Every layer; null unless requested.</summary>
    public LayerTable? Layers { get; init; }

    /// <summary>Builds the network of a configuration, and counts its parameters and operations.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="withLayers">Whether to add the layer table.</param>
    /// <exception cref="GraftException">Settings that cannot be used.</exception>
    public static ConfigSummary Of(RunConfig config, bool withLayers = false)
    {
        ArgumentNullException.ThrowIfNull(config);
        using IDetector detector = DetectorFactory.Create(config.Model, DetectorFactory.Unnamed(config.Model, withText: config.Text.Learn));
        PromptTuning.Prepare(detector, config.Text);
        using AdapterPlan plan = Tuning.Plan(detector, config.Tuning ?? new TuningOptions { Freeze = [] }, config.Train.DecayNorms);
        ConfigSummary summary = new()
        {
            Network = plan.ToString(),
            Parameters = ModelSummary.Of(plan, readsText: config.Model.TextWidth is not null),
            Groups =
            [
                .. ParameterRates.Summarise(plan.Groups).Select(rate
                    => new RateGroup(config.Train.Lr * rate.LrMult, config.Train.WeightDecay * rate.DecayMult, rate.Values, rate.Names)),
            ],
            Forms = config.Model.Forms(config.Train.Imgsz),
            ImageSize = config.Train.Imgsz,
            Layers = withLayers ? NetworkSizes.Layers(detector.Network, config.Train.Imgsz) : null,
        };
        if (plan.Trainable == plan.Total)
        {
            return summary;
        }

        plan.Apply();
        return summary with { Work = TrainingWork.Of(detector.Network) };
    }

    /// <summary>The fields that scripts read.</summary>
    public JsonObject ToJson()
    {
        JsonObject json = Parameters.ToJson();
        json["groups"] = new JsonArray([.. Groups.Select(group => (JsonNode)new JsonObject
        {
            ["lr"] = group.LearningRate,
            ["weight_decay"] = group.WeightDecay,
            ["values"] = group.Values,
            ["names"] = new JsonArray([.. group.Names.Select(name => (JsonNode)name)]),
        })]);
        if (Work is not null)
        {
            json["work"] = new JsonObject { ["graph_begins"] = Work.GraphBegins, ["before"] = Work.Before, ["share"] = Work.Share };
        }

        if (Forms.Count > 0)
        {
            json["forms"] = NetworkSizes.ToJson(Forms);
        }

        if (Layers is not null)
        {
            json["layers"] = NetworkSizes.ToJson(Layers);
        }

        return json;
    }
}
