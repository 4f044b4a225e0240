using Graft.Torch.Distributed;
using Graft.Torch.Layers;

namespace Graft.Torch.Tests.Distributed;

/// <summary>Collectives of a group, and batch statistics over its processes.</summary>
public sealed class ProcessGroupTests
{
    [Fact]
    public void Add_GivesEveryRankTheSameSums()
    {
        double[][] sums = Together.Run(3, group => group.Add([group.Rank, 1, 0.1 * group.Rank]));
        Assert.All(sums, sum => Assert.Equal(sums[0], sum));
        Assert.Equal([3, 3, 0.3], sums[0], (one, two) => Math.Abs(one - two) < 1e-12);
    }

    [Fact]
    public void Add_SumsManyTensorsAtTheSameTime()
    {
        float[][] sums = Together.Run(2, group =>
        {
            using TensorScope scope = TensorScope.Begin();
            Tensor[] tensors = [.. Enumerable.Range(1, 20).Select(length => Tensor.Ones(length) * (double)(length + group.Rank))];
            group.Add(tensors);
            return tensors.SelectMany(tensor => tensor.ToArray<float>()).ToArray();
        });
        float[] expected = [.. Enumerable.Range(1, 20).SelectMany(length => Enumerable.Repeat((2f * length) + 1, length))];
        Assert.All(sums, sum => Assert.Equal(expected, sum));
    }

    [Fact]
    public void Gather_KeepsTheBytesOfEachRank()
    {
        byte[][][] all = Together.Run(3, group => group.Gather([.. Enumerable.Repeat((byte)group.Rank, group.Rank * 5)]));
        Assert.All(all, one => Assert.Equal([0, 5, 10], one.Select(bytes => bytes.Length)));
        Assert.All(all, one => Assert.All(one[2], value => Assert.Equal(2, value)));
    }

    [Fact]
    public void Send_GivesTheBytesOfOneRankToAll()
    {
        byte[][] all = Together.Run(2, group => group.Send(group.Rank == 1 ? [1, 2, 3] : null, 1));
        Assert.All(all, one => Assert.Equal([1, 2, 3], one));
        Assert.All(Together.Run(2, group => group.Send(group.Rank == 0 ? [] : null, 0)), Assert.Empty);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(9)]
    public void BatchNorm_OfSeveralRanks_EqualsThatOfTheWholeBatch(int size)
    {
        const int Images = 10, Channels = 5, Side = 4;
        float[] values = [.. Enumerable.Range(0, Images * Channels * Side * Side).Select(i => 3 + MathF.Sin(i * 0.7f) + ((i % 11) * 0.1f))];
        float[] whole = Outcome(values, 0, Images, null);
        float[][] parts = Together.Run(size, group => Outcome(values, group.Rank * Images / size, (group.Rank + 1) * Images / size, group));

        // Outputs and input gradients one image after the other, then the gradients of gain and offset, which add up, and the running statistics.
        int maps = Images * Channels * Side * Side;
        float[] outputs = [.. parts.SelectMany(part => part[..((part.Length - (4 * Channels)) / 2)])];
        float[] gradients = [.. parts.SelectMany(part => part[((part.Length - (4 * Channels)) / 2)..^(4 * Channels)])];
        Near(whole[..maps], outputs);
        Near(whole[maps..(2 * maps)], gradients);
        Near(whole[(2 * maps)..^(2 * Channels)], [.. Enumerable.Range(0, 2 * Channels).Select(i => parts.Sum(part => part[^((4 * Channels) - i)]))]);
        Assert.All(parts, part => Near(whole[^(2 * Channels)..], part[^(2 * Channels)..]));

        static float[] Outcome(float[] values, int first, int after, ProcessGroup? group)
        {
            const int PerImage = Channels * Side * Side;
            using TensorScope scope = TensorScope.Begin();
            BatchNorm2d norm = new(Channels) { Group = group };
            norm.Train();
            Tensor input = Tensor.From(values[(first * PerImage)..(after * PerImage)], after - first, Channels, Side, Side).To(MemoryFormat.ChannelsLast);
            input.RequiresGrad = true;
            Tensor output = norm.ForwardSilu(input)!;
            (output * output).Sum().Backward();
            return
            [
                .. output.Detach().ToSingles(), .. input.Grad!.ToSingles(), .. norm.Weight.Value.Grad!.ToSingles(), .. norm.Bias.Value.Grad!.ToSingles(),
                .. norm.RunningMean.Value.ToSingles(), .. norm.RunningVariance.Value.ToSingles(),
            ];
        }

        static void Near(float[] expected, float[] found)
            => Assert.Equal(expected, found, (one, two) => Math.Abs(one - two) <= 1e-5 * Math.Max(1, Math.Abs(one)));
    }

    [Fact]
    public void AFailure_StopsTheOthers_AndNamesTheRank()
    {
        string[] messages = Together.Run(3, group =>
        {
            if (group.Rank == 2)
            {
                Assert.True(group.Fail(new GraftException(Failure.Data, "an image is missing")));
                return "";
            }

            GraftException error = Assert.Throws<GraftException>(group.Meet);
            Assert.Equal(Failure.Data, error.Failure);
            Assert.Equal(group.Leads, group.Tells);
            group.Fail(error);
            return error.Message;
        });
        Assert.All(messages[..2], message => Assert.Contains($"Rank 2 ({Environment.MachineName}, process {Environment.ProcessId}): an image is missing", message, StringComparison.Ordinal));
    }

    [Fact]
    public void WhatRank0Reports_ItTellsItself()
    {
        bool[] tells = Together.Run(2, group =>
        {
            GraftException error = group.Leads ? new GraftException(Failure.Usage, "no such file") : Assert.Throws<GraftException>(group.Meet);
            group.Fail(error);
            return group.Tells;
        });
        Assert.Equal([true, false], tells);
    }

    [Fact]
    public void ARankThatNeverComes_IsNamed()
    {
        ProcessRank place = new(0, 3, "127.0.0.1", Ports.Free()) { JoinSeconds = 1 };
        GraftException error = Assert.Throws<GraftException>(() => ProcessGroup.Join(place));
        Assert.Equal("Ranks 1, 2 of 3 did not come within 1 s.", error.Message);
    }

    [Fact]
    public async Task ARankGivenTwice_IsRefused()
    {
        int port = Ports.Free();
        Exception?[] errors = await Task.WhenAll(new[] { 0, 1, 1 }.Select(rank => Task.Run(
            () => (Exception?)Record.Exception(() => ProcessGroup.Join(new ProcessRank(rank, 3, "127.0.0.1", port) { JoinSeconds = 3 })))));
        Assert.Single(errors, error => error is GraftException { Failure: Failure.Usage } own && own.Message.Contains("has RANK=1 already", StringComparison.Ordinal));
        Assert.All(errors, Assert.NotNull);
    }
}
