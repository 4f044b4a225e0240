using Graft.VisionLanguage;

namespace Graft.Tests.VisionLanguage;

[SideBySide]
public class CheckpointChoiceTests
{
    [Theory]
    [InlineData(new[] { "best.ckpt", "last.ckpt" }, false, "best.ckpt", "it is called best")]
    [InlineData(new[] { "best.ckpt", "last.ckpt" }, true, "last.ckpt", "it is called last")]
    [InlineData(new[] { "run_03-1.2500.ckpt", "run_07-0.9000.ckpt", "last.ckpt" }, false, "run_07-0.9000.ckpt", "lowest val_loss")]
    [InlineData(new[] { "epoch=1-val_loss=2.50.ckpt", "epoch=2-val_loss=3.10.ckpt" }, false, "epoch=1-val_loss=2.50.ckpt", "lowest val_loss")]
    [InlineData(new[] { "model.safetensors" }, false, "model.safetensors", "only one")]
    public void Folder_GivesTheBestOrTheLastWithTheReason(string[] files, bool last, string taken, string why)
    {
        using TemporaryFolder folder = Make(files);
        CheckpointChoice choice = CheckpointChoice.Find(folder.Path, last);
        Assert.Equal(taken, Path.GetFileName(choice.Path));
        Assert.Contains(why, choice.Why, StringComparison.Ordinal);
        Assert.Equal(files.Where(file => file != taken).Order(StringComparer.Ordinal), choice.Others);
    }

    [Theory]
    [InlineData(new string[0], false)]
    [InlineData(new[] { "a.ckpt", "b.ckpt" }, false)]
    [InlineData(new[] { "a_01-0.5.ckpt", "b_02-0.4.ckpt" }, true)]
    public void AmbiguousFolder_IsRefused(string[] files, bool last)
    {
        using TemporaryFolder folder = Make(files);
        Assert.Equal(Failure.Model, Assert.Throws<GraftException>(() => CheckpointChoice.Find(folder.Path, last)).Failure);
    }

    private static TemporaryFolder Make(string[] files)
    {
        TemporaryFolder folder = new();
        files.ToList().ForEach(file => folder.Write(file, ""));
        return folder;
    }
}
