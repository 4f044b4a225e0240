using Graft.Adapters;
using Graft.Rewriting;
using Graft.Torch;

namespace Graft.Tests.Rewriting;

/// <summary>For every adapter on every geometry, merged matches unmerged, with weights far from zero.</summary>
public class CheapestFormTests
{
    private static readonly string[] Kinds =
    [
        "bottleneck", "bottleneck reduction_ratio=2", "hierarchical", "hierarchical num_heads=4 mlp_ratio=2", "lora rank=4 alpha=16",
        "rep_mona", "rep_mona rank=5 kernel_sizes=[5]", "rep_mona use_layer_norm=false", "rep_mona_bn kernel_sizes=[1,9]",
        "true_mona hidden_dim=12", "true_mona_v2 hidden_dim=7 kernel_sizes=[3,5]",
        "moe_rep_mona", "moe_rep_mona top_k=1 rank=6", "moe_rep_mona top_k=3 temperature=0.5", "moe_rep_mona_v2",
    ];

    private static readonly (int Batch, int Channels, int Height, int Width)[] Geometries = [(1, 12, 9, 13), (3, 20, 5, 8), (3, 64, 2, 3), (1, 8, 1, 6)];

    public static TheoryData<string, int> EveryAdapterOnEveryGeometry
    {
        get
        {
            TheoryData<string, int> cases = [];
            foreach (string kind in Kinds)
            {
                for (int i = 0; i < Geometries.Length; i++)
                {
                    cases.Add(kind, i);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(EveryAdapterOnEveryGeometry))]
    public void Merged_MatchesUnmerged(string kind, int geometry)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        (int batch, int channels, int height, int width) = Geometries[geometry];
        using Adapter adapter = Build(kind, channels);
        foreach ((DType type, double tolerance, double strength) in new[] { (DType.Float, 1e-4, 1.0), (DType.Double, 1e-9, 0.6), (DType.Double, 1e-9, 1.0) })
        {
            adapter.To(type);
            adapter.Strength = strength;
            Tensor x = (RandomNetworks.Noise(type, batch, channels, height, width) * 2) + 0.7;
            Tensor expected = adapter.Forward(x);
            using Adapter merged = CheapestForm.Of(adapter)!;

            Assert.InRange(RandomNetworks.Difference(expected - x, merged.Forward(x) - x), 0, tolerance);
            Assert.InRange(RandomNetworks.Difference(expected, merged.Forward(x)), 0, tolerance);
            Assert.True(RandomNetworks.Difference(expected, x) > 0.01, "The adapter changes too little to prove anything.");
            Assert.Equal(expected.ToDoubles(), adapter.Forward(x).ToDoubles());
        }
    }

    [Theory]
    [MemberData(nameof(EveryAdapterOnEveryGeometry))]
    public void Merged_CostsNoMore(string kind, int geometry)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        (int batch, int channels, int height, int width) = Geometries[geometry];
        using Adapter adapter = Build(kind, channels), merged = CheapestForm.Of(adapter)!;
        Tensor x = RandomNetworks.Noise(DType.Float, batch, channels, height, width);
        Assert.InRange(Flops(merged, x), 1, Flops(adapter, x));
    }

    [Theory]
    [InlineData("merged_bottleneck")]
    [InlineData("merged_hierarchical groups=4")]
    [InlineData("merged_rep_mona")]
    [InlineData("merged_rep_mona picture_norm=false")]
    [InlineData("merged_true_mona")]
    [InlineData("merged_moe_rep_mona spatial_attention=true")]
    public void MergedForms_AreAdaptersThemselves_TheIdentityAtStart(string kind)
    {
        using TensorScope scope = TensorScope.Begin();
        string[] parts = kind.Split(' ');
        using Adapter adapter = AdapterOptions.Parse(parts[0], parts[1..]).Create(16);
        Tensor x = RandomNetworks.Noise(DType.Float, 2, 16, 5, 7);
        Tensor y = adapter.Forward(x);
        Assert.Equal(x.ToSingles(), y.ToSingles());
        Assert.True(adapter.IsInert);
        Assert.Null(CheapestForm.Of(adapter));
        x.RequiresGrad = true;
        adapter.Forward(x).Sum().Backward();
        Assert.True(adapter.Gates.All(gate => gate.Value.Grad!.Abs().Max().ToDouble() > 0));
    }

    private static Adapter Build(string kind, int channels)
    {
        string[] parts = kind.Split(' ');
        Adapter adapter = AdapterOptions.Parse(parts[0], parts[1..]).Create(channels);
        TorchRuntime.Seed(5);
        RandomNetworks.Shake(adapter);
        adapter.Train(false);
        return adapter;
    }

    private static long Flops(Adapter adapter, Tensor x)
    {
        using OperationRecorder recorder = new();
        adapter.Forward(x);
        return recorder.Flops;
    }
}
