using System.Text.Json;

namespace Graft.Cli.Tests.BadInput;

/// <summary>Saves that cannot finish: the previous file stays, and no partial file.</summary>
public sealed class SavingTests(TinyRun run) : IClassFixture<TinyRun>
{
    [FullDiskFact]
    public void FullDisk_KeepsThePreviousFile_AndIsReported()
    {
        using SmallDisk disk = new(run.Data.At("disk"), 8);
        string target = Path.Combine(disk.Path, "merged.safetensors");
        GraftCli.Run("merge", run.Folder, "--out", target, "--fold").Succeeds();
        byte[] before = File.ReadAllBytes(target);
        disk.FillUpTo(200);
        GraftCli.Run("merge", run.Folder, "--out", target, "--fold").Fails(1, target, "space");
        Assert.Equal(before, File.ReadAllBytes(target));
        NothingPartial(disk.Path);
    }

    [FullDiskFact]
    public void FullDiskWhileTraining_EndsWithOne_AndTheRunResumesWhenThereIsSpace()
    {
        using SmallDisk disk = new(run.Data.At("disk-run"), 40);
        string folder = Path.Combine(disk.Path, "run");
        string[] command = ["train", run.Data.At("tiny.yaml"), "--data", run.Data.Root, "train.epochs=4", "train.batch=4"];
        GraftCli.Run([.. command, "--work-dir", run.Data.At("roomy")]).Succeeds();
        using (RunningCli running = GraftCli.Begin([.. command, "--work-dir", folder]))
        {
            running.WaitUntil(output => output.Contains("epoch   1/", StringComparison.Ordinal) && File.Exists(Path.Combine(folder, "weights", "resume.safetensors")));
            disk.FillUpTo(100);
            running.Finish().Fails(1, folder, "space");
        }

        foreach (string name in new[] { "last", "resume" })
        {
            JsonElement found = GraftCli.Run("inspect", Path.Combine(folder, "weights", name + ".safetensors"), "--json").Succeeds().Json;
            Assert.NotEmpty(found.GetProperty("tensors").EnumerateArray());
        }

        NothingPartial(disk.Path);
        File.Delete(Path.Combine(disk.Path, "filler"));
        GraftCli.Run("train", "--resume", folder).Succeeds();
        Assert.Equal(
            File.ReadAllBytes(run.Data.At("roomy", "weights", "last.safetensors")), File.ReadAllBytes(Path.Combine(folder, "weights", "last.safetensors")));
    }

    [Fact]
    public void FilesThatMayNotGrow_AreAnErrorWithTheirName()
    {
        // The shell's file-size limit simulates a full disk; it needs no privileges.
        string target = run.Data.At("limited.safetensors");
        GraftCli.Run("merge", run.Folder, "--out", target, "--fold").Succeeds();
        byte[] before = File.ReadAllBytes(target);
        GraftCli.RunLimited(fileKilobytes: 64, "merge", run.Folder, "--out", target, "--fold").Fails(1, target);
        Assert.Equal(before, File.ReadAllBytes(target));
        NothingPartial(Path.GetDirectoryName(target)!);
    }

    [Fact]
    public void FolderInPlaceOfAFile_IsAnErrorWithItsName()
    {
        string taken = Directory.CreateDirectory(run.Data.At("taken.safetensors")).FullName;
        GraftCli.Run("merge", run.Folder, "--out", taken, "--fold").Fails(2, taken, "is a folder");
        Assert.True(Directory.Exists(taken));
        string file = run.Data.Write("file", "in the way");
        GraftCli.Run("merge", run.Folder, "--out", Path.Combine(file, "merged.safetensors"), "--fold").Fails(1, "merged.safetensors");
        run.Data.Train("tiny.yaml", "file").Fails(1, "file");
        Assert.Equal("in the way", File.ReadAllText(file));
    }

    private static void NothingPartial(string folder)
        => Assert.Empty(Directory.EnumerateFiles(folder, "*.partial*", SearchOption.AllDirectories));
}
