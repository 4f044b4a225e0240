using System.Text.Json;
using Graft.Adapters;
using Graft.Configuration;
using Graft.Models.YoloWorld;
using Graft.Runs;
using Graft.Testing;
using Graft.Tests.Models;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Tests.Adapters;

/// <summary>Every strategy file: what it builds on the L model, in both modes.</summary>
public sealed class StrategyTests : IClassFixture<StrategyTests.LargeModel>
{
    private const long Plain = 46_832_034;
    private readonly YoloWorld _model;

    public StrategyTests(LargeModel large) => _model = large.Model;

    [Theory]
    [InlineData("vfm_v1_l_mvtec", 46_832_034, 0)]
    [InlineData("selective_finetuning_v1", 27_023_458, 0)]
    [InlineData("phase1_option1_strategy_a", 430_468, 430_468)]
    [InlineData("phase1_option1_strategy_b", 1_132_269, 1_132_269)]
    [InlineData("phase1_option2_strategy_a", 22_819_952, 22_819_952)]
    [InlineData("phase1_option2_strategy_b", 60_013_548, 60_013_548)]
    [InlineData("phase2_option1_strategy_a", 430_468, 430_468)]
    [InlineData("phase2_option1_strategy_b", 10_683_563, 966_507)]
    [InlineData("phase2_option2_strategy_a", 22_819_952, 22_819_952)]
    [InlineData("phase2_option2_strategy_b", 60_952_388, 51_235_332)]
    [InlineData("phase2_improved_v1", 30_317_180, 23_246_832)]
    [InlineData("phase2_lora_v1", 7_185_036, 114_688)]
    [InlineData("phase2_dense_lora_v1", 266_240, 266_240)]
    [InlineData("phase2_hybrid_v1", 2_504_512, 266_240)]
    [InlineData("phase2_hybrid_aggressive_v1", 20_792_908, 266_240)]
    [InlineData("phase2_step4_1_rep_mona", 2_533_568, 295_296)]
    [InlineData("phase2_step4_2_rep_mona", 2_561_024, 322_752)]
    [InlineData("phase2_step5_1_true_mona", 3_202_560, 964_288)]
    [InlineData("phase2_step5_2_true_mona", 10_836_992, 1_119_936)]
    [InlineData("phase2_step5_3_true_mona", 17_907_340, 1_119_936)]
    [InlineData("phase2_step5_4_true_mona", 21_646_604, 1_119_936)]
    [InlineData("phase2_step5_moe_mona", 6_323_368, 345_832)]
    [InlineData("phase2_step5_moe_mona_v2", 7_818_828, 347_400)]
    [InlineData("tuning/baseline_eval_mvtec", 46_832_034, 0)]
    [InlineData("tuning/tta_mvtec", 27_023_458, 0)]
    public void Counts_MatchTheDescriptionWithItsMistakesCorrected(string name, long trainable, long adapters)
    {
        using TensorScope scope = TensorScope.Begin();
        using AdapterPlan plan = Plan(name);
        Assert.Equal(trainable, plan.Trainable);
        Assert.Equal(adapters, plan.AdapterCount);
        Assert.Equal(Plain + adapters, plan.Total);
    }

    [Fact]
    public void EveryStrategyFile_IsCounted()
    {
        string[] counted = [.. typeof(StrategyTests).GetMethod(nameof(Counts_MatchTheDescriptionWithItsMistakesCorrected))!
            .GetCustomAttributes(typeof(InlineDataAttribute), false).Select(
                data => (string)((InlineDataAttribute)data).GetData(null!).First()[0])];
        string folder = Path.Combine(ConfigFolder, "adapter");
        string[] files = [.. Directory.EnumerateFiles(folder, "*.yaml", SearchOption.AllDirectories)
            .Select(file => Path.ChangeExtension(Path.GetRelativePath(folder, file), null)).Where(name => !name.StartsWith('_'))];
        Assert.Equal(files.Order(), counted.Order());
    }

    public static TheoryData<string> Recorded
    {
        get
        {
            TheoryData<string> names = [];
            if (Shared.Find() is not null)
            {
                names.AddRange([.. Directory.EnumerateFiles(Golden.PathOf("yoloworld", "e_l_scale"), "*_*.json")
                    .Select(file => Path.GetFileNameWithoutExtension(file)).Order()]);
            }
            else
            {
                names.Add("phase2_dense_lora_v1");
            }

            return names;
        }
    }

