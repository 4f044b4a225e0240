using Graft.Runs;

namespace Graft.Tests.Adapters;

/// <summary>What a tuning section says about itself.</summary>
public sealed class TuningOptionsTests
{
    [Theory]
    [InlineData("adapter/vfm_v1_l_mvtec", "every weight")]
    [InlineData("adapter/selective_finetuning_v1", "every weight but backbone")]
    [InlineData("adapt/neck_and_head", "lora at neck.** and bbox_head unfrozen")]
    [InlineData("adapter/phase2_option1_strategy_b", "bottleneck at backbone.stage4, bottleneck at neck.{top_down,bottom_up}.*, head.**, backbone.image_model.stage4 unfrozen and bbox_head.head_module.{cls_preds,reg_preds}.2 unfrozen")]
    [InlineData("boards/prompt_tuning", "learned prompts")]
    public void Description_SaysWhatIsTrained(string config, string text)
        => Assert.Equal(text, ConfigFinder.Load(config, []).Value.Tuning!.Description);
}
