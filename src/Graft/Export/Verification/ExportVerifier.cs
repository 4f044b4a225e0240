using System.Globalization;
using Google.Protobuf;
using Graft.Detectors;
using Graft.Rewriting;
using Graft.Torch;
using Onnx;

namespace Graft.Export;

/// <summary>Runs an exported model in ONNX Runtime beside the detector that it was exported from: raw outputs and final boxes must agree.</summary>
internal sealed class ExportVerifier
{
    private const double CandidateScore = 0.05;

    private readonly IDetector _source;
    private readonly Subject _deployed;
    private readonly ExportedGraph _graph;
    private readonly ExportOptions _options;
    private readonly ExportTolerance _tolerance;
    private readonly (string Name, byte[] Bytes)? _adapter;

    /// <summary>Prepares a verification.</summary>
    /// <param name="source">The detector as it was opened.</param>
    /// <param name="deployed">The rewritten network that was recorded.</param>
    /// <param name="graph">Its graph.</param>
    /// <param name="options">Form of the model.</param>
    /// <param name="tolerance">Limits of a difference.</param>
    /// <param name="adapter">Name and bytes of an adapter file that turns the graph into the source; null: none.</param>
    internal ExportVerifier(
        IDetector source, Subject deployed, ExportedGraph graph, ExportOptions options, ExportTolerance tolerance, (string Name, byte[] Bytes)? adapter = null)
        => (_source, _deployed, _graph, _options, _tolerance, _adapter) = (source, deployed, graph, options, tolerance, adapter);

    /// <summary>Compares on all inputs.</summary>
    /// <param name="model">The file's bytes.</param>
    /// <param name="images">Real images of the model's size.</param>
    /// <exception cref="GraftException">Of kind Export: a difference above the limits; the message names it and the first layer that
    /// differs.</exception>
    internal ExportProof Run(byte[] model, IReadOnlyList<ProofImage> images)
    {
        using NoGrad off = NoGrad.Begin();
        ModelProto whole = _graph.Whole.Clone();
        whole.Graph.Output.Clear();
        whole.Graph.Output.AddRange(_graph.Maps.Select(map => new ValueInfoProto { Name = map }));
        DeadNodes.Remove(whole.Graph);
        using OnnxRun maps = new(whole.ToByteArray(), _adapter?.Bytes), final = new(model, _adapter?.Bytes);
        ExportProof proof = new(0, 0, 0, 0, images.Count, 0);
        foreach ((ProofImage input, bool isReal) in images.Select(image => (Fit(image), true)).Concat(Noise().Select(noise => (noise, false))))
        {
            using TensorScope scope = TensorScope.Begin();
            proof = Compare(input, isReal, maps, final, proof);
        }

        return proof;
    }

    private ExportProof Compare(ProofImage input, bool isReal, OnnxRun maps, OnnxRun final, ExportProof proof)
    {
        Tensor? text = _graph.Text ? _deployed.Text(DType.Float) : null;
        RawDetections raw = Subject.Of(_source).Forward(input.Input.To(MemoryFormat.ChannelsLast));
        Tensor[] expected = [.. raw.Logits, .. raw.Distributions], found = maps.Run(input.Input, text);
        double most = proof.MaxAbs;
        Lazy<RawDetections> wide = new(() => Wide(input.Input));
        for (int i = 0; i < expected.Length; i++)
        {
            int at = i;
            string name = i < raw.Logits.Length ? $"logits_p{i + 3}" : $"distributions_p{i - raw.Logits.Length + 3}";
            Tensor Exact() => at < raw.Logits.Length ? wide.Value.Logits[at] : wide.Value.Distributions[at - raw.Logits.Length];
            most = Math.Max(most, Require(name, expected[i], found[i], Exact, input, text));
        }

        Tensor output = final.Run(input.Input, text)[0];
        bool candidates = !_source.Network.IsEndToEnd && !_options.Suppression;
        if (candidates)
        {
            Require("output0", Decoded(raw), output, () => Decoded(wide.Value), input, text);
            RequireCandidates(Decoded(raw), output, input, text);
        }

        if (!isReal)
        {
            // Noise gives hundreds of nearly equal scores, whose order, and so NMS, depends on rounding: all candidates are compared instead.
            return proof with { MaxAbs = most, Inputs = proof.Inputs + 1 };
        }

        BoxComparison boxes = Boxes(input.Input, output);
        if (!candidates && Objection(boxes, _tolerance) is { } objection)
        {
            throw Differs(objection, input, text);
        }

        return proof with
        {
            MaxAbs = most,
            Boxes = proof.Boxes + boxes.Before,
            BoxesMaxPx = Math.Max(proof.BoxesMaxPx, boxes.MaxPixels),
            ScoresMax = Math.Max(proof.ScoresMax, boxes.MaxScore),
            Inputs = proof.Inputs + 1,
        };
    }