    [SharedTheory]
    [MemberData(nameof(Recorded))]
    public void AsRun_TrainsWhatTheOriginalReallyTrained(string name)
    {
        using TensorScope scope = TensorScope.Begin();
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(Golden.PathOf("yoloworld", "e_l_scale", name + ".json")));
        JsonElement record = golden.RootElement;
        using AdapterPlan plan = Plan(name, "tuning.as_run=true");
        Assert.Equal(record.GetProperty("image_side_parameters").GetInt64(), plan.Total);
        Assert.Equal(record.GetProperty("adapter_parameters").GetInt64(), plan.AdapterCount);
        Assert.Equal(record.GetProperty("trainable_after_model_train").GetInt64(), plan.Trainable);
        string[] without = [.. record.GetProperty("unfreeze_patterns_without_any_parameter").EnumerateObject()
            .SelectMany(part => part.Value.EnumerateArray()).Select(pattern => pattern.GetString()!)];
        Assert.Equal(without.Select(pattern => "neck." + pattern), plan.WithoutEffect);

        AttachedAdapters attached = plan.Apply();
        try
        {
            _model.Train();
            IEnumerable<string> learning = _model.Parameters().Where(entry => entry.Parameter.Trainable).Select(entry => entry.Name);
            IEnumerable<string> norms = _model.Modules().Where(found => found.Module is BatchNorm2d { Training: true })
                .Select(found => found.Path);
            Assert.Equal(Strings(record, "trainable_names"), learning.Order(StringComparer.Ordinal));
            Assert.Equal(Strings(record, "batchnorm_in_train_mode"), norms.Order(StringComparer.Ordinal));
            Assert.Equal(learning.Order(), attached.Groups.Select(group => group.Name).Order());
        }
        finally
        {
            attached.Detach();
            _model.Unfreeze();
            _model.Train(false);
            foreach (PlannedAdapter planned in attached.Adapters)
            {
                planned.Adapter.Dispose();
            }
        }
    }

    [Fact]
    public void Factors_ReachTheWeightsTheyAreWrittenFor()
    {
        using TensorScope scope = TensorScope.Begin();
        using AdapterPlan plan = Plan("phase2_hybrid_aggressive_v1");
        (double, double) Of(string name)
        {
            Torch.Optimizers.ParameterGroup group = plan.Groups.Single(group => group.Name == name);
            return (group.RateFactor, group.DecayFactor);
        }

        Assert.Equal((0.1, 1), Of("backbone.image_model.stage4.0.conv.weight"));
        Assert.Equal((0.1, 0), Of("backbone.image_model.stage4.0.bn.bias"));
        Assert.Equal((2, 0), Of("backbone.adapters.stage3.lora_B.weight"));
        Assert.Equal((0.5, 1), Of("neck.top_down_layers.1.attn_block.guide_fc.weight"));
        Assert.Equal((1, 0), Of("neck.top_down_layers.1.attn_block.guide_fc.bias"));
        Assert.Equal((0.5, 1), Of("bbox_head.head_module.reg_preds.0.2.weight"));

        using AdapterPlan experts = Plan("phase2_step5_moe_mona");
        Assert.Contains(experts.Groups, group => group is { Name: "neck.out_adapters.1.router.weight", RateFactor: 1, DecayFactor: 0 });
        Assert.Contains(experts.Groups, group => group is { Name: "neck.out_adapters.1.scale_1", RateFactor: 1.4, DecayFactor: 0 });
        Assert.Contains(experts.Groups, group => group is { Name: "neck.out_adapters.1.up_proj.weight", RateFactor: 1.4, DecayFactor: 1 });
    }

    internal static string ConfigFolder => Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(Shared.Golden()))!, "configs");

    internal static RunConfig Read(string name, params string[] overrides)
        => ConfigFile.Load<RunConfig>(Path.Combine(ConfigFolder, "adapter", name + ".yaml"), overrides).Value;

    private static IEnumerable<string> Strings(JsonElement record, string name)
        => record.GetProperty(name).EnumerateArray().Select(item => item.GetString()!).Order(StringComparer.Ordinal);

    private AdapterPlan Plan(string name, params string[] overrides)
    {
        RunConfig config = Read(name, overrides);
        Assert.Equal(_model.Options with { NumClasses = 4 }, config.Model);
        return Tuning.Plan(_model, config.Tuning ?? new TuningOptions { Freeze = [] }, config.Train.DecayNorms);
    }

    /// <summary>One L model for all files: a plan does not change it.</summary>
    public sealed class LargeModel : IDisposable
    {
        public YoloWorld Model { get; } = new(new YoloWorldOptions { WidenFactor = 1, DeepenFactor = 1, LastStageOutChannels = 512 });

        public void Dispose() => Model.Dispose();
    }
}
