namespace Graft.VisionLanguage;

/// <summary>The low-rank updates that a language model carries.</summary>
/// <param name="Modules">How many layers carry one.</param>
/// <param name="Ranks">Their ranks.</param>
/// <param name="Alpha">Each is scaled by this over its rank.</param>
/// <param name="Parameters">Numbers in all of them.</param>
/// <param name="ZeroUpdates">How many have a B that is all zero, and so do nothing.</param>
public sealed record LoraSummary(int Modules, IReadOnlyList<int> Ranks, double Alpha, long Parameters = 0, int ZeroUpdates = 0)
{
    /// <summary>Whether any update does something.</summary>
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
