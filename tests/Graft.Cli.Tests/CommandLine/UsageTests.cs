namespace Graft.Cli.Tests.CommandLine;

public class UsageTests
{
    [Theory]
    [InlineData("trian", "Did you mean 'graft train'?")]
    [InlineData("train yolo_world/v2_n --epcohs 3", "Did you mean --epochs?")]
    [InlineData("config show yolo_world/v2_n train.epocs=3", "train.epochs")]
    [InlineData("inspect yolo_world/v2_k", "v2_")]
    [InlineData("bench infer yolo_world/v2_n --device cuda:0", "cuda:0")]
    public void Mistakes_AreNamedWithASuggestion_AndEndWithTwo(string line, string expected)
    {
        GraftCli.Result result = GraftCli.Run(line.Split(' '));
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(expected, result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("yolo_world/v2_n", 3_695_167, 3_695_167)]
    [InlineData("adapter/phase2_dense_lora_v1", 47_098_274, 266_240)]
    public void Inspect_CountsParameters(string config, long total, long trainable)
    {
        GraftCli.Result result = GraftCli.Run("inspect", config, "--json");
        Assert.Equal(0, result.ExitCode);
        Assert.Equal(total, result.Json.GetProperty("total").GetInt64());
        Assert.Equal(trainable, result.Json.GetProperty("trainable").GetInt64());
        Assert.Equal(total + 63_428_096, result.Json.GetProperty("total_with_text").GetInt64());
    }

    [Fact]
    public void MissingWeights_EndWithFour_AndUnreadableImages_WithThree()
    {
        using TemporaryFolder folder = new();
        string broken = folder.Write("broken.safetensors", "not a weight file");
        Assert.Equal(4, GraftCli.Run("inspect", broken).ExitCode);
        Assert.Equal(4, GraftCli.Run("predict", broken, "x.png").ExitCode);
    }
}
