using Graft.Runs;

namespace Graft.Tests.Runs;

public sealed class RunFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void FoldersMadeAtTheSameMoment_AreDifferent()
    {
        RunFolder[] made = new RunFolder[24];
        Parallel.For(0, made.Length, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i => made[i] = RunFolder.Create(_folder.At("runs"), "train"));
        string[] expected = [.. Enumerable.Range(1, made.Length).Select(number => _folder.At("runs", number == 1 ? "train" : $"train{number}")).Order(StringComparer.Ordinal)];
        Assert.Equal(expected, made.Select(run => run.Path).Order(StringComparer.Ordinal));
        Assert.Equal(expected, Directory.GetDirectories(_folder.At("runs")).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void LockedFolder_IsRefused_AndFreeAfterwards()
    {
        using (RunLock.Take(_folder.Path))
        {
            foreach (Action attempt in new Action[] { () => RunLock.Take(_folder.Path).Dispose(), () => RunLock.RequireNone(_folder.Path) })
            {
                GraftException refused = Assert.Throws<GraftException>(attempt);
                Assert.Equal(Failure.Refused, refused.Failure);
                Assert.Contains(_folder.Path, refused.Message, StringComparison.Ordinal);
                Assert.Contains($"process {Environment.ProcessId}.", refused.Message, StringComparison.Ordinal);
            }
        }

        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
        _folder.Write(RunLock.FileName, "left behind by a crash");
        RunLock.RequireNone(_folder.Path);
        RunLock.Take(_folder.Path).Dispose();
    }

    [Fact]
    public void LockOfAFolderThatVanishes_EndsWithAClearError()
    {
        using CancellationTokenSource end = new();
        string path = _folder.At(RunLock.FileName);
        Thread deleter = new(() =>
        {
            while (!end.IsCancellationRequested)
            {
                File.Delete(path);
            }
        });
        deleter.Start();
        try
        {
            // Whether it is locked or refused is a race; either way it ends.
            Exception? error = Record.Exception(() => RunLock.Take(_folder.Path).Dispose());
            Assert.True(error is null or GraftException { Failure: Failure.Runtime }, $"{error}");
        }
        finally
        {
            end.Cancel();
            deleter.Join();
        }

        GraftException absent = Assert.Throws<GraftException>(() => RunLock.Take(_folder.At("absent")));
        Assert.Equal(Failure.Runtime, absent.Failure);
    }

    [Theory]
    [InlineData("args.yaml")]
    [InlineData("results.csv")]
    [InlineData("weights/last.safetensors")]
    [InlineData("weights/resume.safetensors")]
    public void FolderWithARun_IsRefused_AndClearedOfTheRunAlone(string file)
    {
        string mine = _folder.Write("notes.txt", "mine"), weights = _folder.Write("weights/mine.pt", "mine");
        RunFolder.RequireFree(_folder.Path);
        RunFolder.RequireFree(_folder.At("absent"));
        _folder.Write(file, "a run");
        _folder.Write("weights/epoch10.safetensors", "a run");
        GraftException refused = Assert.Throws<GraftException>(() => RunFolder.RequireFree(_folder.Path));
        Assert.Equal(Failure.Refused, refused.Failure);
        Assert.Contains("--overwrite", refused.Hint, StringComparison.Ordinal);
        RunFolder.At(_folder.Path).Clear();
        RunFolder.RequireFree(_folder.Path);
        Assert.Equal([mine, weights], Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void ModelOfARun_IsTheBestElseTheLast()
    {
        RunFolder run = RunFolder.At(_folder.At("run"));
        Assert.Null(run.Model);
        _folder.Write("run/weights/last.safetensors", "last");
        Assert.Equal(run.Last, run.Model);
        _folder.Write("run/weights/best.safetensors", "best");
        Assert.Equal(run.Best, run.Model);
    }

    [Fact]
    public void Runs_AreNamedByTheirFolderOrAFileInIt()
    {
        string arguments = _folder.Write("run/args.yaml", ""), weights = _folder.Write("run/weights/last.safetensors", "");
        Assert.All(new[] { _folder.At("run"), arguments, weights }, path => Assert.Equal(_folder.At("run"), RunFolder.Holding(path).Path));
        Assert.Equal(Failure.Usage, Assert.Throws<GraftException>(() => RunFolder.Holding(_folder.At("absent", "args.yaml"))).Failure);
    }

    public void Dispose() => _folder.Dispose();
}
