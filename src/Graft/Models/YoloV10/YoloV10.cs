using Graft.Detectors;
using Graft.Models.Blocks;
using Graft.Rewriting;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Models.YoloV10;

/// <summary>YOLOv10 (arXiv:2405.14458): a detector trained to predict each object once, so that it needs no NMS.</summary>
/// <remarks>Keys are those of the official checkpoints, <c>model.0.conv.weight</c> and so on. Its blocks are in YoloV10Blocks.cs.</remarks>
public sealed class YoloV10 : DetectionNetwork, IFoldable
{
    private readonly Layer _stem, _down2, _stage2, _down3, _stage3, _down4, _stage4, _down5, _stage5, _pool, _attention;
    private readonly Layer _topDown4, _topDown3, _down3To4, _bottomUp4, _down4To5, _bottomUp5;

    /// <summary>Builds the network with the initial values of the published training.</summary>
    public YoloV10(YoloV10Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Options = options;
        int c1 = options.Channels(64), c2 = options.Channels(128), c3 = options.Channels(256);
        int c4 = options.Channels(512), c5 = options.Channels(1024);
        bool folded = options.Form.Folded;
        Layer Chain(int layer, int input, int output, int blocks, bool shortcut = false) => options.IsCompact(layer)
            ? SplitChain.OfCompact(input, output, options.Blocks(blocks), shortcut: true, options.LargeKernel && layer is 8 or 22, folded)
            : SplitChain.OfBottlenecks(input, output, options.Blocks(blocks), shortcut, folded);

        Module layers = Add("model", new Layers());                                   // layers without weights have no number here
        _stem = layers.Add("0", new ConvNorm(3, c1, 3, 2, folded: folded));
        _down2 = layers.Add("1", new ConvNorm(c1, c2, 3, 2, folded: folded));
        _stage2 = layers.Add("2", Chain(2, c2, c2, 3, shortcut: true));
        _down3 = layers.Add("3", new ConvNorm(c2, c3, 3, 2, folded: folded));
        _stage3 = layers.Add("4", Chain(4, c3, c3, 6, shortcut: true));
        _down4 = layers.Add("5", new ChannelThenSpaceDown(c3, c4, folded: folded));
        _stage4 = layers.Add("6", Chain(6, c4, c4, 6, shortcut: true));
        _down5 = layers.Add("7", new ChannelThenSpaceDown(c4, c5, folded: folded));
        _stage5 = layers.Add("8", Chain(8, c5, c5, 3, shortcut: true));
        _pool = layers.Add("9", new PoolPyramid(c5, c5, PairKeys.Cv, folded: folded));
        _attention = layers.Add("10", new PartialSelfAttention(c5, folded));
        _topDown4 = layers.Add("13", Chain(13, c5 + c4, c4, 3));
        _topDown3 = layers.Add("16", Chain(16, c4 + c3, c3, 3));
        _down3To4 = layers.Add("17", new ConvNorm(c3, c3, 3, 2, folded: folded));
        _bottomUp4 = layers.Add("19", Chain(19, c3 + c4, c4, 3));
        _down4To5 = layers.Add("20", new ChannelThenSpaceDown(c4, c4, folded: folded));
        _bottomUp5 = layers.Add("22", Chain(22, c4 + c5, c5, 3));
        Head = layers.Add("23", new YoloV10Head(options, [c3, c4, c5]));
        if (folded)
        {
            Conv2d.Pack(this);
        }

        NamePaths();
    }

