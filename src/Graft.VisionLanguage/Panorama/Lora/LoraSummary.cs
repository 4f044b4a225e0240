namespace Graft.VisionLanguage;

/// <summary>The low-rank updates of a language model.</summary>
/// <param name="Modules">Number of layers with an update.</param>
/// <param name="Ranks">Their ranks.</param>
/// <param name="Alpha">Each update is scaled by this over its rank.</param>
/// <param name="Parameters">Number of parameters of all updates.</param>
/// <param name="ZeroUpdates">Number of updates with an all-zero B, which have no effect.</param>
public sealed record LoraSummary(int Modules, IReadOnlyList<int> Ranks, double Alpha, long Parameters = 0, int ZeroUpdates = 0)
{
    /// <summary>Whether any update has an effect.</summary>
    public bool HasEffect => ZeroUpdates < Modules;

    internal LoraSummary Measured(PanoramaVlm model)
    {
        LoraLinear[] layers = [.. model.Language.Projections.Select(p => p.Layer).Where(layer => layer.Down is not null)];
        return this with
        {
            Parameters = layers.Sum(layer => layer.Down!.ParameterCount + layer.Up!.ParameterCount),
            ZeroUpdates = layers.Count(layer => !layer.Up!.Weight.Value.ToSingles().Any(v => v != 0)),
        };
    }
}
