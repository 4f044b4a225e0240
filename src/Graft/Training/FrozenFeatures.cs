using System.Runtime.InteropServices;
using Graft.Data;
using Graft.Detectors;
using Graft.Torch;

namespace Graft.Training;

/// <summary>Gives a step the maps behind the frozen stages of a network, computed once for each view of an image.</summary>
/// <remarks>Maps are computed one image at a time: their values do not depend on the other images of a batch, so an interrupted run, another order
/// or a view that was lost changes nothing.</remarks>
internal sealed class FrozenFeatures
{
    private readonly TrainingStep _step;
    private readonly IFeatureStore _store;
    private readonly int _stages;
    private readonly DType _type;
    private readonly int _size;
    private readonly bool _widen;
    private readonly long[][] _shapes;

    /// <summary>Prepares the maps of a training.</summary>
    /// <param name="detector">The detector, tuned as it is trained.</param>
    /// <param name="options">Precision of what is kept, side of the input.</param>
    /// <param name="step">Runs the stages.</param>
    /// <param name="store">Keeps the maps.</param>
    /// <exception cref="GraftException">Of kind Usage: no stage is frozen.</exception>
    internal FrozenFeatures(IDetector detector, TrainOptions options, TrainingStep step, IFeatureStore store)
    {
        (_step, _store, _stages) = (step, store, StagesOf(detector));
        (_type, _size) = options.FeatureCacheType == FeaturePrecision.Bfloat16 ? (DType.BFloat16, sizeof(ushort)) : (DType.Float, sizeof(float));
        _widen = _type == DType.BFloat16 && !options.Amp;
        using TensorScope scope = TensorScope.Begin();
        _shapes = [.. step.RunStages(Tensor.Zeros([1, 3, options.Imgsz, options.Imgsz], DType.Byte), _stages).Select(map => map.Shape.ToArray())];
    }

    /// <summary>Bytes that the maps of one view take.</summary>
    internal long Bytes => _shapes.Sum(shape => (long)Length(shape));

    /// <summary>Number of leading stages whose results depend on the images alone while a detector is trained.</summary>
    /// <exception cref="GraftException">Of kind Usage: none.</exception>
    internal static int StagesOf(IDetector detector)
    {
        DetectionNetwork network = detector.Network;
        int stages = network.FrozenStages(detector.TextChanges);
        return stages > 0 ? stages : throw new GraftException(
            Failure.Usage,
            $"train.feature_cache keeps what frozen stages give, but {(network.Stages is [var first, ..] ? $"the {first.Name} is trained" : "this network has no stages")}.",
            "Freeze it (tuning:), or set train.feature_cache=off.");
    }

    /// <summary>The input of a step.</summary>
    /// <param name="batch">Images with their views.</param>
    internal StageMaps Of(Batch batch) => Join([.. batch.Views.Select((view, place) => view.Known ? view.Sample.Maps : Add(batch, view, place))]);

    /// <summary>The input of a step.</summary>
    /// <param name="samples">The maps of each image, from <see cref="Compute"/>.</param>
    internal StageMaps Join(IReadOnlyList<byte[]> samples)
    {
        int at = 0;
        return new StageMaps(_stages, [.. _shapes.Select(shape =>
        {
            int length = Length(shape);
            Tensor map = Batched(samples, at, length, shape);
            at += length;
            return map;
        })]);
    }

    /// <summary>The maps of one image.</summary>
    /// <param name="pixels">1×3×H×W bytes, RGB.</param>
    internal byte[] Compute(Tensor pixels)
    {
        using TensorScope scope = TensorScope.Begin();
        byte[] maps = GC.AllocateUninitializedArray<byte>((int)Bytes);
        int at = 0;
        foreach (Tensor map in _step.RunStages(pixels, _stages))
        {
            Span<byte> values = Bits(map.To(_type).Permute(0, 2, 3, 1).Contiguous());
            values.CopyTo(maps.AsSpan(at));
            at += values.Length;
        }

        return maps;
    }

    private byte[] Add(Batch batch, ViewOfImage view, int place)
    {
        using TensorScope scope = TensorScope.Begin();
        byte[] maps = Compute(batch.ToTensor(place));
        _store.Add(view.Slot, view.Sample with { Maps = maps });
        return maps;
    }

    private int Length(long[] shape) => checked((int)(shape[1] * shape[2] * shape[3] * _size));

    private Span<byte> Bits(Tensor map)
        => _type == DType.BFloat16 ? MemoryMarshal.AsBytes(map.ToArray<ushort>().AsSpan()) : MemoryMarshal.AsBytes(map.ToArray<float>().AsSpan());

    /// <summary>One map of all images, B×c×h×w, channels-last.</summary>
    private Tensor Batched(IReadOnlyList<byte[]> samples, int at, int length, long[] shape)
    {
        byte[] values = GC.AllocateUninitializedArray<byte>(length * samples.Count);
        for (int i = 0; i < samples.Count; i++)
        {
            samples[i].AsSpan(at, length).CopyTo(values.AsSpan(i * length));
        }

        Tensor map = Tensor.From<byte>(values, [samples.Count, shape[2], shape[3], shape[1]], _type).Permute(0, 3, 1, 2);
        return _widen ? map.To(DType.Float) : map;
    }
}
