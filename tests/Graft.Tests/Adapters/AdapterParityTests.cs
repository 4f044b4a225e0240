using System.Text.Json;
using Graft.Adapters;
using Graft.Files;
using Graft.Testing;
using Graft.Tests.Models;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Tests.Adapters;

/// <summary>Every adapter class against the recorded numbers of the original.</summary>
[Trait("Kind", "Parity")]
public class AdapterParityTests
{
    private const string Folder = "d_adapters";

    private static readonly string[] Classes =
    [
        "BottleneckAdapter", "HierarchicalAdapter", "LoRAAdapter", "RepMoNAAdapter", "RepMoNAAdapterBN", "TrueMoNAAdapter",
        "TrueMoNAAdapterV2",
    ];

    public static TheoryData<string> Cases
    {
        get
        {
            IEnumerable<string> all = [
                .. Classes.SelectMany(kind => new[] { $"{kind}_C64", $"{kind}_C96" }), "LoRAAdapter_rank8_alpha16_C64", "LoRAAdapter_rank32_alpha16_C64"];
            return [.. all.Where(name => GoldenData.Find("yoloworld", Folder, name + ".npz") is not null)];
        }
    }

    [GoldenTheory("yoloworld/" + Folder), MemberData(nameof(Cases))]
    public void OutputsGradientsAndStatistics_MatchTheOriginal(string name) => Compare(name, DType.Float);

    [GoldenTheory("yoloworld/" + Folder), MemberData(nameof(Cases))]
    public void OutputsGradientsAndStatistics_MatchTheOriginalInFloat64(string name) => Compare(name, DType.Double);

    private static void Compare(string name, DType type)
    {
        using TensorScope scope = TensorScope.Begin();
        using WeightFile golden = WeightFile.Open(Golden.PathOf("yoloworld", Folder, name + ".npz"));
        using Adapter adapter = Build(name);
        string width = name[name.LastIndexOf('C')..];
        Tensor x = Golden.Npy("yoloworld", Folder, $"input_{width}.npy"), gradient = Golden.Npy(
            "yoloworld", Folder, $"grad_output_{width}.npy");
        Load(adapter, golden, "buffer:");
        adapter.To(type);
        (x, gradient) = (x.To(type), gradient.To(type));
        Tolerances allowed = Tolerances.OfAdapter(Golden.Manifest("yoloworld", Folder).GetProperty("cases").GetProperty(name));
        using (NoGrad.Begin())
        {
            Golden.Close(golden, "eval_output", adapter.Forward(x), allowed);
        }

        adapter.Train();
        x.RequiresGrad = true;
        Tensor y = adapter.Forward(x);
        y.Backward(gradient);
        if (golden.Entries.Any(entry => entry.Name == "train_output"))
        {
            Golden.Close(golden, "train_output", y, allowed);
        }

        Golden.Close(golden, "grad_input", x.Grad!, allowed);
        foreach ((string key, Parameter parameter) in adapter.Parameters())
        {
            Golden.Close(golden, $"grad:{key}", parameter.Value.Grad!, allowed);
        }

        foreach (WeightEntry after in golden.Entries.Where(entry => entry.Name.StartsWith("buffer_after:", StringComparison.Ordinal)))
        {
            string key = after.Name["buffer_after:".Length..];
            Golden.Close(golden, after.Name, adapter.State().Single(entry => entry.Name == key).Parameter.Value, allowed);
        }
    }

    [GoldenFact("yoloworld/" + Folder)]
    public void ParameterCounts_MatchTheOriginal()
    {
        using JsonDocument counts = JsonDocument.Parse(File.ReadAllText(Golden.PathOf("yoloworld", Folder, "parameter_counts.json")));
        foreach (JsonProperty kind in counts.RootElement.EnumerateObject())
        {
            foreach (JsonProperty width in kind.Value.EnumerateObject())
            {
                using TensorScope scope = TensorScope.Begin();
                using Adapter adapter = Build($"{kind.Name}_C{width.Name}");
                Assert.Equal(width.Value.GetInt64(), adapter.ParameterCount);
            }
        }
    }

    [Theory]
    [InlineData("bottleneck", "reduction_ratio=4", 192, 18_913)]
    [InlineData("hierarchical", "reduction_ratio=2", 256, 1_790_244)]
    [InlineData("hierarchical", "reduction_ratio=2", 512, 7_152_196)]
    [InlineData("lora", "rank=16", 512, 16_384)]
    [InlineData("rep_mona", "rank=16", 512, 19_520)]
    [InlineData("rep_mona_bn", "rank=32", 64, 8_000)]
    [InlineData("true_mona", "hidden_dim=64", 512, 77_824)]
    [InlineData("moe_rep_mona", "rank=16", 512, 21_207)]
    [InlineData("moe_rep_mona", "rank=32", 512, 40_107)]
    [InlineData("moe_rep_mona", "rank=16", 256, 11_479)]
    [InlineData("moe_rep_mona", "rank=32", 64, 8_747)]
    [InlineData("moe_rep_mona_v2", "rank=32", 64, 8_747 + 98)]
    public void ParameterCounts_FollowTheFormulas(string kind, string setting, int channels, long expected)
    {
        using TensorScope scope = TensorScope.Begin();
        using Adapter adapter = AdapterOptions.Parse(kind, setting).Create(channels);
        Assert.Equal(expected, adapter.ParameterCount);
    }

    internal static void Load(Module module, WeightFile file, string buffers)
    {
        using NoGrad off = NoGrad.Begin();
        List<string> missing = [];
        foreach ((string name, Tensor value) in module.StateDict())
        {
            using TensorScope scope = TensorScope.Begin();
            WeightEntry? entry = file.Entries.SingleOrDefault(entry => entry.Name == "param:" + name || entry.Name == buffers + name);
            if (entry is null)
            {
                missing.Add(name);
                continue;
            }

            Assert.Equal(entry.Shape, value.Shape);
            value.CopyFrom(Golden.Of(entry));
        }

        Assert.Empty(missing);
    }

    private static Adapter Build(string name)
    {
        string[] parts = name.Split('_');
        IEnumerable<string> settings = parts[1..^1].Select(
            part => part.StartsWith("rank", StringComparison.Ordinal) ? $"rank={part[4..]}" : $"alpha={part[5..]}");
        IEnumerable<string> dropout = name.StartsWith("TrueMoNA", StringComparison.Ordinal) ? ["dropout=0"] : [];
        return AdapterOptions.Parse(parts[0], [.. settings, .. dropout]).Create(int.Parse(parts[^1][1..]));
    }
}
