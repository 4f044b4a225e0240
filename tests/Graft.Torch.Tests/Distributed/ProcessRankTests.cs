using Graft.Torch.Distributed;

namespace Graft.Torch.Tests.Distributed;

/// <summary>The variables of torchrun and Slurm.</summary>
public sealed class ProcessRankTests
{
    [Theory]
    [InlineData("")]
    [InlineData("RANK=0")]
    [InlineData("WORLD_SIZE=1 RANK=0 MASTER_ADDR=a")]
    [InlineData("SLURM_STEP_NUM_TASKS=1 SLURM_PROCID=0")]
    public void OneProcess_IsAlone(string variables) => Assert.Null(From(variables));

    [Fact]
    public void Torchrun_IsUnderstood()
    {
        ProcessRank place = From("RANK=3 WORLD_SIZE=8 LOCAL_WORLD_SIZE=4 MASTER_ADDR=node1 MASTER_PORT=1234 TORCHELASTIC_USE_AGENT_STORE=True TORCHELASTIC_RUN_ID=job TORCHELASTIC_RESTART_COUNT=2")!;
        Assert.Equal((3, 8, 4, "node1", 1234, true), (place.Rank, place.Size, place.LocalSize, place.Host, place.Port, place.LauncherServes));
        Assert.Contains("job", place.Prefix, StringComparison.Ordinal);
        Assert.NotEqual(place.Prefix, From("RANK=3 WORLD_SIZE=8 MASTER_ADDR=node1 TORCHELASTIC_RUN_ID=job TORCHELASTIC_RESTART_COUNT=3")!.Prefix);
        Assert.Equal(ProcessRank.DefaultPort, From("RANK=0 WORLD_SIZE=2 MASTER_ADDR=node1")!.Port);
    }

    [Fact]
    public void SlurmSteps_AreUnderstood_UnlessTorchrunsVariablesAreThere()
    {
        ProcessRank place = From("SLURM_PROCID=1 SLURM_STEP_NUM_TASKS=4 MASTER_ADDR=node1")!;
        Assert.Equal((1, 4), (place.Rank, place.Size));
        Assert.Equal(0, From("RANK=0 WORLD_SIZE=2 SLURM_PROCID=1 SLURM_STEP_NUM_TASKS=4 MASTER_ADDR=node1")!.Rank);
    }

    [Theory]
    [InlineData("WORLD_SIZE=2 RANK=0", "MASTER_ADDR, the machine of rank 0, is missing")]
    [InlineData("WORLD_SIZE=2 RANK=2 MASTER_ADDR=a", "RANK is '2', expected a whole number from 0 to 1")]
    [InlineData("WORLD_SIZE=2 MASTER_ADDR=a", "RANK is missing")]
    [InlineData("WORLD_SIZE=two RANK=0 MASTER_ADDR=a", "WORLD_SIZE is 'two'")]
    [InlineData("WORLD_SIZE=2 RANK=-1 MASTER_ADDR=a", "RANK is '-1'")]
    [InlineData("WORLD_SIZE=2 RANK=0 MASTER_ADDR=a MASTER_PORT=70000", "MASTER_PORT is '70000', expected a whole number from 1 to 65535")]
    [InlineData("RANK=1 MASTER_ADDR=a", "WORLD_SIZE is missing")]
    public void ImpossibleVariables_AreRefused(string variables, string expected)
    {
        GraftException error = Assert.Throws<GraftException>(() => From(variables));
        Assert.Equal(Failure.Usage, error.Failure);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    private static ProcessRank? From(string variables)
    {
        Dictionary<string, string> values = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
        return ProcessRank.From(values.GetValueOrDefault);
    }
}
