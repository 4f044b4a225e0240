using Graft.Runs;

namespace Graft.Tests.Runs;

public sealed class ResumptionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void FinishedRun_IsFoundByItsNameAndServesAsABase()
    {
        SteadyWork work = new(_folder.Path);
        string run = work.TrainBase();
        // The data was given relative to this working directory; the run is opened from any other.
        Assert.Equal(work.Data, ConfigFinder.Load(Path.Combine(run, "args.yaml"), []).Value.Data.Root);
        foreach (string target in new[] { run, Path.Combine(run, "args.yaml"), Path.Combine(run, "weights", "last.safetensors") })
        {
            Assert.Equal(run, Resumption.Find(target, _folder.At("absent"), []).Folder.Path);
        }

        Assert.Equal(run, Resumption.Find(null, _folder.Path, ["train.epochs=2"]).Folder.Path);
        Refused(() => Resumption.Find(null, _folder.Path, []), "no unfinished run");
        Refused(() => Resumption.Find(null, _folder.At("absent"), []), "no run to resume");
        Refused(() => Resumption.Find(work.Data, _folder.Path, []), "holds no run");

        using TrainingRun tuned = work.Open(new TrainingRequest { Base = run, WorkDir = _folder.At("tuned") }, widen: 0.125);
        Assert.True(tuned.BaseReport?.IsComplete);
    }

    private static void Refused(Action find, string word)
    {
        GraftException error = Assert.Throws<GraftException>(find);
        Assert.Equal(Failure.Usage, error.Failure);
        Assert.Contains(word, error.Message, StringComparison.Ordinal);
    }
}
