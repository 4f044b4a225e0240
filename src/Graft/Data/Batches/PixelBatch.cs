using Graft.Torch;

namespace Graft.Data;

/// <summary>Converts image bytes to network inputs.</summary>
public static class PixelBatch
{
    /// <summary>B×3×H×W bytes (RGB) to 0..1, channels-last.</summary>
    public static Tensor Normalise(Tensor bytes)
    {
        using TensorScope scope = TensorScope.Begin();
        return scope.Keep(bytes.To(MemoryFormat.ChannelsLast).To(DType.Float).ScaleInPlace(1 / 255.0));
    }
}
