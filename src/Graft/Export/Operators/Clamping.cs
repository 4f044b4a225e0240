namespace Graft.Export;

/// <summary>Limits values to a range that may be open on either side.</summary>
internal static class Clamping
{
    internal static string[] Map(OperatorContext c)
    {
        string[] inputs = c.Call.Has(2) ? [c.In(0), c.Optional(1), c.In(2)] : [c.In(0), c.Optional(1)];
        return [c.Add("Clip", inputs)];
    }
}
