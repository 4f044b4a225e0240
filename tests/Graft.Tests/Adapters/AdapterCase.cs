using Graft.Adapters;
using Graft.Detectors;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Tests.Adapters;

/// <summary>One adapter on one geometry, for properties that hold for all of them.</summary>
public sealed record AdapterCase(string Kind, string[] Settings, int Channels, int Batch, int Height, int Width)
{
    private static readonly (string Kind, string[] Settings)[] Adapters =
    [
        ("bottleneck", []), ("hierarchical", []), ("lora", ["rank=4", "alpha=8"]), ("lora", ["dropout=0.3"]),
        ("rep_mona", []), ("rep_mona", ["kernel_sizes=[3,9]", "rank=5"]), ("rep_mona", ["use_layer_norm=false"]), ("rep_mona_bn", []),
        ("true_mona", []), ("true_mona_v2", ["hidden_dim=12"]),
        ("moe_rep_mona", []), ("moe_rep_mona", ["top_k=1"]), ("moe_rep_mona", ["top_k=3"]), ("moe_rep_mona_v2", ["router_noise=true"]),
    ];

    // Channels that 8 does not divide; H and W that differ or lie below the largest kernel; one image and three.
    private static readonly (int Channels, int Batch, int Height, int Width)[] Geometries
        = [(12, 1, 9, 14), (64, 3, 2, 5), (40, 3, 6, 3), (36, 1, 8, 8)];

    public static TheoryData<AdapterCase> All
        => [.. Adapters.SelectMany(
            adapter => Geometries.Select(g => new AdapterCase(adapter.Kind, adapter.Settings, g.Channels, g.Batch, g.Height, g.Width)))];

    public override string ToString() => $"{Kind}({string.Join(", ", Settings)}) {Batch}×{Channels}×{Height}×{Width}";

    internal AdapterOptions Options => AdapterOptions.Parse(Kind, Settings) with { At = ["only"] };

    internal Tensor Input() => Tensor.RandN(Batch, Channels, Height, Width);

    /// <summary>Weights and statistics far from zero, as after long training.</summary>
    internal static void Scatter(Module module, int seed) => Draw(module, seed, _ => 0.6);

    /// <summary>Weights by their fan-in: maps keep their size through many layers, and two models of one seed are the same.</summary>
    internal static void Initialise(Module module, int seed)
        => Draw(
            module, seed,
            value => value.Rank > 1 ? 1.5 / Math.Sqrt(value.Shape[1..].Aggregate(1L, (product, length) => product * length)) : 0.3);

    // libtorch's generator belongs to the whole process, and tests run side by side.
    private static void Draw(Module module, int seed, Func<Tensor, double> bound)
    {
        Random random = new(seed);
        using NoGrad off = NoGrad.Begin();
        using TensorScope scope = TensorScope.Begin();
        foreach ((string name, Parameter parameter) in module.State())
        {
            if (parameter.Value.DType == DType.Float && parameter.IsPersistent)
            {
                bool positive = name.EndsWith("running_var", StringComparison.Ordinal);
                double width = bound(parameter.Value);
                float[] values = [.. Enumerable.Range(0, (int)parameter.Value.Count)
                    .Select(_ => (float)(positive ? 0.5 + (1.5 * random.NextDouble()) : width * ((2 * random.NextDouble()) - 1)))];
                parameter.Value.CopyFrom(Tensor.From(values, parameter.Value.Shape));
            }
        }
    }

    /// <summary>A frozen convolution with its norm, an adapter site, and a head that reads it.</summary>
    internal sealed class Host : TensorModule
    {
        private readonly Conv2d _conv, _head;
        private readonly BatchNorm2d _norm;
        private readonly Identity _place;

        internal Host(int channels)
        {
            _conv = Add("body", new Layers()).Add("conv", new Conv2d(channels, channels, 3, bias: false));
            _norm = Add("norm", new BatchNorm2d(channels));
            _place = Add("place", new Identity());
            _head = Add("head", new Conv2d(channels, 4, 3));
            Initialise(this, 3);
            NamePaths();
        }

        internal static IReadOnlyList<AdapterSite> Sites { get; } = [new("only", "place", "adapters.only")];

        internal Tensor Forward(Tensor x)
        {
            ModuleRun run = Enter();
            return run.Leave(_head.Forward(_place.Forward(_norm.Forward(_conv.Forward(x)))));
        }

        internal AdapterPlan Plan(TuningOptions options, Tensor x) => AdapterPlan.For(this, Sites, options, () => Forward(x));

        private sealed class Layers : Module;
    }
}
