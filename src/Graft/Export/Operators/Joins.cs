namespace Graft.Export;

/// <summary>Tensors one after the other along an axis.</summary>
internal static class Joins
{
    internal static string[] Map(OperatorContext c)
    {
        long axis = c.Call.Integer(1);
        return [c.Add("Concat", c.Many(0), ("axis", axis < 0 ? axis + c.Call.ResultShape().Length : axis))];
    }
}
