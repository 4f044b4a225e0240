using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Rewriting;

/// <summary>Batch normalisation with fixed statistics is an affine map per channel, so it folds into the convolution before it.</summary>
public static class FoldNorms
{
    /// <summary>One convolution for γ·(W∗x + b − μ)/√(σ² + ε) + β; computed in double precision; the arguments are not changed.</summary>
    public static Conv2d Fold(Conv2d conv, BatchNorm2d norm)
    {
        ArgumentNullException.ThrowIfNull(conv);
        ArgumentNullException.ThrowIfNull(norm);
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        Tensor gain = Wide(norm.Weight) / (Wide(norm.RunningVariance) + norm.Epsilon).Sqrt();
        Tensor shift = conv.Bias is null ? -Wide(norm.RunningMean) : Wide(conv.Bias) - Wide(norm.RunningMean);
        return conv.With(Wide(conv.Weight) * gain.Reshape(-1, 1, 1, 1), Wide(norm.Bias) + (shift * gain));
    }

    /// <summary>One convolution for the sum of two parallel ones: the smaller kernel is padded and added.</summary>
    /// <exception cref="ArgumentException">They differ in more than their kernel's size.</exception>
    public static Conv2d Sum(Conv2d wide, Conv2d narrow)
    {
        ArgumentNullException.ThrowIfNull(wide);
        ArgumentNullException.ThrowIfNull(narrow);
        int margin = (wide.Kernel - narrow.Kernel) / 2;
        if ((wide.Input, wide.Output, wide.Groups, wide.Stride) != (narrow.Input, narrow.Output, narrow.Groups, narrow.Stride)
            || (wide.Dilation, narrow.Dilation) != (1, 1)
            || margin < 0 || wide.Kernel - narrow.Kernel != 2 * margin || wide.Padding - narrow.Padding != margin)
        {
            throw new ArgumentException("The convolutions differ in channels, groups, stride, dilation or padding.", nameof(narrow));
        }

        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        Tensor weight = Wide(wide.Weight) + Wide(narrow.Weight).Pad([margin, margin, margin, margin]);
        Tensor none = Tensor.Zeros([wide.Output], DType.Double);
        Tensor bias = (wide.Bias is null ? none : Wide(wide.Bias)) + (narrow.Bias is null ? none : Wide(narrow.Bias));
        return wide.With(weight, bias);
    }

    /// <summary>A unit's folded convolution, frozen, with packed weights; null where it is folded already, or an adapter is inside.</summary>
    /// <param name="unit">Not changed.</param>
    /// <param name="isBare">Whether nothing is attached inside.</param>
    internal static Conv2d? FrozenFormOf(IFoldableUnit unit, bool isBare)
    {
        if (unit.IsFolded || !isBare)
        {
            return null;
        }

        Conv2d conv = unit.Fold(string.Empty);
        conv.Freeze();
        conv.Packed = true;
        return conv;
    }

    /// <summary>Fills a network in folded form from one of the same layout in any form; attached layers are copied too.</summary>
    /// <param name="source">Not changed; parts that the target lacks are skipped.</param>
    /// <param name="target">The network to fill, which has no normalisations after convolutions.</param>
    /// <param name="filled">Modules of the target that the caller filled by other rules; they are skipped.</param>
    /// <exception cref="GraftException">A layer is attached inside a unit that is folded, or the layouts differ.</exception>
    public static void Transfer(Module source, Module target, IReadOnlySet<Module>? filled = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        Dictionary<string, Module> sources = source.Modules().ToDictionary(found => found.Path, found => found.Module);
        foreach ((string path, Module into) in target.Modules())
        {
            if (filled?.Contains(into) == true)
            {
                continue;
            }

            Module from = sources.GetValueOrDefault(path) ?? throw Differs(path, "is missing");
            switch (into)
            {
                case IFoldableUnit { IsFolded: true } unit when from is IFoldableUnit { IsFolded: false } whole:
                    Fill(unit.FoldedConvolution, path, () => whole.Fold(path));
                    unit.FoldedConvolution.Follower = whole.InnerFollower;
                    break;
                case Conv2d when sources.GetValueOrDefault(Above(path)) is IFoldableUnit { IsFolded: false }:
                    continue;                                   // filled with the unit that it belongs to
                default:
                    Copy(from, into, path);
                    break;
            }

            into.Follower = from.Follower;
        }
    }

    /// <summary>A convolution of the same geometry with other weights, in the precision of the original.</summary>
    internal static Conv2d With(this Conv2d conv, Tensor weight, Tensor bias)
    {
        Conv2d result = new(conv.Input, conv.Output, conv.Kernel, conv.Stride, conv.Padding, conv.Groups, bias: false, conv.Dilation);
        DType type = conv.Weight.Value.DType;
        result.Weight.Replace(weight.To(type));
        result.SetBias(bias.To(type));
        return result;
    }

    private static void Fill(Conv2d target, string path, Func<Conv2d> fold)
    {
        using Conv2d folded = fold();
        Copy(folded, target, path);
    }

    private static void Copy(Module from, Module into, string path)
    {
        using NoGrad off = NoGrad.Begin();
        foreach (Parameter target in into.Own)
        {
            Parameter value = from.Own.FirstOrDefault(own => own.Name == target.Name)
                ?? throw Differs($"{path}.{target.Name}", "is missing");
            if (!value.Value.Shape.SequenceEqual(target.Value.Shape))
            {
                throw Differs($"{path}.{target.Name}", $"is {value.Value} instead of {target.Value}");
            }

            target.Value.CopyFrom(value.Value);
        }
    }

    /// <summary>The convolution, if no layer is attached after it.</summary>
    /// <exception cref="GraftException">Of kind Refused: a layer is attached after it.</exception>
    internal static Conv2d Bare(Conv2d conv, string path) => conv.Follower is null ? conv : throw AttachedInside(path);

    internal static GraftException AttachedInside(string path) => new(
        Failure.Refused, $"A layer is attached inside '{path}', between a convolution and the layer that is folded into it.",
        "Merge that adapter first, or attach it after the whole unit.");

    private static GraftException Differs(string path, string how)
        => new(Failure.Model, $"The networks have different layouts: '{path}' {how} in the source.");

    private static string Above(string path) => path.LastIndexOf('.') is > 0 and int dot ? path[..dot] : "";

    internal static Tensor Wide(Parameter parameter) => parameter.Value.Detach().To(DType.Double);
}