    /// <summary>Layout, sizes and form.</summary>
    public YoloV10Options Options { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<AdapterSite> Sites => YoloV10Sites.All;

    /// <inheritdoc/>
    public override IReadOnlyList<string> DefaultSites => YoloV10Sites.Neck;

    /// <inheritdoc/>
    public override IReadOnlyList<int> Strides => YoloV10Head.Strides;

    /// <inheritdoc/>
    /// <remarks>Both give B×c3×H/8×W/8, B×c4×H/16×W/16, B×c5×H/32×W/32.</remarks>
    public override IReadOnlyList<NetworkStage> Stages =>
    [
        new("backbone", [_stem, _down2, _stage2, _down3, _stage3, _down4, _stage4, _down5, _stage5, _pool, _attention], ReadsText: false,
            (images, _) => RunBackbone(images[0]).Levels),
        new("neck", [_topDown4, _topDown3, _down3To4, _bottomUp4, _down4To5, _bottomUp5], ReadsText: false, (maps, _) => RunNeck(Pyramid.Of(maps)).Levels),
    ];

    /// <inheritdoc/>
    public override int Classes => Options.Nc;

    /// <inheritdoc/>
    public override bool IsEndToEnd => true;

    /// <inheritdoc/>
    public override IReadOnlyList<string> ClassKeys => ["model.23.*cv3.*"];

    /// <summary>The two heads.</summary>
    public YoloV10Head Head { get; }

    /// <summary>Runs the whole network; the one-to-one head sends no gradient into the features.</summary>
    /// <param name="images">B×3×H×W, RGB in 0..1, H and W multiples of 32.</param>
    public YoloV10Output Forward(Tensor images) => Forward(StageMaps.Of(images));

    /// <summary>Runs the network from a stage on; the one-to-one head sends no gradient into the features.</summary>
    /// <param name="input">The images, or what a later stage reads.</param>
    public YoloV10Output Forward(StageMaps input)
    {
        Pyramid maps = Features(input);
        return new YoloV10Output(
            Options.Form.OneToMany ? Head.OneToMany(maps) : null,
            Head.OneToOne(new Pyramid(maps.P3.Detach(), maps.P4.Detach(), maps.P5.Detach())));
    }

    /// <summary>Runs the network with the one-to-one head alone, which is enough for prediction.</summary>
    /// <param name="images">B×3×H×W, RGB in 0..1, H and W multiples of 32.</param>
    public RawDetections ForwardOneToOne(Tensor images) => Head.OneToOne(Features(images));

    /// <summary>Runs the network with the one-to-many head alone; its predictions need NMS.</summary>
    /// <param name="images">B×3×H×W, RGB in 0..1, H and W multiples of 32.</param>
    /// <exception cref="GraftException">The model has no such head.</exception>
    public RawDetections ForwardOneToMany(Tensor images) => Head.OneToMany(Features(images));

    /// <summary>The feature maps that the heads read.</summary>
    /// <param name="images">B×3×H×W, RGB in 0..1, H and W multiples of 32.</param>
    /// <exception cref="GraftException">The images have another shape.</exception>
    public Pyramid Features(Tensor images)
        => Features(StageMaps.Of(images));

    private Pyramid Features(StageMaps input)
    {
        RecordedCall call = Record();
        if (input.Stage == 0)
        {
            RequireImages(input.Maps[0]);
        }

        Pyramid maps = Pyramid.Of(RunStages(input, text: null));
        call.End(maps.P5);
        return maps;
    }

    private Pyramid RunBackbone(Tensor images)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = _stage2.Forward(_down2.Forward(_stem.Forward(images)));            // B×c2×H/4×W/4
        Tensor p3 = _stage3.Forward(_down3.Forward(x));                               // B×c3×H/8×W/8
        Tensor p4 = _stage4.Forward(_down4.Forward(p3));                              // B×c4×H/16×W/16
        Tensor p5 = _stage5.Forward(_down5.Forward(p4));                              // B×c5×H/32×W/32
        p5 = _attention.Forward(_pool.Forward(p5));                                   // same
        return new Pyramid(p3, p4, p5).KeptFrom(scope);
    }

    private Pyramid RunNeck(Pyramid maps)
    {
        using TensorScope scope = TensorScope.Begin();
        (Tensor p3, Tensor p4, Tensor p5) = maps;
        Tensor t4 = _topDown4.Forward(Tensor.Cat([p5.UpsampleNearest2x(), p4], 1));   // B×c4×H/16×W/16
        Tensor n3 = _topDown3.Forward(Tensor.Cat([t4.UpsampleNearest2x(), p3], 1));   // B×c3×H/8×W/8
        Tensor n4 = _bottomUp4.Forward(Tensor.Cat([_down3To4.Forward(n3), t4], 1));   // B×c4×H/16×W/16
        Tensor n5 = _bottomUp5.Forward(Tensor.Cat([_down4To5.Forward(n4), p5], 1));   // B×c5×H/32×W/32
        return new Pyramid(n3, n4, n5).KeptFrom(scope);
    }

    /// <inheritdoc/>
    public override RawDetections Predict(Tensor images, Tensor? text) => ForwardOneToOne(images);

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> RunAll(Tensor images, Tensor? text)
    {
        YoloV10Output output = Forward(images);
        return [.. new[] { output.OneToOne, output.OneToMany }.OfType<RawDetections>().SelectMany(raw => raw.Logits.Concat(raw.Distributions))];
    }

    /// <inheritdoc/>
    public override DetectionNetwork EmptyCopy(DType type)
    {
        YoloV10 target = new(Options);
        target.To(type);
        target.Train(false);
        return target;
    }

    /// <inheritdoc/>
    public DetectionNetwork Fold(RewriteLog? log = null)
    {
        YoloV10 target = Deployment.Of(this, log: log);
        ModelCopy.CopyFollowers(this, target);
        return target;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, Tensor Value)> NamedResults(IReadOnlyDictionary<string, Tensor> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return YoloV10Results.Of(this, inputs["image"]);
    }

