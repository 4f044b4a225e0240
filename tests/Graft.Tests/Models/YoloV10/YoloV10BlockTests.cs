using System.Text.Json;
using Graft.Files;
using Graft.Models.YoloV10;
using Graft.Rewriting;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Tests.Models.YoloV10;

[Trait("Kind", "Parity")]
public class YoloV10BlockTests
{
    private static readonly Lazy<JsonElement> Manifest = new(() =>
        JsonDocument.Parse(File.ReadAllText(Golden.PathOf("yolov10", "blocks_manifest.json"))).RootElement.GetProperty("files"));

    public static TheoryData<string, string, string> Blocks => new()
    {
        { "Conv_k3s2", "Conv", "c1=8 c2=16 k=3 s=2" },
        { "Conv_k1_noact", "Conv", "c1=8 c2=16 act=false" },
        { "Conv_dw3", "Conv", "c1=16 c2=16 k=3 g=16" },
        { "Bottleneck_add", "Bottleneck", "c1=16 c2=16 shortcut=true e=1" },
        { "C2f_n2_shortcut", "C2f", "c1=16 c2=32 n=2 shortcut=true" },
        { "C2f_n1_plain", "C2f", "c1=32 c2=16 n=1" },
        { "SPPF", "SPPF", "c1=32 c2=32 k=5" },
        { "SCDown", "SCDown", "c1=8 c2=16 k=3 s=2" },
        { "SCDown_odd", "SCDown", "c1=8 c2=16 k=3 s=2" },
        { "RepVGGDW", "RepVGGDW", "c=16" },
        { "CIB_plain", "CIB", "c1=16 c2=16 e=1" },
        { "CIB_lk", "CIB", "c1=16 c2=16 e=1 lk=true" },
        { "CIB_lk_noadd_e05", "CIB", "c1=16 c2=32 lk=true" },
        { "C2fCIB_plain_n2", "C2fCIB", "c1=32 c2=32 n=2 shortcut=true" },
        { "C2fCIB_lk_n1", "C2fCIB", "c1=32 c2=16 n=1 shortcut=true lk=true" },
        { "Attention_h1", "Attention", "dim=64 num_heads=1" },
        { "Attention_h2", "Attention", "dim=128 num_heads=2" },
        { "Attention_h4_small", "Attention", "dim=32 num_heads=4" },
        { "PSA_128", "PSA", "c1=128" },
        { "PSA_256", "PSA", "c1=256" },
    };

    [SharedTheory, MemberData(nameof(Blocks))]
    public void Block_MatchesTheOriginal_WithFixedStatistics(string golden, string block, string arguments)
        => Answers(golden, block, arguments, DType.Float);

    [SharedTheory, MemberData(nameof(Blocks))]
    public void Block_MatchesTheOriginal_InFloat64(string golden, string block, string arguments)
        => Answers(golden, block, arguments, DType.Double);

    private static void Answers(string golden, string block, string arguments, DType type)
    {
        using TensorScope scope = TensorScope.Begin();
        using WeightFile file = Open(golden);
        using Layer layer = Make(file, block, arguments);
        foreach (MemoryFormat format in new[] { MemoryFormat.Contiguous, MemoryFormat.ChannelsLast })
        {
            layer.To(type);
            layer.To(format);
            Tensor input = Golden.Of(file["in.0"]).To(type).To(format);
            input.RequiresGrad = true;
            Tensor output = layer.Forward(input);
            Golden.Close(file, "out.eval.0", output, type == DType.Double ? 5e-6 : 2e-5);
            output.Backward(Golden.Of(file["cot.0"]).To(type));
            Golden.Close(file, "grad.in.0", input.Grad!, type == DType.Double ? 1e-5 : 1e-4);
        }
    }

