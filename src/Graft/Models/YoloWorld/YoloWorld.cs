using Graft.Detectors;
using Graft.Models.Blocks;
using Graft.Rewriting;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Models.YoloWorld;

/// <summary>YOLO-World (arXiv:2401.17270): a YOLOv8 detector whose neck and classifier read text embeddings.</summary>
/// <remarks>Keys are those of the official checkpoints. Its parts are in YoloWorldParts.cs, its classifiers in Contrast.cs.</remarks>
public sealed class YoloWorld : DetectionNetwork, IFoldable, IBakeable
{
    private PromptMlp? _promptMlp;
    private bool _unitPrompts;

    /// <summary>Builds the network with the initial values of the published training.</summary>
    public YoloWorld(YoloWorldOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Options = options;
        Backbone = Add("backbone", new Backbone(options));
        Neck = Add("neck", new Neck(options));
        Head = Add("bbox_head", new HeadContainer(options)).Module;
        if (options.Form.Folded)
        {
            Conv2d.Pack(this);
        }

        NamePaths();
    }

    /// <summary>Sizes and variant.</summary>
    public YoloWorldOptions Options { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<AdapterSite> Sites => YoloWorldSites.All;

    /// <inheritdoc/>
    public override IReadOnlyList<string> DefaultSites => YoloWorldSites.Neck;

    /// <inheritdoc/>
    public override IReadOnlyList<int> Strides => Head.Strides;

    /// <inheritdoc/>
    /// <remarks>Both give B×c3×H/8×W/8, B×c4×H/16×W/16, B×c5×H/32×W/32.</remarks>
    public override IReadOnlyList<NetworkStage> Stages =>
    [
        new("backbone", [Backbone], ReadsText: false, (images, _) => Backbone.Forward(images[0]).Levels),
        new("neck", [Neck], Options.ReadsText, (maps, text) => Neck.Forward(Pyramid.Of(maps), text).Levels),
    ];

    /// <inheritdoc/>
    public override int Classes => Options.NumClasses;

    /// <inheritdoc/>
    public override int? TextWidth => Options.TextDim;

    /// <inheritdoc/>
    public override bool HasBakedVocabulary => Options.HasBakedVocabulary;

    /// <inheritdoc/>
    public override IEnumerable<string> LearnedPromptKeys => Prompts is not { Trainable: true } ? []
        : Parameters().Select(entry => entry.Name).Where(name => name == "embeddings" || name.StartsWith("adapter.", StringComparison.Ordinal));

    /// <inheritdoc/>
    public bool HasLearnedPrompts => Prompts is not null;

    /// <summary>Images to three feature maps.</summary>
    public Backbone Backbone { get; }

    /// <summary>Fuses the three maps with each other and with the text.</summary>
    public Neck Neck { get; }

    /// <summary>Three maps and text to class logits and box distributions.</summary>
    public Head Head { get; }

    /// <summary>Learned N×D prompt vectors, key <c>embeddings</c>; null when text comes from outside.</summary>
    public Parameter? Prompts { get; private set; }

    /// <summary>The learned prompt embeddings as the network reads them, 1×N×D; null when text comes from outside.</summary>
    public Tensor? LearnedText
    {
        get
        {
            if (Prompts is not { Value: var rows })
            {
                return null;
            }

            rows = _promptMlp?.Forward(rows) ?? rows;
            return (_unitPrompts ? rows.ToUnitLength(-1) : rows).Unsqueeze(0);
        }
    }

    /// <summary>Registers prompt embeddings as a trainable parameter (prompt tuning), saved with the network.</summary>
    /// <param name="embeddings">N×D.</param>
    /// <param name="unit">Normalise them to length one, as all other prompts are; false reads them unchanged.</param>
    /// <param name="mlp">Add a residual MLP behind them, key <c>adapter</c>; then they are always normalised.</param>
    public Parameter LearnPrompts(Tensor embeddings, bool unit = false, bool mlp = false)
    {
        ArgumentNullException.ThrowIfNull(embeddings);
        _promptMlp = mlp ? Add("adapter", new PromptMlp((int)embeddings.Size(1))) : null;
        _unitPrompts = unit || mlp;
        return Prompts = AddParameter("embeddings", embeddings);
    }

    /// <summary>Runs the whole network.</summary>
    /// <param name="images">B×3×H×W, RGB in 0..1, H and W multiples of 32.</param>
    /// <param name="text">1×N×D or B×N×D embeddings; not read where a vocabulary is baked in.</param>
    /// <param name="mask">1×N or B×N, true where a prompt counts; a masked prompt gets the logit -1e7.</param>
    public RawDetections Forward(Tensor images, Tensor? text, Tensor? mask = null) => Forward(StageMaps.Of(images), text, mask);

    /// <summary>Runs the network from a stage on.</summary>
    /// <param name="input">The images, or what a later stage reads.</param>
    /// <param name="text">1×N×D or B×N×D embeddings; not read where a vocabulary is baked in.</param>
    /// <param name="mask">1×N or B×N, true where a prompt counts; a masked prompt gets the logit -1e7.</param>
    public RawDetections Forward(StageMaps input, Tensor? text, Tensor? mask = null)
        => Head.Forward(Pyramid.Of(RunStages(input, text)), text, mask);      // per level B×N×h×w and B×4·bins×h×w

    /// <inheritdoc/>
    public override RawDetections Predict(Tensor images, Tensor? text) => Forward(images, LearnedText ?? text);

    /// <inheritdoc/>
    public override DetectionNetwork EmptyCopy(DType type)
    {
        YoloWorld target = Fresh(Options, type);
        CopyPrompts(target);
        return target;
    }

    /// <inheritdoc/>
    public DetectionNetwork Fold(RewriteLog? log = null) => YoloWorldFolding.Of(this, log);

    /// <inheritdoc/>
    public DetectionNetwork Bake(Vocabulary vocabulary, bool neck = true, RewriteLog? log = null) => BakeVocabulary.Of(this, vocabulary, neck, log);

    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, Tensor Value)> NamedResults(IReadOnlyDictionary<string, Tensor> inputs)
        => YoloWorldResults.Of(this, inputs);

