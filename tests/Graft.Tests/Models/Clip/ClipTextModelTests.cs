using Graft.Models.Clip;
using Graft.Text;
using Graft.Torch;

namespace Graft.Tests.Models.Clip;

public sealed class ClipTextModelTests
{
    private static readonly ClipTextOptions Tiny = new()
    {
        VocabularySize = 60,
        Positions = 20,
        Width = 24,
        Layers = 3,
        Heads = 3,
        MlpWidth = 40,
        ProjectionWidth = 10,
    };

    [Fact]
    public void Forward_FollowsThePublishedFormulas()
    {
        using TensorScope scope = TensorScope.Begin();
        using ClipTextModel model = Random(Tiny, seed: 3);
        ClipTextReference reference = new(Tiny, model.StateDict().ToDictionary(entry => entry.Name, entry => entry.Value.ToDoubles()));
        long[][] prompts = [[58, 7, 3, 30, 59], [58, 59], [58, 12, 44, 44, 0, 57, 21, 9, 8, 33, 59]];
        double[] found = Forward(model, prompts);
        for (int row = 0; row < prompts.Length; row++)
        {
            double[] expected = reference.Embed(prompts[row]);
            for (int i = 0; i < expected.Length; i++)
            {
                Assert.Equal(expected[i], found[row * expected.Length + i], 2e-6);
            }
        }
    }

    [Fact]
    public void Padding_NeverChangesAnEmbedding()
    {
        using TensorScope scope = TensorScope.Begin();
        using ClipTextModel model = Random(Tiny, seed: 4);
        double[] alone = Forward(model, [[58, 7, 3, 59]]);
        double[] padded = Forward(model, [[58, 7, 3, 59, 59, 59, 59, 59, 59, 59, 59, 59, 59, 59, 59, 59, 59, 59, 59, 59]]);
        double[] otherPadding = Forward(model, [[58, 7, 3, 59, 0, 0, 11]]);
        for (int i = 0; i < alone.Length; i++)
        {
            Assert.Equal(alone[i], padded[i], 1e-6);
            Assert.Equal(alone[i], otherPadding[i], 1e-6);
        }
    }

    [Fact]
    public void LaterTokens_HaveNoInfluenceOnEarlierStates()
    {
        using TensorScope scope = TensorScope.Begin();
        using ClipTextModel model = Random(Tiny, seed: 5);
        using NoGrad off = NoGrad.Begin();
        double[] first = model.HiddenStates(Tensor.From(new long[] { 58, 7, 3, 30 }, 1, 4)).ToDoubles();
        double[] second = model.HiddenStates(Tensor.From(new long[] { 58, 7, 3, 31 }, 1, 4)).ToDoubles();
        Assert.Equal(first[..(3 * 24)], second[..(3 * 24)]);
        Assert.NotEqual(first[(3 * 24)..], second[(3 * 24)..]);
    }

    [Fact]
    public void PublishedSizes_HaveTheirParameterCounts()
    {
        using ClipTextModel model = new(ClipTextOptions.Base);
        Assert.Equal(63_428_096, model.ParameterCount);
        (string Name, long[] Shape)[] state = [.. model.StateDict().Select(entry => (entry.Name, entry.Value.Shape))];
        Assert.Equal(2 + 12 * 16 + 2 + 1, state.Length);
        Assert.Contains(state, s => s.Name == "text_model.encoder.layers.11.self_attn.out_proj.bias" && s.Shape is [512]);
        Assert.Contains(state, s => s.Name == "text_model.encoder.layers.0.mlp.fc1.weight" && s.Shape is [2048, 512]);
        Assert.Contains(state, s => s.Name == "text_projection.weight" && s.Shape is [512, 512]);
        Assert.Equal("text_model.embeddings.token_embedding.weight", state[0].Name);
    }

    [Fact]
    public void TooManyTokens_AreADataError()
    {
        using ClipTextModel model = new(Tiny);
        Assert.Equal(Failure.Data, Assert.Throws<GraftException>(() => Forward(model, [new long[21]])).Failure);
    }

    internal static ClipTextModel Random(ClipTextOptions options, ulong seed)
    {
        TorchRuntime.Seed(seed);
        ClipTextModel model = new(options);
        using NoGrad off = NoGrad.Begin();
        foreach ((string name, Graft.Torch.Layers.Parameter parameter) in model.Parameters())
        {
            parameter.Value.FillNormal(name.Contains("norm", StringComparison.Ordinal) ? 0.5 : 0, 0.3);
        }

        return model;
    }

    private static double[] Forward(ClipTextModel model, long[][] prompts)
    {
        using NoGrad off = NoGrad.Begin();
        using TensorScope scope = TensorScope.Begin();
        return model.Forward(TokenTable.Pad([.. prompts.Select(p => p.Select(id => (int)id).ToArray())], 59)).ToDoubles();
    }
}
