namespace Graft.Torch.Tests.Tensors;

/// <summary>Ownership and lifetime of tensors.</summary>
public class TensorScopeTests
{
    [Fact]
    public void Scope_FreesItsTensors_ExceptKeptOnes()
    {
        long before = Settled();
        Tensor kept;
        using (TensorScope scope = TensorScope.Begin())
        {
            Tensor x = Tensor.Ones(2, 2);
            kept = scope.Keep((x + 1) * x);
            Assert.Equal(before + 3, Tensor.Live);
        }

        Assert.Equal(before + 1, Tensor.Live);
        Assert.False(kept.IsDisposed);
        Assert.Equal([2f, 2, 2, 2], kept.ToArray<float>());
        kept.Dispose();
        Assert.Equal(before, Tensor.Live);
    }

    [Fact]
    public void KeptTensors_MoveOneScopeOut()
    {
        Tensor kept;
        using (TensorScope outer = TensorScope.Begin())
        {
            using (TensorScope inner = TensorScope.Begin())
            {
                kept = inner.Keep(Tensor.Ones(1));
            }

            Assert.False(kept.IsDisposed);
        }

        Assert.True(kept.IsDisposed);
    }

    [Fact]
    public void Keep_DoesNotMoveTensorsOfOtherScopes()
    {
        using TensorScope outer = TensorScope.Begin();
        Tensor mine = Tensor.Ones(1);
        using (TensorScope inner = TensorScope.Begin())
        {
            Assert.Same(mine, inner.Keep(mine));
        }

        Assert.False(mine.IsDisposed);
    }

    [Fact]
    public void UnscopedTensors_OutliveTheirScope()
    {
        Tensor free;
        using (TensorScope.Begin())
        {
            free = Tensor.Ones(1).Unscoped();
        }

        Assert.False(free.IsDisposed);
        free.Dispose();
        Assert.True(free.IsDisposed);
    }

    [Fact]
    public void Scopes_EndInnermostFirst_OnTheirOwnThread()
    {
        TensorScope outer = TensorScope.Begin();
        Tensor owned = Tensor.Ones(1);
        TensorScope inner = TensorScope.Begin();
        Assert.Throws<InvalidOperationException>(outer.Dispose);
        inner.Dispose();
        inner.Dispose();
        Assert.False(owned.IsDisposed);
        outer.Dispose();
        Assert.True(owned.IsDisposed);
        Tensor after = Tensor.Ones(1);
        Assert.Null(after.Owner);
        after.Dispose();
    }

    [Fact]
    public void Scopes_OwnNothingOfOtherThreads()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor? made = null;
        Thread other = new(() => made = Tensor.Ones(1));
        other.Start();
        other.Join();
        Assert.Null(made!.Owner);
        made.Dispose();
    }

    [Fact]
    public void DisposedTensors_AreRefusedEverywhere_AndMayBeDisposedAgain()
    {
        Tensor gone = Tensor.Ones(2);
        gone.Dispose();
        gone.Dispose();
        using Tensor other = Tensor.Ones(2);
        Action[] uses =
        [
            () => _ = gone.Shape, () => _ = gone.DType, () => _ = gone.Device, () => _ = gone.Grad, () => _ = gone + 1, () => _ = other + gone,
            () => Tensor.Cat([other, gone], 0), () => gone.ToArray<float>(), () => gone.Backward(), () => gone.Read<float>(_ => { }), () => other.Grad = gone,
        ];
        Assert.All(uses, use => Assert.Throws<ObjectDisposedException>(use));
        Assert.Equal("disposed tensor", gone.ToString());
    }

    [Fact]
    public void Views_OutliveTheTensorWhoseMemoryTheyShare()
    {
        Tensor whole = Tensor.From([1f, 2, 3, 4], 2, 2);
        using Tensor row = whole.Select(0, 1);
        whole.Dispose();
        Assert.Equal([3f, 4], row.ToArray<float>());
    }

    [Fact]
    public void TensorsThatAreNotDisposed_AreFreedByTheCollector()
    {
        long before = Settled();
        Leave();
        Assert.Equal(before, Settled());

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static void Leave()
        {
            for (int i = 0; i < 10; i++)
            {
                _ = Tensor.Ones(3) + 1;
            }
        }
    }

    /// <summary>Live tensors after finalisers have freed what other tests left.</summary>
    private static long Settled()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Tensor.Live;
    }
}