    /// <summary>A network with arbitrary weights, in evaluation mode.</summary>
    internal static YoloWorld Fresh(YoloWorldOptions options, DType type)
    {
        YoloWorld target = new(options);
        target.To(type);
        target.Train(false);
        return target;
    }

    /// <summary>Copies the learned prompts to another network as they are read: the MLP behind them becomes a constant.</summary>
    internal void CopyPrompts(YoloWorld target)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        if (LearnedText is { } prompts)
        {
            target.LearnPrompts(prompts.Squeeze(0).Clone().To(ModelCopy.PrecisionOf(target)));
        }
    }

    /// <summary>The prior class bias of a level for N classes at a stride, such that 5 objects are expected in a 640-pixel image.</summary>
    public static double PriorBias(int classes, int stride) => Math.Log(5.0 / classes / Math.Pow(640.0 / stride, 2));
}

/// <summary>The image backbone: YOLOv8's CSPDarknet.</summary>
public sealed class Backbone : Module
{
    private readonly Layer _stem, _stage1, _stage2, _stage3, _stage4;

    internal Backbone(YoloWorldOptions options)
    {
        int[] c = options.StageChannels;
        int[] n = options.StageBlocks;
        Module image = Add("image_model", new Stages());
        bool folded = options.Form.Folded;
        Sequential Stage(int input, int output, int blocks, params Layer[] more)
            => new([new ConvNorm(input, output, 3, 2, folded: folded), new CspLayer(input: output, output, blocks, shortcut: true, folded), .. more]);

        _stem = image.Add("stem", new ConvNorm(3, c[0], 3, 2, folded: folded));
        _stage1 = image.Add("stage1", Stage(c[0], c[1], n[0]));
        _stage2 = image.Add("stage2", Stage(c[1], c[2], n[1]));
        _stage3 = image.Add("stage3", Stage(c[2], c[3], n[2]));
        _stage4 = image.Add("stage4", Stage(c[3], c[4], n[3], new PoolPyramid(c[4], c[4], PairKeys.Conv, folded: folded)));
    }