    private static void RequireImages(Tensor images)
    {
        if (images is not { Rank: 4, Shape: [_, 3, var height, var width] } || !ImageSize.Fits(height, width))
        {
            throw new GraftException(
                Failure.Data, $"The images are {images}; expected B×3×H×W with H and W multiples of 32.",
                "Letterbox images to the input size first.");
        }
    }

    private sealed class Layers : Module;
}

/// <summary>Outputs of the heads, per level, before any decoding.</summary>
/// <param name="OneToMany">Several predictions per object; null in a model without that head.</param>
/// <param name="OneToOne">One prediction per object.</param>
public readonly record struct YoloV10Output(RawDetections? OneToMany, RawDetections OneToOne);

/// <summary>v10Detect: two heads of the same shape, one trained with ten positives per object and one with a single positive.</summary>
public sealed class YoloV10Head : Module
{
    /// <summary>Input pixels per cell, finest level first.</summary>
    public static readonly int[] Strides = [8, 16, 32];

    private readonly ModuleList<Sequential>? _manyBoxes, _manyClasses;
    private readonly ModuleList<Sequential> _oneBoxes, _oneClasses;

    internal YoloV10Head(YoloV10Options options, int[] channels)
    {
        bool folded = options.Form.Folded;
        if (options.Form.OneToMany)
        {
            _manyBoxes = Add("cv2", Boxes(channels, folded));
            _manyClasses = Add("cv3", Classes(channels, options.Nc, folded));
        }

        Add("dfl", new DistributionRamp(YoloV10Options.RegMax));
        _oneBoxes = Add("one2one_cv2", Boxes(channels, folded));
        _oneClasses = Add("one2one_cv3", Classes(channels, options.Nc, folded));
        if (_manyBoxes is not null)
        {
            StartEqual(_manyBoxes, _oneBoxes);
            StartEqual(_manyClasses!, _oneClasses);
        }
    }

    /// <summary>Maps to raw predictions, several per object.</summary>
    /// <exception cref="GraftException">The model has no such head.</exception>
    public RawDetections OneToMany(Pyramid maps) => _manyBoxes is not null
        ? Run(maps, _manyBoxes, _manyClasses!)
        : throw new GraftException(
            Failure.Usage, "This model has no one-to-many head: it was dropped for deployment.",
            "Use the one-to-one head, or the model before the rewrite.");

    /// <summary>Maps to raw predictions, one per object.</summary>
    public RawDetections OneToOne(Pyramid maps) => Run(maps, _oneBoxes, _oneClasses);

    private RawDetections Run(Pyramid maps, ModuleList<Sequential> boxes, ModuleList<Sequential> classes)
    {
        RecordedCall call = Record();
        RawDetections raw = new(
            [.. maps.Levels.Select((map, level) => classes[level].Forward(map))],     // B×nc×h×w
            [.. maps.Levels.Select((map, level) => boxes[level].Forward(map))]);      // B×64×h×w
        call.End(raw.Logits[2]);
        return raw;
    }

    private static ModuleList<Sequential> Boxes(int[] channels, bool folded)
    {
        const int Outputs = 4 * YoloV10Options.RegMax;
        int hidden = Math.Max(Outputs, channels[0] / 4);
        return new(channels.Select(input => new Sequential(
            new ConvNorm(input, hidden, 3, folded: folded),
            new ConvNorm(hidden, hidden, 3, folded: folded),
            Last(hidden, Outputs, bias: 1))));
    }

    private static ModuleList<Sequential> Classes(int[] channels, int classes, bool folded)
    {
        int hidden = Math.Max(channels[0], Math.Min(classes, 100));
        return new(channels.Select((input, level) => new Sequential(
            new Sequential(new ConvNorm(input, input, 3, groups: input, folded: folded), new ConvNorm(input, hidden, folded: folded)),
            new Sequential(new ConvNorm(hidden, hidden, 3, groups: hidden, folded: folded), new ConvNorm(hidden, hidden, folded: folded)),
            // Prior: five objects in an image of 640×640.
            Last(hidden, classes, bias: Math.Log(5.0 / classes / Math.Pow(640.0 / Strides[level], 2))))));
    }

    private static Conv2d Last(int input, int output, double bias)
    {
        using NoGrad off = NoGrad.Begin();
        Conv2d conv = new(input, output);
        conv.Bias!.Value.Fill(bias);
        return conv;
    }

    private static void StartEqual(Module source, Module target)
    {
        using NoGrad off = NoGrad.Begin();
        foreach ((Parameter from, Parameter to) in source.State().Zip(target.State(), (from, to) => (from.Parameter, to.Parameter)))
        {
            to.Value.CopyFrom(from.Value);
        }
    }
}
