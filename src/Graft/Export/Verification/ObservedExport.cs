using Google.Protobuf;
using Graft.Detectors;
using Graft.Torch;
using Onnx;

namespace Graft.Export;

/// <summary>An exported model in ONNX Runtime that shows how it comes to its output: a copy of the model returns its raw outputs and candidates
/// too, and what follows the raw outputs runs by itself as well, on any maps.</summary>
internal sealed class ObservedExport : IDisposable
{
    private readonly OnnxRun _shipped, _observed;
    private readonly Lazy<OnnxRun> _decoding;
    private readonly IReadOnlyList<string> _maps;

    /// <summary>Loads a model.</summary>
    /// <param name="bytes">The file's bytes.</param>
    /// <param name="maps">Names of its raw outputs, class logits then distributions.</param>
    /// <param name="adapter">Bytes of an adapter file; null: none.</param>
    /// <exception cref="GraftException">Of kind Export: ONNX Runtime refuses it.</exception>
    internal ObservedExport(byte[] bytes, IReadOnlyList<string> maps, byte[]? adapter)
    {
        _maps = maps;
        ModelProto model = ModelProto.Parser.ParseFrom(bytes);
        // Boxes and scores of the candidates; graphs without suppression have them as output, or choose by the raw outputs.
        string[] candidates = [.. model.Graph.Node.Where(node => node.OpType == "NonMaxSuppression").SelectMany(node => node.Input.Take(2))];
        _decoding = new(() => new(ModelParts.After(ModelParts.With(model, candidates), maps).ToByteArray()));
        try
        {
            _shipped = new(bytes, adapter);
            _observed = new(ModelParts.With(model, [.. maps, .. candidates]).ToByteArray(), adapter);
        }
        catch (GraftException)
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The output of the model as it is.</summary>
    internal Tensor Run(Tensor images, Tensor? text) => _shipped.Run(images, text)[0];

    /// <summary>The output and what it is made from.</summary>
    internal ObservedOutput Observe(Tensor images, Tensor? text)
    {
        Tensor[] values = _observed.Run(images, text);
        int levels = _maps.Count / 2;
        return new(values[0], new RawDetections(values[1..(1 + levels)], values[(1 + levels)..(1 + _maps.Count)]), values[(1 + _maps.Count)..]);
    }

    /// <summary>The output for other raw outputs than the network's.</summary>
    internal ObservedOutput Decode(RawDetections raw, Tensor images, Tensor? text)
    {
        Dictionary<string, Tensor?> inputs = new() { ["images"] = images, ["text"] = text };
        foreach ((string name, Tensor map) in _maps.Zip(raw.Logits.Concat(raw.Distributions)))
        {
            inputs[name] = map;
        }

        Tensor[] values = _decoding.Value.Run(inputs);
        return new(values[0], raw, values[1..]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _shipped?.Dispose();
        _observed?.Dispose();
        if (_decoding.IsValueCreated)
        {
            _decoding.Value.Dispose();
        }
    }
}

/// <summary>An output of an exported model and what it is made from.</summary>
/// <param name="Output">B×(4+N)×P candidates, or B×K×6 final boxes.</param>
/// <param name="Raw">The head's outputs.</param>
/// <param name="Suppressed">What NMS in the graph reads: 1×P×4 corners and 1×N×P scores; empty without it.</param>
internal sealed record ObservedOutput(Tensor Output, RawDetections Raw, Tensor[] Suppressed)
{
    /// <summary>Boxes and scores of all anchor points, decoded by the graph: B×P×4 corners and B×P×N; null where it decodes the chosen ones alone.</summary>
    internal (Tensor Corners, Tensor Scores)? Candidates
        => Suppressed is [var corners, var scores] ? (corners, scores.Permute(0, 2, 1).Contiguous()) : null;
}
