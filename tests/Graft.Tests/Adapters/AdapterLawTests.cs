using Graft.Adapters;
using Graft.Detectors;
using Graft.Models.YoloWorld;
using Graft.Runs;
using Graft.Testing;
using Graft.Tests.Rewriting;
using Graft.Torch;
using Graft.Torch.Layers;
using Graft.Torch.Optimizers;

namespace Graft.Tests.Adapters;

/// <summary>Properties of every adapter on every geometry.</summary>
public class AdapterLawTests
{
    public static TheoryData<AdapterCase> Cases => AdapterCase.All;

    [Theory]
    [MemberData(nameof(Cases))]
    public void NewAdapter_ChangesNothing(AdapterCase given)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        using Adapter adapter = given.Options.Create(given.Channels);
        Tensor x = given.Input();
        Assert.True(adapter.IsInert);
        Assert.Equal(x.ToSingles(), adapter.Forward(x).ToSingles());
        adapter.Train();
        Assert.Equal(x.ToSingles(), adapter.Forward(x).ToSingles());
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Training_ComputesTheSame_UnlessStatisticsOrDropoutDiffer(AdapterCase given)
    {
        if (given.Kind is not ("rep_mona" or "true_mona" or "true_mona_v2") || given.Settings.Contains("use_layer_norm=false"))
        {
            return;
        }

        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        AdapterOptions options = given.Options;
        using Adapter adapter = (options is TrueMonaBaseOptions mona ? mona with { Dropout = 0 } : options).Create(given.Channels);
        AdapterCase.Scatter(adapter, 5);
        adapter.To(DType.Double);
        Tensor x = given.Input().To(DType.Double), plain = adapter.Forward(x);
        adapter.Train();
        Assert.True(RandomNetworks.Difference(plain, adapter.Forward(x)) < 1e-12);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void OnlyItsOwnParameters_Learn(AdapterCase given)
    {
        using TensorScope scope = TensorScope.Begin();
        using AdapterCase.Host host = new(given.Channels);
        Tensor x = given.Input(), target = Tensor.RandN(given.Batch, 4, given.Height, given.Width);
        AttachedAdapters attached = host.Plan(new TuningOptions { Adapters = [given.Options] }, x).Apply();
        Adapter adapter = attached.Adapters[0].Adapter;
        Dictionary<string, double[]> before = host.StateDict().ToDictionary(entry => entry.Name, entry => entry.Value.ToDoubles());
        using AdamW optimizer = new(attached.Groups);
        host.Train();
        for (int step = 0; step < 3; step++)
        {
            (host.Forward(x) - target).Square().Sum().Backward();
            optimizer.Step(1e-2, 0.1);
            optimizer.ZeroGrad();
        }

        string[] changed = [.. host.StateDict().Where(entry => !entry.Value.ToDoubles().SequenceEqual(before[entry.Name]))
            .Select(entry => entry.Name)];
        Assert.All(changed, name => Assert.StartsWith("adapters.only.", name));
        // Experts that are not chosen and units that ReLU zeroes may stay unchanged; everything else must have changed.
        IEnumerable<string> still = adapter.StateDict().Select(entry => "adapters.only." + entry.Name).Except(changed);
        Assert.DoesNotContain(still, name => !name.Contains(".experts.") && !name.Contains(".se.fc1."));
        Assert.False(adapter.IsInert);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void SavedAndLoaded_IsTheSame(AdapterCase given)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        using TemporaryFolder folder = new();
        using AdapterCase.Host trained = new(given.Channels), fresh = new(given.Channels);
        Tensor x = given.Input();
        AttachedAdapters attached = trained.Plan(new TuningOptions { Adapters = [given.Options] }, x).Apply();
        AdapterCase.Scatter(attached.Adapters[0].Adapter, 7);
        float[] plain = fresh.Forward(x).ToSingles(), expected = trained.Forward(x).ToSingles();
        AdapterFile.Save(folder.At("one.safetensors"), attached);
        using AdapterSet set = new(fresh);
        set.Load("one", folder.At("one.safetensors"));
        set.Use("one");
        Assert.Equal(expected, fresh.Forward(x).ToSingles());
        Assert.NotEqual(plain, expected);
        set.Use("one", strength: 0);
        Assert.Equal(plain, fresh.Forward(x).ToSingles());
        set.Use(null);
        Assert.Equal(plain, fresh.Forward(x).ToSingles());
    }

    [Theory]
    [InlineData("phase2_dense_lora_v1")]
    [InlineData("phase1_option2_strategy_b")]
    [InlineData("phase2_step5_2_true_mona")]
    [InlineData("phase2_step4_2_rep_mona")]
    [InlineData("phase2_step5_moe_mona_v2")]
    public void AttachedToAWholeDetector_ChangesNothing(string strategy)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        using YoloWorld model = new(new YoloWorldOptions { WidenFactor = 0.125, DeepenFactor = 0.33, TextDim = 32 });
        Tensor image = Tensor.Rand(1, 3, 64, 96), text = Tensor.RandN(1, 3, 32);
        float[][] before = Outputs(), after;
        AttachedAdapters attached = Tuning.Plan(model, StrategyTests.Read(strategy).Tuning!).Apply();
        after = Outputs();
        Assert.Equal(before.Length, after.Length);
        Assert.All(before.Zip(after), pair => Assert.Equal(pair.First, pair.Second));
        attached.Adapters.ToList().ForEach(planned => AdapterCase.Scatter(planned.Adapter, 5));
        Assert.NotEqual(before[0], Outputs()[0]);
        attached.Detach();
        Assert.All(before.Zip(Outputs()), pair => Assert.Equal(pair.First, pair.Second));
        Assert.DoesNotContain(model.StateDict(), entry => entry.Name.Contains("adapters"));

        float[][] Outputs()
        {
            RawDetections raw = model.Forward(image, text);
            return [.. raw.Logits.Concat(raw.Distributions).Select(map => map.ToSingles())];
        }
    }

