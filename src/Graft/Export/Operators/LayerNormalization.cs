namespace Graft.Export;

/// <summary>Normalisation over the last axes.</summary>
internal static class LayerNormalization
{
    internal static string[] Map(OperatorContext c)
    {
        int axis = -c.Call.Integers(1).Length;
        return c.Call.Has(2)
            ? [c.Add("LayerNormalization", [c.In(0), c.In(2), c.In(3)], ("axis", axis), ("epsilon", c.Call.Number(4)))]
            : throw c.Unsupported("has no weights");
    }
}
