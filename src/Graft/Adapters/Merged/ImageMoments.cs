using Graft.Torch;

namespace Graft.Adapters;

/// <summary>Mean and inverse deviation of each image, as a group normalisation with one group uses them.</summary>
/// <param name="Mean">μ, B×1×1×1.</param>
/// <param name="Scale">1/√(σ² + ε), B×1×1×1.</param>
/// <param name="Channels">Mean of each channel, B×C.</param>
internal readonly record struct ImageMoments(Tensor Mean, Tensor Scale, Tensor Channels)
{
    /// <summary>Moments over C, H and W of each image, without the channel means.</summary>
    internal static (Tensor Mean, Tensor Scale) WholeOf(Tensor x, double epsilon)
    {
        if (x.MomentsPerImage() is { } moments)
        {
            return (moments.Mean, (moments.Variance + epsilon).Rsqrt());
        }

        ImageMoments all = Of(x, epsilon);
        return (all.Mean, all.Scale);
    }

    /// <summary>Moments over C, H and W of each image.</summary>
    internal static ImageMoments Of(Tensor x, double epsilon)
    {
        long batch = x.Size(0);
        Tensor channels, mean, variance;
        if (x.RequiresGrad)
        {
            channels = x.Mean([2, 3]);
            mean = channels.Mean([1], keep: true);
            variance = x.Variance([1, 2, 3]).Reshape(batch, 1);
        }
        else
        {
            // Two passes and no new map. Channels first: the variance of a whole is the mean of the parts' variances
            // plus the variance of their means.
            (Tensor means, Tensor variances) = x.Reshape(1, batch * x.Size(1), x.Size(2), x.Size(3)).ChannelMoments();
            channels = means.Reshape(batch, -1);
            mean = channels.Mean([1], keep: true);
            variance = variances.Reshape(batch, -1).Mean([1], keep: true) + (channels - mean).Square().Mean([1], keep: true);
        }

        return new(mean.Reshape(batch, 1, 1, 1), (variance + epsilon).Rsqrt().Reshape(batch, 1, 1, 1), channels);
    }
}