    /// <summary>Images to maps.</summary>
    /// <param name="images">B×3×H×W, RGB in 0..1.</param>
    public Pyramid Forward(Tensor images)
    {
        RecordedCall call = Record();
        using TensorScope scope = TensorScope.Begin();
        Tensor x = _stem.Forward(images);                         // B×c0×H/2×W/2
        x = _stage1.Forward(x);                                   // B×c1×H/4×W/4
        Tensor p3 = _stage2.Forward(x);                           // B×c2×H/8×W/8
        Tensor p4 = _stage3.Forward(p3);                          // B×c3×H/16×W/16
        Tensor p5 = _stage4.Forward(p4);                          // B×c4×H/32×W/32
        call.End(p5);
        return new Pyramid(p3, p4, p5).KeptFrom(scope);
    }

    private sealed class Stages : Module;
}

/// <summary>Top-down and bottom-up paths whose blocks are gated by text (v1: RepVL-PAN with image-pooling attention).</summary>
public sealed class Neck : Module
{
    private readonly ModuleList<Layer> _reduce, _out;
    private readonly ModuleList<GatedCspLayer> _topDown, _bottomUp;
    private readonly ModuleList<ConvNorm> _down;
    private readonly TextEnhancer? _enhancer;

    internal Neck(YoloWorldOptions options)
    {
        int[] c = options.LevelChannels;
        GatedCspLayer Gated(int input, int level) => new(input, c[level], options, level);
        _reduce = Add("reduce_layers", new ModuleList<Layer>(new Identity(), new Identity(), new Identity()));
        _topDown = Add("top_down_layers", new ModuleList<GatedCspLayer>(Gated(c[1] + c[2], 1), Gated(c[0] + c[1], 0)));
        _down = Add("downsample_layers", new ModuleList<ConvNorm>(
            new ConvNorm(c[0], c[0], 3, 2, folded: options.Form.Folded), new ConvNorm(c[1], c[1], 3, 2, folded: options.Form.Folded)));
        _bottomUp = Add("bottom_up_layers", new ModuleList<GatedCspLayer>(Gated(c[0] + c[1], 1), Gated(c[1] + c[2], 2)));
        _out = Add("out_layers", new ModuleList<Layer>(new Identity(), new Identity(), new Identity()));
        _enhancer = options.Version == 1 ? Add("text_enhancer", new TextEnhancer(options)) : null;
    }

    /// <summary>v1's text enhancer; null in v2.</summary>
    public TextEnhancer? Enhancer => _enhancer;

    /// <summary>Maps and text to maps.</summary>
    public Pyramid Forward(Pyramid maps, Tensor? text) => Forward(maps, text, out _);

    /// <summary>Maps and text to maps, with the text that the bottom-up path reads.</summary>
    public Pyramid Forward(Pyramid maps, Tensor? text, out Tensor? enhanced)
    {
        RecordedCall call = Record();
        using TensorScope scope = TensorScope.Begin();
        Tensor r3 = _reduce[0].Forward(maps.P3), r4 = _reduce[1].Forward(maps.P4), r5 = _reduce[2].Forward(maps.P5);
        Tensor i4 = _topDown[0].Forward(Tensor.Cat([r5.UpsampleNearest2x(), r4], 1), text);
        Tensor i3 = _topDown[1].Forward(Tensor.Cat([i4.UpsampleNearest2x(), r3], 1), text);
        enhanced = _enhancer?.Forward(text!, [i3, i4, r5]) ?? text;
        Tensor o4 = _bottomUp[0].Forward(Tensor.Cat([_down[0].Forward(i3), i4], 1), enhanced);
        Tensor o5 = _bottomUp[1].Forward(Tensor.Cat([_down[1].Forward(o4), r5], 1), enhanced);
        Pyramid result = new(_out[0].Forward(i3), _out[1].Forward(o4), _out[2].Forward(o5));
        call.End(result.P5);
        enhanced = enhanced is null ? null : scope.Keep(enhanced);
        return result.KeptFrom(scope);
    }
}

/// <summary>Gives the head its official path, <c>bbox_head.head_module</c>.</summary>
public sealed class HeadContainer : Module
{
    internal HeadContainer(YoloWorldOptions options) => Module = Add("head_module", new Head(options));