    /// <summary>Compares the boxes of a file whose weights are rounded to float16, on real images.</summary>
    /// <param name="model">The file's bytes.</param>
    /// <param name="images">Real images of the model's size.</param>
    /// <exception cref="GraftException">Of kind Export: rounding the weights moves boxes or scores too far.</exception>
    internal BoxComparison RunHalf(byte[] model, IReadOnlyList<ProofImage> images)
    {
        using NoGrad off = NoGrad.Begin();
        using OnnxRun final = new(model);
        ExportTolerance tolerance = _tolerance with { BoxPixels = _tolerance.HalfBoxPixels, Score = _tolerance.HalfScore };
        BoxComparison all = BoxComparison.None;
        foreach (ProofImage input in images.Select(Fit))
        {
            using TensorScope scope = TensorScope.Begin();
            Tensor output = final.Run(input.Input, _graph.Text ? _deployed.Text(DType.Float) : null)[0];
            all = all.And(Boxes(input.Input, output));
            if (Objection(all, tolerance) is { } objection)
            {
                throw new GraftException(Failure.Export, $"Rounding the weights to float16 changes the detections on {input.Name}: {objection}.", "Export without --half.");
            }
        }

        return all;
    }

    /// <summary>Final boxes of real images. A box whose score lies within the tolerance of the threshold may be on either side of it.</summary>
    private BoxComparison Boxes(Tensor images, Tensor output)
    {
        PostProcessOptions thresholds = _options.Suppression ? _options.Thresholds : _options.Thresholds with { ScoreThreshold = CandidateScore };
        Fitting[] fittings = [.. Enumerable.Repeat(Fitting.None((int)images.Size(3), (int)images.Size(2)), (int)images.Size(0))];
        bool final = _source.Network.IsEndToEnd || _options.Suppression;
        return BoxAgreement.Of(
            score => _source.Detect(images.To(MemoryFormat.ChannelsLast), fittings, thresholds with { ScoreThreshold = score }),
            score => OnnxOutput.Detections(output, fittings, thresholds with { ScoreThreshold = score }, final),
            thresholds.ScoreThreshold, _tolerance.Score);
    }

    /// <summary>Boxes and scores of every anchor point before NMS: those that score are held to the limits of final boxes.</summary>
    private void RequireCandidates(Tensor expected, Tensor found, ProofImage input, Tensor? text)
    {
        long classes = expected.Size(1) - 4;
        Tensor scores = expected.Narrow(1, 4, classes), best = scores.Max([1], keep: true);
        Tensor counts = best.Above(CandidateScore).To(DType.Float);
        double score = (scores - found.Narrow(1, 4, classes)).Abs().Max().ToDouble();
        double pixels = ((expected.Narrow(1, 0, 4) - found.Narrow(1, 0, 4)).Abs() * counts).Max().ToDouble();
        if (!(score <= _tolerance.Score) || !(pixels <= _tolerance.BoxPixels))
        {
            throw Differs(string.Create(
                CultureInfo.InvariantCulture, $"boxes before NMS move by up to {pixels:g3} px, scores by up to {score:g3}; {_tolerance.BoxPixels:g3} px and {_tolerance.Score:g3} are allowed"), input, text);
        }
    }

