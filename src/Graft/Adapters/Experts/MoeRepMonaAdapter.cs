using Graft.Torch;
using Graft.Torch.Distributed;
using Graft.Torch.Layers;

namespace Graft.Adapters;

/// <summary>Rep-MoNA whose depthwise kernels are experts: a router picks k of them per image (gates after arXiv:1701.06538).</summary>
/// <remarks>z = norm(x)⊙s₁; u = D·z; v = Σ gₑ·DWₑ(u) with gates g from the mean of z; t = P·v + u; a = SE(GELU(t)), second version also
/// ⊙ spatial attention; y = x + U(a⊙s₂).</remarks>
public sealed class MoeRepMonaAdapter : Adapter, IBatchStatistics
{
    internal static readonly MergeRule Rule = new(
        false, "gains and scales fold and the chosen kernels become one per image; the router, GELU, attention and norm stay");

    private readonly long[] _usage;
    private readonly int _top;
    private Tensor? _balance;

    internal MoeRepMonaAdapter(MoeRepMonaBaseOptions options, int channels, bool spatialAttention, double loadBalanceWeight)
        : base(options, channels)
    {
        int rank = options.Rank;
        _top = options.TopK;
        _usage = new long[options.KernelSizes.Count];
        LoadBalanceWeight = loadBalanceWeight;
        Scale1 = AddParameter("scale_1", Tensor.Ones(1, channels, 1, 1));
        Scale2 = AddParameter("scale_2", Tensor.Ones(1, rank, 1, 1));
        Norm = Add("norm", new GroupNorm(1, channels));
        Down = Add("down_proj", new Conv2d(channels, rank, bias: false));
        Router = Add("router", new Router(channels, options.KernelSizes.Count, _top, options.Temperature, options.RouterNoise));
        Experts = Add("experts", MonaKernels.Create(options.KernelSizes, rank, bias: false));
        Mixing = Add("conv_1x1", new Conv2d(rank, rank, bias: false));
        Excitation = Add("se", new SqueezeExcitation(rank, Math.Max(rank / options.SeReduction, 4)));
        Spatial = spatialAttention ? Add("spatial", new Conv2d(2, 1, 7, bias: false)) : null;
        Up = Add("up_proj", Zero(rank, channels, bias: false));
    }

    /// <summary>s₁, 1×C×1×1.</summary>
    public Parameter Scale1 { get; }

    /// <summary>s₂, 1×r×1×1.</summary>
    public Parameter Scale2 { get; }

    /// <summary>One group: mean and deviation over C, H and W.</summary>
    public GroupNorm Norm { get; }

    /// <summary>D, C to r.</summary>
    public Conv2d Down { get; }

    /// <summary>Routes by the mean of z.</summary>
    public Router Router { get; }

    /// <summary>DW, one per kernel size, r channels.</summary>
    public ModuleList<Conv2d> Experts { get; }

    /// <summary>P, r to r.</summary>
    public Conv2d Mixing { get; }

    /// <summary>Squeeze-and-excitation over the r channels.</summary>
    public SqueezeExcitation Excitation { get; }

    /// <summary>7×7 over mean and maximum of the channels, or null.</summary>
    public Conv2d? Spatial { get; }

    /// <summary>U, r to C.</summary>
    public Conv2d Up { get; }

    /// <summary>λ of the load-balancing loss; 0: none.</summary>
    public double LoadBalanceWeight { get; }

    /// <inheritdoc/>
    public ProcessGroup? Group { get; set; }

    /// <summary>How often each expert was chosen in training since <see cref="ResetUsage"/>.</summary>
    public IReadOnlyList<long> Usage => _usage;

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Gates => [Up.Weight];

    /// <summary>Starts counting from zero.</summary>
    public void ResetUsage() => Array.Clear(_usage);

    /// <summary>The last training run's balance E·Σ fₑ·Pₑ (1 when all experts get equal load), once; null outside training. The
    /// caller disposes it.</summary>
    public Tensor? TakeBalance()
    {
        Tensor? balance = _balance;
        _balance = null;
        return balance;
    }

    /// <summary>λ times the last training run's balance, once; null outside training or where λ is 0.</summary>
    public override (string Name, Tensor Value)? TakeLoss()
    {
        using Tensor? balance = TakeBalance();
        return balance is not null && LoadBalanceWeight > 0 ? ("balance_loss", balance * LoadBalanceWeight) : null;
    }

    /// <inheritdoc/>
    protected override Tensor Adapt(Tensor x)
    {
        Tensor z = Norm.Forward(x) * Scale1.Value;
        Tensor u = Down.Forward(z);                                                          // B×r×H×W
        (Tensor gates, Tensor probabilities, Tensor chosen) = Router.Forward(z.Mean([2, 3]));
        if (Training)
        {
            Observe(probabilities, chosen);
        }

        Tensor v = Share(gates, 0) * Experts[0].Forward(u);
        for (int expert = 1; expert < Experts.Count; expert++)
        {
            v += Share(gates, expert) * Experts[expert].Forward(u);
        }

        Tensor a = Excitation.Forward((Mixing.Forward(v) + u).Gelu());
        if (Spatial is not null)
        {
            a = SpatialAttention.Apply(Spatial, a);
        }

        return x + Up.Forward(a * Scale2.Value);
    }

    private static Tensor Share(Tensor gates, int expert) => gates.Narrow(1, expert, 1).Reshape(gates.Size(0), 1, 1, 1);

    private void Observe(Tensor probabilities, Tensor chosen)
    {
        Tensor share = chosen.Sum([0]);                                                      // E
        long images = chosen.Size(0);
        if (Group is { } group)
        {
            // The loss is a product of two means over the batch: it is a mean over processes only where one of them is that of all.
            double[] all = group.Add([.. share.ToDoubles(), images]);
            (share, images) = (Tensor.From([.. all.SkipLast(1).Select(count => (float)count)]).To(share.DType), (long)all[^1]);
        }

        double[] counts = share.ToDoubles();
        for (int expert = 0; expert < counts.Length; expert++)
        {
            _usage[expert] += (long)counts[expert];
        }

        Tensor part = share * (1.0 / (images * _top));
        _balance?.Dispose();
        _balance = ((part * probabilities.Mean([0])).Sum() * Experts.Count).Unscoped();      // outlives this layer's tensors
    }
}
