namespace Graft.Models.YoloV10;

/// <summary>The six published layouts.</summary>
public enum YoloV10Scale
{
    /// <summary>Nano.</summary>
    N,

    /// <summary>Small.</summary>
    S,

    /// <summary>Medium.</summary>
    M,

    /// <summary>Balanced: as wide as L, as deep as M.</summary>
    B,

    /// <summary>Large.</summary>
    L,

    /// <summary>Extra large.</summary>
    X,
}