    [Fact]
    public void TrueMonaWithRandomUp_ChangesTheOutputAsTheOriginalDoes()
    {
        using TensorScope scope = TensorScope.Begin();
        using Adapter adapter = AdapterOptions.Parse("TrueMoNAAdapter", "random_up=true").Create(16);
        Tensor x = Tensor.RandN(1, 16, 5, 5);
        Assert.False(adapter.IsInert);
        Assert.NotEqual(x.ToSingles(), adapter.Forward(x).ToSingles());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Experts_AreMixedByTheFormulaOncePerImage(int top)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        AdapterOptions options = AdapterOptions.Parse("moe_rep_mona_v2", $"top_k={top}", "temperature=0.5");
        using MoeRepMonaAdapter adapter = (MoeRepMonaAdapter)options.Create(10);
        AdapterCase.Scatter(adapter, 4);
        Tensor x = Tensor.RandN(3, 10, 6, 4);
        float[] together = adapter.Forward(x).ToSingles();
        float[] alone = [.. Enumerable.Range(0, 3).SelectMany(i => adapter.Forward(x.Narrow(0, i, 1)).ToSingles())];
        Assert.Equal(together.Length, alone.Length);
        Assert.True(together.Zip(alone, (a, b) => Math.Abs(a - b)).Max() < 1e-5);

        Tensor pooled = (x.GroupNorm(1, adapter.Norm.Weight.Value, adapter.Norm.Bias.Value, 1e-5) * adapter.Scale1.Value).Mean([2, 3]);
        double[] features = pooled.ToDoubles();
        double[] weight = adapter.Router.Weight.Value.ToDoubles(), bias = adapter.Router.Bias.Value.ToDoubles();
        (Tensor gates, Tensor probabilities, _) = adapter.Router.Forward(pooled);
        for (int image = 0; image < 3; image++)
        {
            double[] logits = [.. Enumerable.Range(0, 3).Select(
                e => (bias[e] + Enumerable.Range(0, 10).Sum(c => weight[(10 * e) + c] * features[(10 * image) + c])) / 0.5)];
            double sum = logits.Sum(Math.Exp);
            double[] share = [.. logits.Select(logit => Math.Exp(logit) / sum)];
            int[] kept = [.. Enumerable.Range(0, 3).OrderByDescending(e => share[e]).Take(top)];
            double total = top == 1 ? 1 : kept.Sum(e => share[e]);
            for (int expert = 0; expert < 3; expert++)
            {
                Assert.Equal(share[expert], probabilities.ToDoubles()[(3 * image) + expert], 1e-5);
                Assert.Equal(kept.Contains(expert) ? share[expert] / total : 0, gates.ToDoubles()[(3 * image) + expert], 1e-5);
            }
        }
    }

    [Fact]
    public void EqualProbabilities_GoToTheEarlierExperts()
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        using MoeRepMonaAdapter adapter = (MoeRepMonaAdapter)AdapterOptions.Parse("moe_rep_mona_v2").Create(8);
        (Tensor gates, _, Tensor chosen) = adapter.Router.Forward(Tensor.Zeros(2, 8));
        Assert.Equal([1, 1, 0, 1, 1, 0], chosen.ToDoubles());
        Assert.Equal([0.5, 0.5, 0, 0.5, 0.5, 0], gates.ToDoubles());
        adapter.Train();
        adapter.Forward(Tensor.Zeros(2, 8, 4, 4));
        Assert.Equal([2L, 2L, 0L], adapter.Usage);
        Assert.Equal(1, adapter.TakeBalance()!.ToDouble(), 1e-5);
        Assert.Null(adapter.TakeBalance());
    }

    [Fact]
    public void AdditionalLosses_AreTheMeanOverTheAdaptersThatHaveOne_Once()
    {
        using TensorScope scope = TensorScope.Begin();
        using YoloWorldDetector detector = new(RandomNetworks.World(type: DType.Float), Vocabulary.StandIn(["scratch", "dent", "stain", "crack", "hole"], 24));
        TuningOptions tuning = new()
        {
            Adapters =
            [
                new MoeRepMonaV2Options { At = ["neck.out"], Rank = 4, LoadBalanceWeight = 0.5 },
                new MoeRepMonaV2Options { At = ["neck.reduce"], Rank = 4, LoadBalanceWeight = 0 },
                new LoraOptions { At = ["head.reg"], Rank = 2 },
            ],
        };
        using AdapterPlan plan = Tuning.Plan(detector, tuning);
        AttachedAdapters attached = plan.Apply();
        AdaptedDetector adapted = new(detector, attached);
        Assert.Empty(attached.TakeLosses());
        adapted.Network.Train();
        Tensor images = Tensor.Rand(2, 3, 64, 64);
        Targets targets = new(2, [new(0, 1, 4, 4, 30, 30)]);
        double plain = detector.ComputeLoss(images, targets).Total.ToDouble();
        Losses losses = adapted.ComputeLoss(images, targets);
        (string name, Tensor balance) = losses.Items[^1];
        Assert.Equal("balance_loss", name);
        Assert.InRange(balance.ToDouble(), 0.5 * 0.9, 0.5 * 3.1);
        Assert.Equal(plain + balance.ToDouble(), losses.Total.ToDouble(), plain * 1e-4);
        Assert.Empty(attached.TakeLosses());
    }
}
