using System.Net;
using System.Net.Sockets;
using Graft.Synthetic;

namespace Graft.Cli.Tests;

/// <summary>graft launch and the environment variables of launchers: what is refused, and the other commands that several processes run.</summary>
public sealed class LaunchTests(TinyRun run) : IClassFixture<TinyRun>
{
    [Fact]
    public void WhatOneProcessRuns_IsRefused()
        => GraftCli.Run("launch", "--nproc", "2", "--", "export", run.Folder).Fails(2, "graft export runs in one process", "compare and train and val");

    [Fact]
    public void SeveralMachines_NeedTheFirst()
    {
        GraftCli.Run("launch", "--nproc", "1", "--nnodes", "2", "--", "train", "start/adapt").Fails(2, "--master-addr");
        GraftCli.Run("launch", "--nproc", "1", "--nnodes", "2", "--node-rank", "2", "--master-addr", "a", "--", "train").Fails(2, "--node-rank is 2, expected 0 to 1");
    }

    [Theory]
    [InlineData(2, "MASTER_ADDR", "WORLD_SIZE=2", "RANK=0")]
    [InlineData(2, "RANK is '2', expected a whole number from 0 to 1", "WORLD_SIZE=2", "RANK=2", "MASTER_ADDR=127.0.0.1")]
    [InlineData(1, "Rank 1 of 2 did not come within 1 s", "WORLD_SIZE=2", "RANK=0", "MASTER_ADDR=127.0.0.1", "GRAFT_JOIN_TIMEOUT=1", "MASTER_PORT=0")]
    [InlineData(1, "Rank 1 did not reach rank 0", "WORLD_SIZE=2", "RANK=1", "MASTER_ADDR=127.0.0.1", "GRAFT_JOIN_TIMEOUT=1", "MASTER_PORT=0")]
    [InlineData(2, "no way", "WORLD_SIZE=2", "RANK=0", "MASTER_ADDR=no-such-machine.invalid", "GRAFT_JOIN_TIMEOUT=2", "MASTER_PORT=0")]
    public void WrongVariables_AreRefused(int code, string message, params string[] variables)
    {
        string[] env = ["env", .. variables.Select(one => one == "MASTER_PORT=0" ? $"MASTER_PORT={Ports.Free()}" : one)];
        using RunningCli running = GraftCli.BeginBehind(env, "train", "start/adapt");
        running.Finish().Fails(code, message);
    }

    [Fact]
    public void APortThatIsTaken_IsRefusedWithOneMessage()
    {
        using TcpListener listener = new(IPAddress.Any, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        GraftCli.Run(["launch", "--nproc", "2", "--master-port", $"{port}", "--", .. run.Data.Command("tiny.yaml", "taken")]).Fails(2, $"MASTER_PORT {port} is taken");
    }

    [Fact]
    public void AMistakeThatAllRanksMake_IsToldOnce()
    {
        GraftCli.Run("launch", "--nproc", "2", "--", "train", "start/adapt", "--base", "absent.pt", "--data", run.Data.Root).Fails(4, "absent.pt");
        GraftCli.Run(["launch", "--nproc", "3", "--", .. run.Data.Command("tiny.yaml", "few", "batch=2")]).Fails(2, "train.batch is 2", "3 ranks");
    }

    [Fact]
    public void Val_IsSharedExactly_AndImagesThatARankCannotReadAreNamed()
    {
        string data = run.Data.At("more"), one = run.Data.At("one.json"), two = run.Data.At("two.json"), damaged = Path.Combine(data, "images", "val", "000012.jpg");
        SyntheticOptions options = new() { Classes = ["hole", "stain"], Materials = ["ceramic tile"] };
        SyntheticDataset.Write(data, [new("train", 1_000, 1) { Options = options }, new("val", 2_000, 20) { Options = options }]);
        File.WriteAllText(damaged, "no image");     // in the second batch of eight, which rank 1 evaluates
        string[] val = ["val", run.Folder, "--data", data, "--threads", "1", "--json", "--save-json"];
        GraftCli.Result alone = GraftCli.Run([.. val, one]).Succeeds();
        GraftCli.Result together = GraftCli.Run(["launch", "--nproc", "2", "--", .. val, two]).Succeeds();
        Assert.Equal(alone.Output, together.Output);
        Assert.Equal(File.ReadAllText(one), File.ReadAllText(two));
        Assert.Contains("000012.jpg", alone.Errors, StringComparison.Ordinal);
        Assert.Equal(alone.Errors, together.Errors);
    }

    [Fact]
    public void CtrlC_StopsAllRanks_AndTheRunContinues()
    {
        using (RunningCli running = GraftCli.Begin(["launch", "--nproc", "2", "--", .. run.Data.Command("tiny.yaml", "stopped", "epochs=500", "train.tensorboard=false")]))
        {
            running.WaitUntil(output => output.Contains("epoch   2/500", StringComparison.Ordinal));
            running.Signal("INT");
            GraftCli.Result result = running.Finish().Ends(130);
            Assert.Contains("Continue with: graft train --resume", result.Output, StringComparison.Ordinal);
        }

        // The saved epoch was in progress on two ranks; one goes on.
        int done = File.ReadLines(run.Data.At("stopped", "results.csv")).Count() - 1;
        GraftCli.Run("train", "--resume", run.Data.At("stopped"), $"epochs={done + 1}").Succeeds();
    }

    [Fact]
    public void Compare_SpreadsItsRuns()
    {
        string folder = run.Data.At("compared");
        run.Data.Write("other.yaml", """
            _base_: adapt.yaml
            train: {lr: 0.002}
            """);
        GraftCli.Run(
            "launch", "--nproc", "2", "--", "compare", run.Data.At("adapt.yaml"), run.Data.At("other.yaml"), "--data", run.Data.Root, "--base", run.Folder, "--seeds", "1", "--epochs", "1",
            "--out", folder).Succeeds();
        Assert.Equal(2, Directory.EnumerateFiles(folder, "cell.json", SearchOption.AllDirectories).Count());
        Assert.True(File.Exists(Path.Combine(folder, "report.html")));
        GraftCli.Run("launch", "--nproc", "2", "--", "compare", "--resume", folder).Succeeds();
    }
}
