using System.Reflection;
using Graft.Configuration;
using Graft.Runs;
using Graft.Training;

namespace Graft.Tests.Configuration;

/// <summary>Numbers of settings: format and range are checked when they are read, for YAML and the command line alike.</summary>
public sealed class SettingRangeTests
{
    [Fact]
    public void EveryNumberOfARun_HasARange()
    {
        List<string> open = [];
        Walk(typeof(RunConfig), "", open, []);
        Assert.Equal("", string.Join("\n", open));
    }

    [Theory]
    [InlineData("predict.score_threshold=3", "predict.score_threshold is 3, expected 0 to 1.")]
    [InlineData("predict.score_threshold=0,3", "predict.score_threshold is '0,3', expected a number, 0 to 1.")]
    [InlineData("predict.iou_threshold=-0.1", "predict.iou_threshold is -0.1, expected 0 to 1.")]
    [InlineData("train.lr=-1", "train.lr is -1, expected 0 to 10.")]
    [InlineData("train.lr=nan", "train.lr is 'nan', expected a number")]
    [InlineData("train.lr=NaN", "train.lr is 'NaN', expected a number")]
    [InlineData("train.lr=.inf", "train.lr is '.inf', expected a number")]
    [InlineData("train.lr=1e999", "train.lr is '1e999', expected a number")]
    [InlineData("train.lr=0x10", "train.lr is '0x10', expected a number")]
    [InlineData("train.epochs=0", "train.epochs is 0, expected 1 to 100000.")]
    [InlineData("train.epochs=1.5", "train.epochs is '1.5', expected a whole number, 1 to 100000.")]
    [InlineData("train.batch=0", "train.batch is 0, expected 1 to 4096.")]
    [InlineData("train.imgsz=33", "train.imgsz is 33, expected a multiple of 32 from 32 to 8192.")]
    [InlineData("train.imgsz=0", "train.imgsz is 0, expected a multiple of 32 from 32 to 8192.")]
    [InlineData("train.workers=-1", "train.workers is -1, expected 0 to 256.")]
    [InlineData("train.mosaic=2", "train.mosaic is 2, expected 0 to 1.")]
    [InlineData("train.hsv_h=1.5", "train.hsv_h is 1.5, expected 0 to 1.")]
    [InlineData("train.momentum=1.5", "train.momentum is 1.5, expected 0 to 1.")]
    [InlineData("train.ema_momentum=-1", "train.ema_momentum is -1, expected 0 to 1.")]
    [InlineData("train.patience=-1", "train.patience is -1, expected 0 to 100000.")]
    [InlineData("train.seed=-1", "train.seed is -1, expected 0 or more.")]
    [InlineData("model.widen_factor=0", "model.widen_factor is 0, expected 0.03 to 4.")]
    [InlineData("model.neck_num_heads=[0,1,1]", "model.neck_num_heads.0 is 0, expected 1 to 256.")]
    [InlineData("model.embed_dims=-5", "model.embed_dims is -5, expected 1 to 8192.")]
    public void WrongNumbers_AreRefused_WithTheKeyAndTheRange(string assignment, string message)
    {
        GraftException error = Assert.Throws<GraftException>(() => ConfigFile.Defaults<RunConfig>(assignment));
        Assert.Equal(Failure.Usage, error.Failure);
        Assert.Contains($"command line: {message}", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("train.lr=0,3", "Write 0.3.")]
    [InlineData("train.mosaic=50%", "Write 0.5.")]
    [InlineData("train.epochs=1e2", "Write 100.")]
    [InlineData("train.imgsz=650", "Use 640 or 672.")]
    public void Hint_SaysWhatToWrite(string assignment, string hint)
        => Assert.Equal(hint, Assert.Throws<GraftException>(() => ConfigFile.Defaults<RunConfig>(assignment)).Hint);

    [Fact]
    public void NumbersOfAFile_AreNamedWithFileAndLine()
    {
        GraftException error = Assert.Throws<GraftException>(() => ConfigFile.Parse<RunConfig>("train:\n  epochs: 5\n  mosaic: 2\n", "own.yaml"));
        Assert.Equal("own.yaml:3: train.mosaic is 2, expected 0 to 1.", error.Message);
    }

    [Fact]
    public void RemovedSetting_IsIgnoredWhereItChangesNothing_AndRefusedOtherwise()
    {
        Assert.Equal(5, ConfigFile.Parse<Later>("old: false\nepochs: 5", "args.yaml").Value.Epochs);
        Assert.DoesNotContain("old", ConfigWriter.ToYaml(new Later()), StringComparison.Ordinal);
        GraftException error = Assert.Throws<GraftException>(() => ConfigFile.Defaults<Later>("old=true"));
        Assert.Equal("command line: old: it is not available.", error.Message);
        Assert.Equal("Leave it out.", error.Hint);
    }

    private static void Walk(Type type, string path, List<string> open, HashSet<Type> seen)
    {
        foreach (Type form in ConfigSchema.Kinds(type).Select(kind => kind.Type).Append(type).Where(form => seen.Add(form)))
        {
            foreach ((string key, PropertyInfo property) in ConfigSchema.Properties(form))
            {
                Type of = ConfigSchema.ElementOf(property.PropertyType) ?? ConfigSchema.ValueOf(property.PropertyType) ?? property.PropertyType;
                of = Nullable.GetUnderlyingType(of) ?? of;
                if (!ConfigSchema.IsScalar(of))
                {
                    Walk(of, $"{path}{key}.", open, seen);
                }
                else if ((ConfigNumbers.IsReal(of) || ConfigNumbers.IsWhole(of)) && ConfigSchema.RangeOf(property) is null)
                {
                    open.Add($"{form.Name}: {path}{key}");
                }
            }
        }
    }

    /// <summary>Settings of a later version, without one that an earlier version had.</summary>
    [RemovedSetting("old", "false", "it is not available")]
    private sealed record Later
    {
        public int Epochs { get; init; }
    }
}
