using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.VisionLanguage;

/// <summary>PanoramaVLM: overlapping views of a panorama through SigLIP and a resampler into a Qwen decoder that describes it.</summary>
/// <remarks>
/// Weight names are the published ones without duplicates: the resampler and the projection are stored under two names each, the tied
/// head is the token embedding (see <see cref="PanoramaNames"/>).
/// </remarks>
public sealed class PanoramaVlm : Module
{
    private readonly LayerNorm? _visionNorm;
    private readonly Sequential _vicReg;

    /// <summary>Creates the model with random weights.</summary>
    public PanoramaVlm(PanoramaVlmOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Options = options;
        Container backbone = Add("vision_backbone", new Container());
        Vision = backbone.Add("encoder", new SiglipVision(options.Vision));
        _visionNorm = options.VisionNorm ? backbone.Add("norm", new LayerNorm(options.Vision.Width)) : null;
        Resampler = Add("resampler_module", new Container()).Add("resampler", Create(options));
        _vicReg = Add("vicreg_projector", new Container()).Add("mlp", new Sequential(
            new Linear(options.LatentWidth, options.VicRegWidth), new LayerNorm(options.VicRegWidth), new Gelu(),
            new Linear(options.VicRegWidth, options.VicRegWidth)));
        Language = Add("language_model", new QwenDecoder(options.Language));
        Projector = Add("projector", new PanoramaProjector(options.LatentWidth, options.Language.Width));
        NamePaths();
    }

    /// <summary>Parts and sizes.</summary>
    public PanoramaVlmOptions Options { get; }

    /// <summary>The vision encoder.</summary>
    public SiglipVision Vision { get; }

    /// <summary>N×patches×vision width to N×tokens×latent width.</summary>
    public Layer Resampler { get; }

    /// <summary>Adds positions to the views' tokens, projects and stitches them.</summary>
    public PanoramaProjector Projector { get; }

    /// <summary>The language model.</summary>
    public QwenDecoder Language { get; }

    /// <summary>The projector of the VICReg loss.</summary>
    public Module VicRegProjector => _vicReg;

    /// <summary>The views of a panorama as input of the vision encoder.</summary>
    /// <param name="panorama">The panorama.</param>
    /// <param name="views">Settings of the views.</param>
    /// <returns>V×3×I×I in −1..1.</returns>
    public Tensor Pixels(RgbImage panorama, PanoramaOptions views) => PanoramaViews.Pixels(panorama, Options.Vision.Image, views);

    /// <summary>Patches of every view.</summary>
    /// <param name="views">B×V×3×I×I pixels in −1..1; B×3×I×I is one view each.</param>
    /// <returns>(B·V)×patches×vision width.</returns>
    public Tensor EncodeViews(Tensor views)
    {
        ArgumentNullException.ThrowIfNull(views);
        Tensor patches = Vision.Forward(views.Rank == 4 ? views : views.Flatten(0, 1));
        return _visionNorm?.Forward(patches) ?? patches;
    }

    /// <summary>Visual tokens for the language model.</summary>
    /// <param name="views">B×V×3×I×I pixels in −1..1.</param>
    /// <returns>B×T×language width.</returns>
    public Tensor VisionTokens(Tensor views)
    {
        ArgumentNullException.ThrowIfNull(views);
        Tensor tokens = Resampler.Forward(EncodeViews(views));                                   // (B·V)×S×latent
        Tensor perView = tokens.Reshape(views.Size(0), -1, tokens.Size(1), tokens.Size(2));
        return Projector.Forward(perView, Options.Overlap, Options.Stitching);
    }

    /// <summary>Scores of the next token at every position of image and text.</summary>
    /// <param name="views">B×V×3×I×I pixels in −1..1.</param>
    /// <param name="texts">B texts.</param>
    /// <returns>B×L×vocabulary and the sequence that they belong to.</returns>
    public (Tensor Logits, FusedSequence Sequence) Forward(Tensor views, IReadOnlyList<TextTokens> texts)
    {
        FusedSequence fused = FusedSequence.Of(Language, VisionTokens(views), texts, Options);
        return (Language.Logits(Language.Forward(fused.Embeddings, fused.Positions(), fused.Mask)), fused);
    }

    /// <summary>The VICReg loss between the overlapping halves of neighbouring views.</summary>
    /// <param name="views">B×V×3×I×I pixels in −1..1.</param>
    /// <param name="batchwise">Whether variances and covariances are taken over all pairs at once instead of pair by pair.</param>
    public Tensor VicRegLoss(Tensor views, bool batchwise = false)
    {
        ArgumentNullException.ThrowIfNull(views);
        Tensor tokens = _vicReg.Forward(Resampler.Forward(EncodeViews(views)));
        return VicReg.Loss(tokens.Reshape(views.Size(0), -1, tokens.Size(1), tokens.Size(2)), Options.Overlap, batchwise);
    }

    /// <summary>The resampler's tokens, projected for the VICReg loss.</summary>
    /// <param name="tokens">(B·V)×S×latent width.</param>
    /// <returns>(B·V)×S×VICReg width.</returns>
    public Tensor ProjectForVicReg(Tensor tokens) => _vicReg.Forward(tokens);

    private static Layer Create(PanoramaVlmOptions options) => options.Resampler switch
    {
        QFormerOptions qformer => new QFormer(options.Vision.Width, options.LatentWidth, qformer),
        MlpResamplerOptions mlp => new MlpResampler(options.Vision.Width, options.LatentWidth, mlp),
        BiMambaOptions mamba => new BiMamba(options.Vision.Width, options.LatentWidth, mamba),
        _ => throw new ArgumentException($"There is no resampler for {options.Resampler.GetType().Name}.", nameof(options)),
    };
}
