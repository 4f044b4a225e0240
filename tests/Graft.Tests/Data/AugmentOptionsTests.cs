using System.Reflection;
using Graft.Configuration;
using Graft.Data;
using Graft.Runs;
using Graft.Training;

namespace Graft.Tests.Data;

/// <summary>Augmentation settings are keys of <c>train</c>, with one default and one range each.</summary>
[SideBySide]
public class AugmentOptionsTests
{
    [Fact]
    public void EverySetting_IsAKeyOfTheConfiguration()
    {
        TrainOptions train = ConfigFile.Parse<RunConfig>(
            """
            train:
              {mosaic: 0.9, scale: 0.4, translate: 0.2, degrees: 10, shear: 3, min_area_ratio: 0.2, fliplr: 0.1, flipud: 0.6, mixup: 0.3,
              hsv_h: 0.01, hsv_s: 0.2, hsv_v: 0.1, filters: 0.05}
            """,
            "own.yaml").Value.Train;
        AugmentOptions expected = new()
        {
            Mosaic = 0.9,
            Scale = 0.4,
            Translate = 0.2,
            Degrees = 10,
            Shear = 3,
            MinAreaRatio = 0.2,
            Fliplr = 0.1,
            Flipud = 0.6,
            Mixup = 0.3,
            HsvH = 0.01,
            HsvS = 0.2,
            HsvV = 0.1,
            Filters = 0.05,
        };
        Assert.All(Settings(), setting => Assert.Equal(setting.GetValue(expected), setting.GetValue(train)));
        Assert.Equal(Settings().Count(), Settings().Count(setting => !Equals(setting.GetValue(expected), setting.GetValue(new AugmentOptions()))));
    }

    [Fact]
    public void RunsOfOlderVersions_HaveTheDefaultsOfToday()
    {
        TrainOptions train = ConfigFile.Parse<RunConfig>("train: {mosaic: 1, fliplr: 0.5, hsv_h: 0.015, close_mosaic: 10, amp: false}", "args.yaml").Value.Train;
        Assert.All(Settings(), setting => Assert.Equal(setting.GetValue(new AugmentOptions()), setting.GetValue(train)));
        Assert.Equal((0.1, 0.01, 0.0), (train.MinAreaRatio, train.Filters, train.Flipud));
    }

    [Theory]
    [InlineData("train.degrees=181", "train.degrees is 181, expected 0 to 180.")]
    [InlineData("train.shear=46", "train.shear is 46, expected 0 to 45.")]
    [InlineData("train.flipud=2", "train.flipud is 2, expected 0 to 1.")]
    [InlineData("train.min_area_ratio=-1", "train.min_area_ratio is -1, expected 0 to 1.")]
    [InlineData("train.filters=2", "train.filters is 2, expected 0 to 1.")]
    public void Range_IsThatOfTheRecord(string assignment, string message)
        => Assert.Contains(message, Assert.Throws<GraftException>(() => ConfigFile.Defaults<RunConfig>(assignment)).Message, StringComparison.Ordinal);

    private static IEnumerable<PropertyInfo> Settings()
        => typeof(AugmentOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.SetMethod is { IsPublic: true });
}
