using Graft.Configuration;

namespace Graft.Tests.Configuration;

[SideBySide]
public sealed class ConfigFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Keys_BecomeProperties()
    {
        SampleConfig config = Load("""
            model:
              widen_factor: 0.25
              last_stage_out_channels: 512
              heads: [2, 4]
              name: "null"
            train: { lr: 1e-3, amp: true, fit: stretch, patience: null }
            rates: { neck.out: 0.1, head: 2 }
            """).Value;
        Assert.Equal(0.25, config.Model.WidenFactor);
        Assert.Equal(512, config.Model.LastStageOutChannels);
        Assert.Equal([2, 4], config.Model.Heads);
        Assert.Equal("null", config.Model.Name);
        Assert.Equal(1e-3, config.Train.Lr);
        Assert.True(config.Train.Amp);
        Assert.Equal(SampleFit.Stretch, config.Train.Fit);
        Assert.Null(config.Train.Patience);
        Assert.Equal(0.1, config.Rates["neck.out"]);
        Assert.Equal(2, config.Rates["head"]);
    }

    [Fact]
    public void ManyMistakes_EndAtTen_AndMergeKeysAreNamed()
    {
        string wrong = "train:\n" + string.Concat(Enumerable.Range(0, 30).Select(number => $"  nonsense{number}: 1\n"));
        GraftException error = Assert.Throws<GraftException>(() => Load(wrong));
        Assert.Matches("and 2[0-9] more\\.$", error.Message);
        Assert.Equal(11, error.Message.Split('\n').Length);
        Assert.Single(System.Text.RegularExpressions.Regex.Matches(error.Message, "Known here"));
        error = Assert.Throws<GraftException>(() => Load("train:\n  <<: { lr: 1 }\n"));
        Assert.Contains("merge keys are not read", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void GroupThatIsGivenPartly_KeepsTheDefaultsOfItsProperty()
    {
        SampleConfig config = Load("model: { widen_factor: 1 }\ntrain: { lr: 0.5 }").Value;
        Assert.Equal(7, config.Train.Epochs);
        Assert.Equal(0.5, config.Train.Lr);
    }

    [Fact]
    public void Bases_MergeGroupsAndReplaceTheRest()
    {
        _folder.Write("models/small.yaml", "model: { widen_factor: 0.5, heads: [1, 2, 3] }\ntrain: { epochs: 3 }");
        _folder.Write("schedules/short.yaml", "train: { epochs: 5, lr: 0.1 }");
        Config<SampleConfig> config = Load("""
            _base_: [../models/small.yaml, ../schedules/short.yaml]
            model:
              heads: [9]
            """, "recipes/mine.yaml");
        Assert.Equal(0.5, config.Value.Model.WidenFactor);
        Assert.Equal([9], config.Value.Model.Heads);
        Assert.Equal(5, config.Value.Train.Epochs);
        Assert.Equal($"{_folder.At("models", "small.yaml")}:1", config.OriginOf("model.widen_factor").ToString());
        Assert.Equal($"{_folder.At("recipes", "mine.yaml")}:3", config.OriginOf("model.heads").ToString());
        Assert.Equal(["small.yaml", "short.yaml", "mine.yaml"], config.Files.Select(Path.GetFileName));
        Assert.Equal(_folder.At("schedules"), config.OriginOf("train.lr").Folder);
    }

    [Fact]
    public void BaseOfABase_IsFound()
    {
        _folder.Write("a/b/deep.yaml", "model: { widen_factor: 2 }");
        _folder.Write("a/middle.yaml", "_base_: b/deep.yaml\ntrain: { epochs: 9 }");
        SampleConfig config = Load("_base_: a/middle.yaml").Value;
        Assert.Equal(2, config.Model.WidenFactor);
        Assert.Equal(9, config.Train.Epochs);
    }

    [Fact]
    public void CircularBases_AreAnError()
    {
        _folder.Write("a.yaml", "_base_: b.yaml");
        _folder.Write("b.yaml", "_base_: a.yaml");
        GraftException error = Assert.Throws<GraftException>(() => ConfigFile.Load<SampleConfig>(_folder.At("a.yaml")));
        Assert.Contains("is its own base", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MissingBase_IsNamedWithTheLineThatAsksForIt()
    {
        GraftException error = Fails("\n_base_: nowhere.yaml");
        Assert.Contains("config.yaml:2: the base 'nowhere.yaml' does not exist", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Overrides_WinAndAreRemembered()
    {
        Config<SampleConfig> config = Load(
            "model: { widen_factor: 1, heads: [1, 2] }\ntrain: { epochs: 3 }",
            overrides: ["train.epochs=40", "model.heads.1=5", "train.classes=open,short", "rates.\"neck.out\"=0.5"]);
        Assert.Equal(40, config.Value.Train.Epochs);
        Assert.Equal([1, 5], config.Value.Model.Heads);
        Assert.Equal(["open", "short"], config.Value.Train.Classes);
        Assert.Equal(0.5, config.Value.Rates["neck.out"]);
        Assert.Equal(ConfigOrigin.CommandLine, config.OriginOf("train.epochs"));
        Assert.Equal(ConfigOrigin.Default, config.OriginOf("train.lr"));
    }

    [Fact]
    public void Kind_PicksTheRecord()
    {
        SampleConfig config = Load("""
            model: { widen_factor: 1 }
            adapter: { kind: lora, rank: 4, targets: ["neck.*"] }
            adapters:
              - kind: mona
                hidden_dim: 32
              - { kind: lora }
            """).Value;
        Assert.Equal(4, Assert.IsType<SampleLora>(config.Adapter).Rank);
        Assert.Equal(["neck.*"], config.Adapter.Targets);
        Assert.Equal(32, Assert.IsType<SampleMona>(config.Adapters[0]).HiddenDim);
        Assert.Equal(8, Assert.IsType<SampleLora>(config.Adapters[1]).Rank);
    }

    [Fact]
    public void AnotherKind_ReplacesTheGroupOfTheBase()
    {
        _folder.Write("base.yaml", "model: { widen_factor: 1 }\nadapter: { kind: lora, rank: 4 }");
        Assert.IsType<SampleMona>(Load("_base_: base.yaml\nadapter: { kind: mona }").Value.Adapter);
        SampleConfig overridden = Load("_base_: base.yaml", overrides: ["adapter.hidden_dim=16", "adapter.kind=mona"]).Value;
        Assert.Equal(16, Assert.IsType<SampleMona>(overridden.Adapter).HiddenDim);
        Assert.Equal(16, Assert.IsType<SampleLora>(Load("_base_: base.yaml", overrides: ["adapter.rank=16"]).Value.Adapter).Rank);
        Assert.Null(Load("_base_: base.yaml\nadapter: null").Value.Adapter);
    }

    [Theory]
    [InlineData("model: { widen_factor: 1 }\ntrain:\n  learnin_rate: 1\n  epocs: 3", "config.yaml:4: there is no setting 'train.epocs'.", "Did you mean 'train.epochs'?")]
    [InlineData("model: { widen_factor: 1 }\nepochs: 3", "config.yaml:2: there is no setting 'epochs'.", "Did you mean 'train.epochs'?")]
    [InlineData("model: { widen_factor: wide }", "config.yaml:1: model.widen_factor is 'wide', expected a number.", "")]
    [InlineData("model: { widen_factor: }", "model.widen_factor is empty, expected a number.", "")]
    [InlineData("model: { name: x }", "the setting 'model.widen_factor' is missing", "")]
    [InlineData("train: { epochs: 5 }", "the setting 'model' is missing", "")]
    [InlineData("model: { widen_factor: 1 }\ntrain: { epochs: 0 }", "config.yaml:2: train.epochs is 0, expected 1 to 1000.", "")]
    [InlineData("model: { widen_factor: 1 }\ntrain: { lr: 0 }", "train.lr is 0, expected above 0 to 1.", "")]
    [InlineData("model: { widen_factor: 1 }\ntrain: { epochs: 2.5 }", "train.epochs is '2.5', expected a whole number, 1 to 1000.", "")]
    [InlineData("model: { widen_factor: 1 }\ntrain: { fit: strech }", "train.fit is 'strech', expected one of keep_ratio, stretch.", "Did you mean 'stretch'?")]
    [InlineData("model: { widen_factor: 1 }\ntrain: 5", "train is '5', expected a group of keys.", "")]
    [InlineData("model: { widen_factor: 1 }\nadapter: { rank: 3 }", "adapter needs 'kind', one of lora, mona.", "")]
    [InlineData("model: { widen_factor: 1 }\nadapter: { kind: loar }", "adapter.kind is 'loar', expected one of lora, mona.", "Did you mean 'lora'?")]
    [InlineData("model: { widen_factor: 1 }\nadapter: { kind: mona, rank: 3 }", "there is no setting 'adapter.rank'.", "Known here: targets, hidden_dim.")]
    [InlineData("- 1\n- 2", "found a list, expected keys with values.", "")]
    [InlineData("model: { widen_factor: 1", "is not valid YAML", "")]
    [InlineData("model: { widen_factor: 1 }\nmodel: { widen_factor: 2 }", "is not valid YAML", "")]
    public void Mistakes_AreNamedWithFileLineAndSuggestion(string yaml, string message, string hint)
    {
        GraftException error = Fails(yaml);
        Assert.Equal(Failure.Usage, error.Failure);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains(hint, error.Message + error.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void AllMistakes_AreListedAtOnce()
    {
        GraftException error = Fails("model: { widen_factor: x }\ntrain: { epochs: 0, amp: maybe }");
        Assert.Equal(3, error.Message.Split('\n').Length);
    }

    [Theory]
    [InlineData("train.epochs", "is not an override")]
    [InlineData("=5", "is not an override")]
    [InlineData("train..epochs=5", "is not the path of a setting")]
    [InlineData("train.epoch=5", "command line: there is no setting 'train.epoch'.")]
    [InlineData("train.classes=[a", "is not valid YAML")]
    [InlineData("model.heads.7=1", "'7' is not an index of the list at model.heads")]
    public void WrongOverrides_AreErrors(string assignment, string message)
    {
        string path = _folder.Write("config.yaml", "model: { widen_factor: 1, heads: [1] }");
        GraftException error = Assert.Throws<GraftException>(() => ConfigFile.Load<SampleConfig>(path, assignment));
        Assert.Equal(Failure.Usage, error.Failure);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MissingFile_SuggestsItsNeighbour()
    {
        _folder.Write("v2_small.yaml", "");
        GraftException error = Assert.Throws<GraftException>(() => ConfigFile.Load<SampleConfig>(_folder.At("v2_smal.yaml")));
        Assert.Equal("Did you mean 'v2_small.yaml'?", error.Hint);
    }

    [Fact]
    public void ResolvedYaml_ReadsBackTheSame()
    {
        Config<SampleConfig> config = Load("""
            model: { widen_factor: 0.1, name: "a: 'b' # c" }
            adapter: { kind: mona, targets: ["neck.*", "yes", "1.5"] }
            adapters: [{ kind: lora, rank: 3 }, { kind: mona }]
            rates: { neck.out: 1e-7 }
            train: { lr: 0.30000000000000004, fit: stretch }
            """);
        string yaml = config.ToYaml();
        SampleConfig again = ConfigFile.Load<SampleConfig>(_folder.Write("again.yaml", yaml)).Value;
        Assert.Equal(yaml, ConfigWriter.ToYaml(again));
        Assert.Equal(config.Value.Model.Name, again.Model.Name);
        Assert.Equal(["neck.*", "yes", "1.5"], again.Adapter!.Targets);
        Assert.Equal(3, Assert.IsType<SampleLora>(again.Adapters[0]).Rank);
        Assert.Equal(0.30000000000000004, again.Train.Lr);
    }

    [Fact]
    public void Entries_TellValueAndOriginOfEverySetting()
    {
        Config<SampleConfig> config = Load("model: { widen_factor: 1 }\ntrain:\n  epochs: 5", overrides: ["train.amp=true"]);
        Dictionary<string, ConfigEntry> entries = config.Entries().ToDictionary(entry => entry.Path);
        Assert.Equal("5", entries["train.epochs"].Value);
        Assert.EndsWith("config.yaml:3", entries["train.epochs"].Origin.ToString(), StringComparison.Ordinal);
        Assert.Equal("command line", entries["train.amp"].Origin.ToString());
        Assert.Equal("default", entries["train.lr"].Origin.ToString());
        Assert.Equal("[4, 8, 8]", entries["model.heads"].Value);
        Assert.Equal(5, ConfigWriter.ToJson(config.Value)["train"]!["epochs"]!.GetValue<int>());
    }

    [Fact]
    public void Text_IsReadWithOverrides()
    {
        Config<SampleConfig> config = ConfigFile.Parse<SampleConfig>("model: {widen_factor: 1}\ntrain: {epochs: 5}", "kept.yaml", "train.epochs=9", "train.amp=true");
        Assert.Equal((9, true), (config.Value.Train.Epochs, config.Value.Train.Amp));
        Assert.Equal("command line", config.OriginOf("train.epochs").ToString());
        Assert.Equal("kept.yaml:1", config.OriginOf("model.widen_factor").ToString());
        Assert.Contains("command line", Assert.Throws<GraftException>(() => ConfigFile.Parse<SampleConfig>("model: {widen_factor: 1}", "kept.yaml", "train.epochs=0")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("LastStageOutChannels", "last_stage_out_channels")]
    [InlineData("Map50", "map50")]
    [InlineData("UseSE", "use_se")]
    [InlineData("NMSThreshold", "nms_threshold")]
    public void PropertyNames_BecomeSnakeCase(string name, string key) => Assert.Equal(key, ConfigSchema.SnakeCase(name));

    private GraftException Fails(string yaml) => Assert.Throws<GraftException>(() => Load(yaml));

    private Config<SampleConfig> Load(string yaml, string name = "config.yaml", params string[] overrides)
        => ConfigFile.Load<SampleConfig>(_folder.Write(name, yaml), overrides);
}