    private static string? Objection(BoxComparison boxes, ExportTolerance tolerance)
        => boxes.Unmatched == 0 && boxes.MaxPixels <= tolerance.BoxPixels && boxes.MaxScore <= tolerance.Score ? null : string.Create(
            CultureInfo.InvariantCulture,
            $"{boxes.Before} boxes became {boxes.After} ({boxes.Unmatched} without a pair), moved by up to {boxes.MaxPixels:g3} px, scores by up to {boxes.MaxScore:g3}; {tolerance.BoxPixels:g3} px and {tolerance.Score:g3} are allowed");

    /// <summary>The engine's boxes and scores in the layout of the output: B×(4+N)×P.</summary>
    private Tensor Decoded(RawDetections raw)
    {
        (Tensor corners, Tensor scores) = RawDecoding.Decode(raw, _source.Network.Strides);
        Tensor near = corners.Narrow(2, 0, 2), far = corners.Narrow(2, 2, 2);
        return Tensor.Cat([(near + far) * 0.5, far - near, scores], 2).Permute(0, 2, 1);
    }

    /// <summary>Raw outputs of the source in double precision.</summary>
    private RawDetections Wide(Tensor images)
    {
        using DetectionNetwork wide = ModelCopy.Of(_source.Network, DType.Double);
        return (Subject.Of(_source) with { Network = wide }).Forward(images);
    }

    private double Require(string name, Tensor expected, Tensor found, Func<Tensor> exact, ProofImage input, Tensor? text)
    {
        (bool passes, double difference) = expected.Shape.SequenceEqual(found.Shape)
            ? _tolerance.Compare(expected.ToSingles(), found.ToSingles())
            : (false, double.PositiveInfinity);
        if (!passes && double.IsFinite(difference) && _tolerance.RoundingFactor > 0 && _source is not JoinedDetector)
        {
            passes = difference <= _tolerance.RoundingFactor * (exact() - expected).Abs().Max().ToDouble();
        }

        return passes ? difference : throw Differs(string.Create(CultureInfo.InvariantCulture, $"{name} differs by {difference:g3}; {_tolerance.Absolute:g3} + {_tolerance.Relative:g3}·|value| is allowed"), input, text);
    }

    private GraftException Differs(string what, ProofImage input, Tensor? text) => _adapter is { } adapter
        ? new(
        Failure.Export, $"In ONNX Runtime the base with the adapter {adapter.Name} differs from its source on {input.Name}: {what}.",
        "No file was written. Report the model, or export this adapter merged: graft export BASE --adapter FILE.")
        : new(
        Failure.Export, $"In ONNX Runtime the exported model differs from its source on {input.Name}: {what}; {LayerSearch.First(_graph, _deployed, input.Input, text, _tolerance)}.",
        "No file was written. Report the model, or export it without merging (--keep-adapters).");

    /// <summary>A real image, repeated to the batch of the model.</summary>
    private ProofImage Fit(ProofImage image) => _options.Size.Batch == 1 || _options.DynamicBatch ? image
        : image with { Input = Tensor.Cat([.. Enumerable.Repeat(image.Input, _options.Size.Batch)], 0) };

    /// <summary>Noise of the model's size, and of others where that is dynamic.</summary>
    private IEnumerable<ProofImage> Noise()
    {
        InputSize size = _options.Size;
        List<InputSize> sizes = [size];
        if (_options.DynamicSize || _options.DynamicBatch)
        {
            sizes.Add(new(_options.DynamicBatch ? size.Batch + 1 : size.Batch, _options.DynamicSize ? 192 : size.Height, _options.DynamicSize ? 320 : size.Width));
        }

        Random random = new(20);
        foreach (InputSize each in sizes)
        {
            float[] values = new float[each.Batch * 3 * each.Height * each.Width];
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = random.NextSingle();
            }

            yield return new($"noise {each}", Tensor.From(values, each.Batch, 3, each.Height, each.Width));
        }
    }
}