    /// <summary>The head.</summary>
    public Head Module { get; }
}

/// <summary>Class embeddings compared with text, and box distributions.</summary>
public sealed class Head : Module, IFrozenForm
{
    /// <summary>Input pixels per cell, finest level first.</summary>
    public static readonly int[] Strides = [8, 16, 32];

    private readonly ModuleList<Sequential> _classes, _boxes;
    private readonly ModuleList<Contrast> _contrasts;

    internal Head(YoloWorldOptions options)
    {
        int[] c = options.LevelChannels;
        Sequential Branch(int input, int hidden, int output, double? bias)
        {
            Conv2d last = new(hidden, output, 1);
            last.Bias!.Value.CopyFrom(Tensor.Full([output], bias ?? 0));
            bool folded = options.Form.Folded;
            return new(new ConvNorm(input, hidden, 3, wideInit: true, folded: folded), new ConvNorm(hidden, hidden, 3, wideInit: true, folded: folded), last);
        }

        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        int classes = options.Form.ComposedHead ? options.Form.BakedHead : options.ClassEmbedding;
        _classes = Add("cls_preds", new ModuleList<Sequential>(c.Select(input => Branch(input, options.ClassHidden, classes, 0))));
        _boxes = Add("reg_preds", new ModuleList<Sequential>(c.Select(input => Branch(input, options.BoxHidden, 4 * options.RegMax, 1))));
        _contrasts = Add("cls_contrasts", new ModuleList<Contrast>(Strides.Select(stride => Contrast.Of(options, stride))));
    }

    /// <summary>The comparison with the text, per level.</summary>
    internal IReadOnlyList<Contrast> Contrasts => [.. Enumerable.Range(0, 3).Select(level => _contrasts[level])];

    /// <summary>Each level's class branch; its third layer is the last 1×1 convolution.</summary>
    internal IReadOnlyList<Sequential> ClassBranches => [.. Enumerable.Range(0, 3).Select(level => _classes[level])];

    /// <inheritdoc/>
    public Module? FrozenForm { get; set; }

    /// <inheritdoc/>
    public Module? CreateFrozenForm()
    {
        bool plain = ClassBranches.All(branch => branch is { Follower: null, Layers: [.., Conv2d { Follower: null }] })
            && Contrasts.All(contrast => contrast is NormContrast { Follower: null, Norm.Follower: null });
        return !plain ? null : new ProjectedContrasts(
            ClassBranches.Zip(Contrasts, (branch, contrast) => new ProjectedContrast((Conv2d)branch.Layers[^1], (NormContrast)contrast)));
    }

    /// <summary>Maps and text to logits and distributions.</summary>
    public RawDetections Forward(Pyramid maps, Tensor? text, Tensor? mask = null)
    {
        RecordedCall call = Record();
        using TensorScope scope = TensorScope.Begin();
        Tensor[] logits = new Tensor[3], distributions = new Tensor[3];
        for (int level = 0; level < 3; level++)
        {
            logits[level] = Classify(maps.Levels[level], level, text);                // B×N×h×w
            distributions[level] = _boxes[level].Forward(maps.Levels[level]);         // B×4·bins×h×w
            if (mask is not null)
            {
                logits[level] = logits[level].MaskedFill(mask.LogicalNot().Reshape(mask.Size(0), mask.Size(1), 1, 1), -1e7);
            }
        }

        call.End(logits[2]);
        return new RawDetections(logits, distributions).KeptFrom(scope);
    }

    private Tensor Classify(Tensor map, int level, Tensor? text)
    {
        if (FrozenForm is ProjectedContrasts projected)
        {
            return projected.Levels[level].Forward(_classes[level].Layers.SkipLast(1).Aggregate(map, (x, layer) => layer.Forward(x)), text);
        }

        return _contrasts[level].Forward(_classes[level].Forward(map), text);         // by way of the embedding, B×D×h×w
    }

    /// <summary>The class embedding of one level, before it is compared with text: B×D×h×w.</summary>
    public Tensor Embed(Tensor map, int level) => _classes[level].Forward(map);
}
