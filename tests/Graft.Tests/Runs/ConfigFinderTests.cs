using Graft.Runs;

namespace Graft.Tests.Runs;

public class ConfigFinderTests
{
    [Fact]
    public void EveryConfiguration_IsDescribedInItsFirstLine()
    {
        Assert.True(ConfigFinder.List().Count > 40);
        Assert.All(ConfigFinder.List(), path => Assert.True(ConfigFinder.Describe(path).Length > 20, path));
    }

    [Fact]
    public void EveryShortName_IsFound()
        => Assert.All(ConfigFinder.List(), path => Assert.EndsWith(path, ConfigFinder.Resolve(ConfigFinder.ShortName(path)), StringComparison.Ordinal));

    [Theory]
    [InlineData("v2_s", "yolo_world/v2_s")]
    [InlineData("v2_s.yaml", "yolo_world/v2_s")]
    [InlineData("adapt", "start/adapt")]
    [InlineData("start/scratch", "start/scratch")]
    [InlineData("tta_mvtec", "adapter/tuning/tta_mvtec")]
    public void NameWithoutItsFolder_IsFound(string name, string expected)
        => Assert.EndsWith($"configs/{expected}.yaml", ConfigFinder.Resolve(name).Replace('\\', '/'), StringComparison.Ordinal);

    [Fact]
    public void Folder_IsRefusedAsAFolder_AndARunNamesItsConfiguration()
    {
        using TemporaryFolder folder = new();
        Assert.Contains("is a folder", Assert.Throws<GraftException>(() => ConfigFinder.Resolve(folder.Path)).Message, StringComparison.Ordinal);
        folder.Write("args.yaml", "");
        Assert.Contains("args.yaml", Assert.Throws<GraftException>(() => ConfigFinder.Resolve(folder.Path)).Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void ProgramsOutsideTheRepository_FindThemBesideTheProgram()
    {
        using TemporaryFolder folder = new();
        string configs = Path.Combine(folder.Path, "configs");
        folder.Write(Path.Combine("configs", "start", "adapt.yaml"), "");
        Assert.Equal(configs, ConfigFinder.Find(folder.Path));
        Assert.True(File.Exists(Path.Combine(AppContext.BaseDirectory, "configs", "start", "adapt.yaml")));
        Assert.NotEqual(Path.Combine(AppContext.BaseDirectory, "configs"), ConfigFinder.Folder);
    }

    [Fact]
    public void NameOfSeveral_IsRefusedWithTheList()
    {
        GraftException refused = Assert.Throws<GraftException>(() => ConfigFinder.Resolve("scratch"));
        Assert.Equal(Failure.Usage, refused.Failure);
        Assert.Contains("boards/scratch, start/scratch", refused.Message, StringComparison.Ordinal);
        Assert.Contains("v2_", Assert.Throws<GraftException>(() => ConfigFinder.Resolve("yolo_world/v2_q")).Hint, StringComparison.Ordinal);
    }
}
