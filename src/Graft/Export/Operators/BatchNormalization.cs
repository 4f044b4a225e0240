namespace Graft.Export;

/// <summary>Normalisation by running statistics.</summary>
internal static class BatchNormalization
{
    internal static string[] Map(OperatorContext c) => c.Call.Flag(5)
        ? throw c.Unsupported("normalises by the statistics of the batch")
        : [c.Add("BatchNormalization", [c.In(0), c.In(1), c.In(2), c.In(3), c.In(4)], ("epsilon", c.Call.Number(7)))];
}