    [SharedTheory, MemberData(nameof(Blocks))]
    public void BlockGradients_MatchTheOriginal(string golden, string block, string arguments)
    {
        using TensorScope scope = TensorScope.Begin();
        using WeightFile file = Open(golden);
        using Layer layer = Make(file, block, arguments);
        layer.Train();
        Tensor input = Golden.Of(file["in.0"]);
        input.RequiresGrad = true;
        Tensor output = layer.Forward(input);
        Golden.Close(file, "out.train.0", output, 5e-5);
        foreach (WeightEntry entry in file.Entries.Where(entry => entry.Name.StartsWith("after_train.", StringComparison.Ordinal)))
        {
            Tensor found = layer.StateDict().Single(state => state.Name == entry.Name["after_train.".Length..]).Value;
            Golden.Close(file, entry.Name, found.Reshape([.. entry.Shape]), 1e-5);
        }

        output.Backward(Golden.Of(file["cot.0"]));
        Golden.Close(file, "grad.train_in.0", input.Grad!, 1e-3);
        JsonElement norms = Manifest.Value.GetProperty($"blocks/{golden}.npz").GetProperty("meta").GetProperty("grad_train_l2");
        foreach ((string name, Parameter parameter) in layer.Parameters())
        {
            double expected = norms.GetProperty(name).GetDouble(), actual = Math.Sqrt(parameter.Value.Grad!.ToDoubles().Sum(value => value * value));
            Assert.True(Math.Abs(expected - actual) <= 1e-4 * (1 + expected), $"{name}: gradient norm {actual}, expected {expected}.");
            if (file.TryGet($"grad.w.{name}") is not null)
            {
                Golden.Close(file, $"grad.w.{name}", parameter.Value.Grad!, 1e-3 * (1 + expected));
            }
        }
    }

    [SharedTheory, MemberData(nameof(Blocks))]
    public void Folded_HasTheOriginalsKernels_AndMatchesUnfolded(string golden, string block, string arguments)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        using WeightFile file = Open(golden);
        using Layer layer = Make(file, block, arguments), folded = YoloV10Block.Create(block, Parse(arguments), folded: true);
        FoldNorms.Transfer(layer, folded);
        Dictionary<string, Tensor> state = folded.StateDict().ToDictionary(entry => entry.Name, entry => entry.Value);
        WeightEntry[] kernels = [.. file.Entries.Where(entry => entry.Name.StartsWith("wfused.", StringComparison.Ordinal))];   // the largest are omitted
        Assert.NotEmpty(kernels);
        foreach (WeightEntry kernel in kernels)
        {
            Golden.Close(file, kernel.Name, state[kernel.Name["wfused.".Length..]], 1e-5);
        }

        Tensor input = Golden.Of(file["in.0"]);
        Golden.Close(file, "out.fused.0", folded.Forward(input), 2e-5);
        Proof.Of(("y", layer.Forward(input), folded.Forward(input))).Require(2e-5);
        Assert.Contains(layer.StateDict(), state => state.Name.EndsWith("running_var", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("SCDown", "c1=256 c2=512", 137_728)]
    [InlineData("RepVGGDW", "c=32", 32 * 62)]
    [InlineData("CIB", "c1=64 c2=64 e=1", 19_584)]
    [InlineData("CIB", "c1=64 c2=64 e=1 lk=true", 26_112)]
    [InlineData("PSA", "c1=512", 990_976)]
    public void ParameterCounts_AreThePublishedOnes(string block, string arguments, long expected)
    {
        using Layer layer = YoloV10Block.Create(block, Parse(arguments));
        Assert.Equal(expected, layer.ParameterCount);
    }

    [Fact]
    public void ConvolutionsOfTheDownsampling_AreEightTimesSmallerThanAPlainOne()
    {
        using Layer layer = YoloV10Block.Create("SCDown", Parse("c1=256 c2=512"));
        long[] sizes = [.. layer.Parameters().Where(entry => entry.Name.EndsWith("conv.weight", StringComparison.Ordinal)).Select(entry => entry.Parameter.Value.Count)];
        Assert.Equal([131_072L, 4_608L], sizes);
    }

    [Theory]
    [InlineData("C2fCIP", "c1=8", "Did you mean 'C2fCIB'?")]
    [InlineData("CIB", "c1=8 c2=8 kernel=7", "It has c1, c2, shortcut, e, lk.")]
    [InlineData("CIB", "c1=8", "Add c2=NUMBER.")]
    [InlineData("PSA", "c1=64", "Choose a larger model.width or model.max_channels.")]
    public void WrongBlocksAndArguments_AreRefusedWithAHint(string block, string arguments, string hint)
        => Assert.Equal(hint, Assert.Throws<GraftException>(() => YoloV10Block.Create(block, Parse(arguments))).Hint);

    private static WeightFile Open(string golden) => WeightFile.Open(Golden.PathOf("yolov10", "blocks", golden + ".npz"));

    private static Layer Make(WeightFile file, string block, string arguments)
    {
        Layer layer = YoloV10Block.Create(block, Parse(arguments));
        Weights.Load(layer, file.Entries.Where(entry => entry.Name.StartsWith("w.", StringComparison.Ordinal)), name => name["w.".Length..]);
        return layer;
    }

    private static Dictionary<string, string> Parse(string arguments)
        => arguments.Split(' ').Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
}
