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
    private static readonly int[] Grains = [1, 4, 16, 64];

    private readonly IDetector _source;
    private readonly Subject _deployed;
    private readonly ExportedGraph _graph;
    private readonly ExportOptions _options;
    private readonly ExportTolerance _tolerance;
    private readonly AdaptedSource? _adapter;

    /// <summary>Prepares a verification.</summary>
    /// <param name="source">The detector as it was opened.</param>
    /// <param name="deployed">The rewritten network that was recorded.</param>
    /// <param name="graph">Its graph.</param>
    /// <param name="options">Form of the model.</param>
    /// <param name="tolerance">Limits of a difference.</param>
    /// <param name="adapter">The adapter file that turns the graph into the source; null: none.</param>
    internal ExportVerifier(
        IDetector source, Subject deployed, ExportedGraph graph, ExportOptions options, ExportTolerance tolerance, AdaptedSource? adapter = null)
        => (_source, _deployed, _graph, _options, _tolerance, _adapter) = (source, deployed, graph, options, tolerance, adapter);

    private bool IsFinal => _source.Network.IsEndToEnd || _options.Suppression;

    /// <summary>Compares on all inputs.</summary>
    /// <param name="model">The file's bytes.</param>
    /// <param name="images">Real images of the model's size.</param>
    /// <exception cref="GraftException">Of kind Export: a difference above the limits; the message names it and the first layer that
    /// differs.</exception>
    internal ExportProof Run(byte[] model, IReadOnlyList<ProofImage> images)
    {
        using NoGrad off = NoGrad.Begin();
        using ObservedExport export = new(model, _graph.Maps, _adapter?.File);
        ExportProof proof = new(0, 0, 0, 0, images.Count, 0);
        foreach ((ProofImage input, bool isReal) in Inputs(images))
        {
            using TensorScope scope = TensorScope.Begin();
            proof = Compare(input, isReal, export, proof);
        }

        return proof;
    }

    private ExportProof Compare(ProofImage input, bool isReal, ObservedExport export, ExportProof proof)
    {
        Tensor? text = _graph.Text ? _deployed.Text(DType.Float) : null;
        RawDetections raw = Subject.Of(_source).Forward(input.Input.To(MemoryFormat.ChannelsLast));
        ObservedOutput found = export.Observe(input.Input, text);
        Lazy<RawDetections> wide = new(() => Wide(input.Input));
        double most = proof.MaxAbs;
        for (int i = 0; i < raw.Logits.Length; i++)
        {
            int level = i;
            most = Math.Max(most, Require($"logits_p{i + 3}", raw.Logits[i], found.Raw.Logits[i], () => wide.Value.Logits[level], input, text));
            most = Math.Max(most, Require(
                $"distributions_p{i + 3}", raw.Distributions[i], found.Raw.Distributions[i], () => wide.Value.Distributions[level], input, text));
        }

        Tensor expected = Decoded(raw), output = export.Run(input.Input, text), candidates = Candidates(found, output);
        Require(IsFinal ? "the decoding" : "output0", expected, candidates, () => Decoded(wide.Value), input, text, Pixels);
        if (Objection(expected, candidates, _tolerance.BoxPixels, _tolerance.Score) is { } objection)
        {
            throw Differs(objection, input, text);
        }

        proof = proof with { MaxAbs = most, Inputs = proof.Inputs + 1 };
        if (IsFinal)
        {
            proof = proof with { Chosen = proof.Chosen + RequireSelection(found, input) };
            RequireSame(found.Output, output, input, text);
            foreach (RawDetections maps in isReal ? [] : SyntheticMaps.Of(raw, _options.Thresholds.ScoreThreshold))
            {
                using TensorScope scope = TensorScope.Begin();
                ObservedOutput decoded = export.Decode(maps, input.Input, text);
                Tensor exact = Decoded(maps);
                Require("the decoding of random maps", exact, Candidates(decoded, decoded.Output), () => exact, input, text);
                proof = proof with { Chosen = proof.Chosen + RequireSelection(decoded, input with { Name = $"random maps for {input.Name}" }) };
            }
        }

        return isReal ? WithBoxes(proof, input, output, text) : proof;
    }

    /// <summary>Final boxes of a real image. Where the graph gives candidates, those must agree, and the boxes are reported: two of them with
    /// nearly equal scores may be ranked either way by rounding.</summary>
    private ExportProof WithBoxes(ExportProof proof, ProofImage input, Tensor output, Tensor? text)
    {
        BoxComparison boxes = Boxes(input.Input, output);
        return IsFinal && Objection(boxes, _tolerance) is { } objection ? throw Differs(objection, input, text) : proof with
        {
            Boxes = proof.Boxes + boxes.Before,
            BoxesMaxPx = Math.Max(proof.BoxesMaxPx, boxes.MaxPixels),
            ScoresMax = Math.Max(proof.ScoresMax, boxes.MaxScore),
        };
    }

    /// <summary>The file itself gives what its copy with more outputs gives. In all cases measured they are equal in all bits; ONNX Runtime may
    /// fuse other operators on other processors, so rounding is allowed.</summary>
    private void RequireSame(Tensor observed, Tensor shipped, ProofImage input, Tensor? text)
    {
        Fitting[] fittings = Unfitted(input.Input);
        if (!observed.ToSingles().AsSpan().SequenceEqual(shipped.ToSingles())
            && Objection(BoxComparison.Of(Rows(observed), Rows(shipped)), _tolerance) is { } objection)
        {
            throw Differs($"with its raw outputs returned too, {objection}", input, text);
        }

        Detection[][] Rows(Tensor output) => OnnxOutput.Detections(output, fittings, _options.Thresholds with { ScoreThreshold = -1 }, final: true);
    }

    /// <summary>Fittings of images that have the size of the input.</summary>
    private static Fitting[] Unfitted(Tensor images) => [.. Enumerable.Repeat(Fitting.None((int)images.Size(3), (int)images.Size(2)), (int)images.Size(0))];

    private int RequireSelection(ObservedOutput found, ProofImage input)
    {
        (int boxes, string? objection) = new SelectionCheck(_source.Network, _options, _tolerance).Compare(found, Unfitted(input.Input));
        return objection is null ? boxes : throw new GraftException(
            Failure.Export, $"In ONNX Runtime the exported model chooses other final boxes than its source on {input.Name}: {objection}.",
            _options.Suppression ? "No file was written. Report the model, or export it without --nms." : "No file was written. Report the model.");
    }

    /// <summary>Compares a file whose weights are rounded to float16: its candidates on all inputs, its final boxes on real images.</summary>
    /// <param name="model">The file's bytes.</param>
    /// <param name="images">Real images of the model's size.</param>
    /// <exception cref="GraftException">Of kind Export: rounding the weights moves boxes or scores too far.</exception>
    internal BoxComparison RunHalf(byte[] model, IReadOnlyList<ProofImage> images)
    {
        using NoGrad off = NoGrad.Begin();
        using ObservedExport export = new(model, _graph.Maps, null);
        ExportTolerance tolerance = _tolerance with { BoxPixels = _tolerance.HalfBoxPixels, Score = _tolerance.HalfScore };
        BoxComparison all = BoxComparison.None;
        foreach ((ProofImage input, bool isReal) in Inputs(images))
        {
            using TensorScope scope = TensorScope.Begin();
            ObservedOutput found = export.Observe(input.Input, _graph.Text ? _deployed.Text(DType.Float) : null);
            RawDetections raw = Subject.Of(_source).Forward(input.Input.To(MemoryFormat.ChannelsLast));
            all = isReal ? all.And(Boxes(input.Input, found.Output)) : all;
            if ((Objection(Decoded(raw), Candidates(found, found.Output), tolerance.BoxPixels, tolerance.Score) ?? Objection(all, tolerance)) is { } objection)
            {
                throw new GraftException(Failure.Export, $"Rounding the weights to float16 changes the detections on {input.Name}: {objection}.", "Export without --half.");
            }
        }

        return all;
    }

    private IEnumerable<(ProofImage Input, bool IsReal)> Inputs(IReadOnlyList<ProofImage> images)
        => images.Select(image => (Fit(image), true)).Concat(Noise().Select(noise => (noise, false)));

    /// <summary>Final boxes of real images. A box whose score lies within the tolerance of the threshold may be on either side of it.</summary>
    private BoxComparison Boxes(Tensor images, Tensor output)
    {
        PostProcessOptions thresholds = _options.Suppression ? _options.Thresholds : _options.Thresholds with { ScoreThreshold = CandidateScore };
        Fitting[] fittings = Unfitted(images);
        return BoxAgreement.Of(
            score => _source.Detect(images.To(MemoryFormat.ChannelsLast), fittings, thresholds with { ScoreThreshold = score }),
            score => OnnxOutput.Detections(output, fittings, thresholds with { ScoreThreshold = score }, IsFinal),
            thresholds.ScoreThreshold, _tolerance.Score);
    }

    /// <summary>Boxes and scores of every anchor point before NMS: those that score are held to the limits of final boxes. On noise a trained
    /// network scores low everywhere; then those count that reach half of the best.</summary>
    private static string? Objection(Tensor expected, Tensor found, double mostPixels, double mostScore)
    {
        long classes = expected.Size(1) - 4;
        Tensor scores = expected.Narrow(1, 4, classes), best = scores.Max([1], keep: true);
        Tensor counts = best.Above(Math.Min(CandidateScore, best.Max().ToDouble() / 2)).To(DType.Float);
        double score = (scores - found.Narrow(1, 4, classes)).Abs().Max().ToDouble();
        double pixels = ((expected.Narrow(1, 0, 4) - found.Narrow(1, 0, 4)).Abs() * counts).Max().ToDouble();
        return score <= mostScore && pixels <= mostPixels ? null : string.Create(
            CultureInfo.InvariantCulture, $"boxes before NMS move by up to {pixels:g3} px, scores by up to {score:g3}; {mostPixels:g3} px and {mostScore:g3} are allowed");
    }

    private static string? Objection(BoxComparison boxes, ExportTolerance tolerance)
        => boxes.Unmatched == 0 && boxes.MaxPixels <= tolerance.BoxPixels && boxes.MaxScore <= tolerance.Score ? null : string.Create(
            CultureInfo.InvariantCulture,
            $"{boxes.Before} boxes became {boxes.After} ({boxes.Unmatched} without a pair), moved by up to {boxes.MaxPixels:g3} px, scores by up to {boxes.MaxScore:g3}; {tolerance.BoxPixels:g3} px and {tolerance.Score:g3} are allowed");

    /// <summary>The engine's boxes and scores of raw outputs: B×(4+N)×P with centres and sizes.</summary>
    private Tensor Decoded(RawDetections raw)
    {
        (Tensor corners, Tensor scores) = RawDecoding.Decode(raw, _source.Network.Strides);
        return Layout(corners, scores);
    }

    /// <summary>The graph's boxes and scores in that layout, decoded by the engine where the graph decodes the chosen ones alone.</summary>
    private Tensor Candidates(ObservedOutput found, Tensor output)
        => !IsFinal ? output : found.Candidates is (var corners, var scores) ? Layout(corners, scores) : Decoded(found.Raw);

    private static Tensor Layout(Tensor corners, Tensor scores)
    {
        Tensor near = corners.Narrow(2, 0, 2), far = corners.Narrow(2, 2, 2);
        return Tensor.Cat([(near + far) * 0.5, far - near, scores], 2).Permute(0, 2, 1);
    }

    /// <summary>Raw outputs of the source in double precision.</summary>
    private RawDetections Wide(Tensor images)
    {
        using DetectionNetwork wide = ModelCopy.Of(_source.Network, DType.Double);
        return (Subject.Of(_source) with { Network = wide }).Forward(images);
    }

    /// <summary>Limits of decoded boxes, which are in pixels: what a raw output may differ by moves a box by more than that number. Scores have a
    /// limit of their own.</summary>
    private ExportTolerance Pixels => _tolerance with { Absolute = Math.Max(_tolerance.Absolute, _tolerance.BoxPixels) };

    private double Require(
        string name, Tensor expected, Tensor found, Func<Tensor> exact, ProofImage input, Tensor? text, ExportTolerance? limits = null)
    {
        ExportTolerance tolerance = limits ?? _tolerance;
        (bool passes, double difference) = expected.Shape.SequenceEqual(found.Shape)
            ? tolerance.Compare(expected.ToSingles(), found.ToSingles())
            : (false, double.PositiveInfinity);
        if (!passes && double.IsFinite(difference) && _tolerance.RoundingFactor > 0 && _source.Network.CanCopy)
        {
            passes = difference <= _tolerance.RoundingFactor * (exact() - expected).Abs().Max().ToDouble();
        }

        return passes ? difference : throw Differs(string.Create(CultureInfo.InvariantCulture, $"{name} differs by {difference:g3}; {tolerance.Absolute:g3} + {tolerance.Relative:g3}·|value| is allowed"), input, text);
    }

    private GraftException Differs(string what, ProofImage input, Tensor? text)
    {
        string layer = LayerSearch.First(_graph, _deployed, input.Input, text, _tolerance, _adapter);
        return _adapter is { } adapter
            ? new(
                Failure.Export, $"In ONNX Runtime the base with the adapter {adapter.Name} differs from its source on {input.Name}: {what}; {layer}.",
                "No file was written. Report the model, or export this adapter merged: graft export BASE --adapter FILE.")
            : new(
                Failure.Export, $"In ONNX Runtime the exported model differs from its source on {input.Name}: {what}; {layer}.",
                "No file was written. Report the model, or export it without merging (--keep-adapters).");
    }

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
        return sizes.Select(each => new ProofImage($"noise {each}", Tensor.Cat([.. Enumerable.Range(0, 3 * each.Batch).Select(_ => Plane(each, random))], 0)
            .Reshape(each.Batch, 3, each.Height, each.Width)));
    }

    /// <summary>Noise of finer and coarser grain from left to right: fine noise alone averages out in the first layers.</summary>
    private static Tensor Plane(InputSize size, Random random)
    {
        float[] values = new float[size.Height * size.Width];
        for (int band = 0; band < Grains.Length; band++)
        {
            int grain = Grains[band], from = band * size.Width / Grains.Length, to = (band + 1) * size.Width / Grains.Length;
            float[] patches = new float[((size.Height / grain) + 1) * ((size.Width / grain) + 1)];
            Array.ForEach([.. Enumerable.Range(0, patches.Length)], i => patches[i] = random.NextSingle());
            for (int y = 0; y < size.Height; y++)
            {
                for (int x = from; x < to; x++)
                {
                    values[(y * size.Width) + x] = patches[(y / grain * ((size.Width / grain) + 1)) + (x / grain)];
                }
            }
        }

        return Tensor.From(values, 1, size.Height, size.Width);
    }
}
