using Graft.Torch;

namespace Graft.Detectors;

/// <summary>What a stage of a network reads: a forward pass can begin at any of them.</summary>
/// <param name="Stage">Index of the stage; the number of stages: the head.</param>
/// <param name="Maps">The maps of the stage before it, each B×c×h×w; the images, B×3×H×W, where it is the first.</param>
public readonly record struct StageMaps(int Stage, IReadOnlyList<Tensor> Maps)
{
    /// <summary>The input of a whole network.</summary>
    /// <param name="images">B×3×H×W, RGB in 0..1.</param>
    public static StageMaps Of(Tensor images) => new(0, [images]);

    /// <summary>The input for some of the images.</summary>
    /// <param name="first">The first image.</param>
    /// <param name="count">Number of images.</param>
    public StageMaps Part(int first, int count) => this with { Maps = [.. Maps.Select(map => map.Narrow(0, first, count))] };
}
