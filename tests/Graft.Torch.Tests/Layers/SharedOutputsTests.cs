using Graft.Torch.Layers;

namespace Graft.Torch.Tests.Layers;

/// <summary>Layers of one number run once in a shared run.</summary>
public class SharedOutputsTests
{
    [Fact]
    public void TheSecondLayer_ReturnsTheTensorOfTheFirst_UntilTheRunEnds()
    {
        using Linear first = new(2, 3), second = new(2, 3), other = new(2, 3);
        SharedOutputs shared = new();
        shared.Add(first, null, 7);
        shared.Add(second, null, 7);
        shared.Add(other, null, null);
        Assert.Equal(2, shared.Count);
        using TensorScope scope = TensorScope.Begin();
        Tensor input = Tensor.Ones(1, 2);
        using (SharedRun run = shared.Begin())
        {
            Tensor kept;
            using (TensorScope.Begin())
            {
                kept = first.Forward(input);
            }

            Assert.False(kept.IsDisposed);
            Assert.Same(kept, second.Forward(input));
            Assert.NotSame(kept, other.Forward(input));
        }

        Assert.NotSame(second.Forward(input), second.Forward(input));
    }

    [Fact]
    public void AFollower_RunsOnTheSharedOutput()
    {
        using Linear first = new(2, 2), second = new(2, 2), follower = new(2, 1);
        second.Follower = follower;
        SharedOutputs shared = new();
        shared.Add(first, 1, 1);
        shared.Add(second, 1, null);
        using TensorScope scope = TensorScope.Begin();
        using SharedRun run = shared.Begin();
        Tensor output = first.Forward(Tensor.Ones(1, 2)), followed = second.Forward(Tensor.Ones(1, 2));
        Assert.Equal(follower.Forward(output).ToSingles(), followed.ToSingles());
    }

    [Fact]
    public void ARun_LeavesNoTensorBehind_AndNeedsAScope()
    {
        using Linear first = new(2, 3);
        SharedOutputs shared = new();
        shared.Add(first, null, 1);
        Assert.Throws<InvalidOperationException>(() => shared.Begin());
        using Tensor input = Tensor.Ones(1, 2).Unscoped();
        using Identity pass = new();
        shared.Add(pass, null, 2);
        using (TensorScope.Begin())
        {
            using SharedRun run = shared.Begin();
            Tensor output = first.Forward(input);
            Assert.Same(input, pass.Forward(input));
            Assert.Same(output, first.Forward(input));
        }

        Assert.False(input.IsDisposed);
    }

    [Fact]
    public void Recorder_TellsWhatAFollowerRead()
    {
        using Linear host = new(2, 2), follower = new(2, 1);
        using TensorScope scope = TensorScope.Begin();
        using OperationRecorder recorder = new();
        host.Forward(Tensor.Ones(1, 2));
        host.Follower = follower;
        Tensor output = host.Forward(Tensor.Ones(1, 2));
        ModuleCall[] calls = [.. recorder.Calls.Where(call => call.Module == host)];
        Assert.Same(calls[0].Output, calls[0].Own);
        Assert.Equal(calls[0].End, calls[0].OwnEnd);
        Assert.Same(output, calls[1].Output);
        Assert.NotSame(output, calls[1].Own);
        Assert.InRange(calls[1].OwnEnd, calls[1].Start + 1, calls[1].End - 1);
    }

    [Fact]
    public void HasSameBits_ComparesTypeShapeOrderAndBits()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor map = Tensor.RandN(1, 4, 3, 2), last = map.To(MemoryFormat.ChannelsLast);
        Assert.True(map.HasSameBits(map.Clone()));
        Assert.True(last.HasSameBits(last.Clone()));
        Assert.True(map.Narrow(3, 0, 1).HasSameBits(map.Narrow(3, 0, 1)));
        Assert.False(map.Narrow(3, 0, 1).HasSameBits(map.Narrow(3, 1, 1)));
        Assert.False(map.HasSameBits(last));
        Assert.False(map.HasSameBits(map.To(DType.Double)));
        Assert.False(map.HasSameBits(map.Reshape(4, 6)));
        Assert.False(Tensor.From([0f]).HasSameBits(Tensor.From([-0f])));
    }
}
