using System.Globalization;
using Graft.Torch.Layers;
using Graft.Torch.Optimizers;

namespace Graft.Adapters;

/// <summary>Factors on the learning rate and weight decay of each weight.</summary>
public static class ParameterRates
{
    /// <summary>Groups weights with the same factors.</summary>
    public static IReadOnlyList<ParameterRate> Summarise(IEnumerable<ParameterGroup> groups)
        => [.. groups.GroupBy(group => (group.RateFactor, group.DecayFactor))
            .Select(same => new ParameterRate(
                same.Key.RateFactor, same.Key.DecayFactor, same.Sum(group => group.Parameter.Value.Count),
                [.. same.Select(group => group.Name)]))];

    internal static IReadOnlyList<ParameterGroup> Of(TuningSelection selection, TuningOptions options, bool decayNorms)
    {
        (DottedPattern Pattern, RateOptions Entry)[] rates = [.. options.Rates.Select(entry => (new DottedPattern(entry.At), entry))];
        List<ParameterGroup> groups = [];
        foreach (TuningSelection.Choice choice in selection.Trainable)
        {
            (double rate, double decay) = (choice.RateFactor, choice.DecayFactor);
            foreach ((DottedPattern pattern, RateOptions entry) in rates)
            {
                if (pattern.Covers(choice.Name))
                {
                    (rate, decay) = (entry.LrMult ?? rate, entry.DecayMult ?? decay);
                }
            }

            bool norm = choice.Module is BatchNorm2d or GroupNorm or LayerNorm;
            rate *= choice.Parameter.Name == "bias" && !norm ? options.BiasLrMult : 1;
            groups.Add(new ParameterGroup(choice.Name, choice.Parameter, rate, decayNorms || Decays(choice.Parameter) ? decay : 0));
        }

        return groups;
    }

    // Whether a weight decays: those of convolutions, linear layers and embeddings do; norms, biases, scales, gains, gates and trained
    // prompts do not decay.
    private static bool Decays(Parameter parameter) => parameter.Name == "weight" && parameter.Value.Rank > 1;
}

/// <summary>One set of factors and the weights that get it.</summary>
/// <param name="LrMult">Factor on the learning rate.</param>
/// <param name="DecayMult">Factor on the weight decay.</param>
/// <param name="Values">Parameters in these weights.</param>
/// <param name="Names">Their names.</param>
public sealed record ParameterRate(double LrMult, double DecayMult, long Values, IReadOnlyList<string> Names)
{
    /// <summary>Reads like "lr ×0.5, decay ×0: 24 weights, 3,072 values".</summary>
    public override string ToString()
        => string.Create(
            CultureInfo.InvariantCulture, $"lr ×{LrMult:0.####}, decay ×{DecayMult:0.####}: {Counted.Of(Names.Count, "weight")}, {Counted.Of(Values, "value")}");
}
