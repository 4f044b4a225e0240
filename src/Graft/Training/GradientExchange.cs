using Graft.Detectors;
using Graft.Torch;
using Graft.Torch.Distributed;
using Graft.Torch.Optimizers;

namespace Graft.Training;

/// <summary>Adds the gradients of several processes, in a few large messages.</summary>
/// <remarks>As in PyTorch's DistributedDataParallel (arXiv:2006.15704), gradients travel in buckets, the last layers first; only trainable parameters
/// have any.</remarks>
/// <param name="optimizer">Its parameters are exchanged.</param>
/// <param name="group">The processes.</param>
internal sealed class GradientExchange(Optimizer optimizer, ProcessGroup group)
{
    private const long BucketValues = 25 * (1 << 20) / sizeof(float);

    private readonly ParameterGroup[][] _buckets = [.. Buckets(optimizer.Groups.Reverse())];

    /// <summary>The processes.</summary>
    internal ProcessGroup Group => group;

    /// <summary>Messages per step.</summary>
    internal int Messages => _buckets.Length;

    /// <summary>Bytes of gradients per step.</summary>
    internal long Bytes => _buckets.Sum(bucket => (long)sizeof(float) * (Values(bucket) + bucket.Length));

    /// <summary>Replaces each gradient by the sum over the processes. A parameter that none of them has a gradient for keeps none.</summary>
    internal void Run()
    {
        using NoGrad off = NoGrad.Begin();
        using TensorScope scope = TensorScope.Begin();
        Tensor[] sums = [.. _buckets.Select(Joined)];
        group.Add(sums);
        for (int i = 0; i < sums.Length; i++)
        {
            Split(_buckets[i], sums[i]);
        }
    }

    /// <summary>The factor of each term of a loss with which the sum over the processes is the term of the whole batch.</summary>
    /// <param name="losses">Of the images of this process.</param>
    /// <param name="images">Their number.</param>
    /// <param name="items">The named parts of the whole batch's loss.</param>
    internal double[] Factors(Losses losses, int images, out IReadOnlyList<(string Name, double Value)> items)
    {
        double[] toSum = [.. losses.Shares.Select(share => share.ToSum(images))];
        double[] all = group.Add([images, .. losses.Shares.Select(share => share.Weight), .. losses.Shares.SelectMany((share, i) => share.Items.Select(item => item.Value.ToDouble() * toSum[i]))]);
        double[] fromSum = [.. losses.Shares.Select((share, i) => share.FromSum((int)all[0], all[1 + i]))];
        int at = 1 + losses.Shares.Count;
        items = [.. losses.Shares.SelectMany((share, i) => share.Items.Select(item => (item.Name, Value: fromSum[i]))).Select((item, j) => (item.Name, all[at + j] * item.Value))];
        return [.. toSum.Zip(fromSum, (to, from) => to * from)];
    }

    private static IEnumerable<ParameterGroup[]> Buckets(IEnumerable<ParameterGroup> groups)
    {
        List<ParameterGroup> bucket = [];
        foreach (ParameterGroup next in groups)
        {
            if (bucket.Count > 0 && Values(bucket) + next.Parameter.Value.Count > BucketValues)
            {
                yield return [.. bucket];
                bucket.Clear();
            }

            bucket.Add(next);
        }

        yield return [.. bucket];
    }

    private static long Values(IReadOnlyList<ParameterGroup> bucket) => bucket.Sum(entry => entry.Parameter.Value.Count);

    /// <summary>The gradients one after the other, then for each whether it is there.</summary>
    private static Tensor Joined(ParameterGroup[] bucket)
    {
        float[] there = new float[bucket.Length];
        Tensor[] parts = new Tensor[bucket.Length + 1];
        for (int i = 0; i < bucket.Length; i++)
        {
            Tensor value = bucket[i].Parameter.Value;
            Tensor? gradient = value.Grad;
            there[i] = gradient is null ? 0 : 1;
            parts[i] = gradient is null ? Tensor.Zeros(value.Count) : gradient.Flatten();
        }

        parts[^1] = Tensor.From(there);
        return Tensor.Cat(parts, 0);
    }

    private static void Split(ParameterGroup[] bucket, Tensor sum)
    {
        float[] there = sum.Narrow(0, sum.Count - bucket.Length, bucket.Length).ToArray<float>();
        long at = 0;
        for (int i = 0; i < bucket.Length; i++)
        {
            Tensor value = bucket[i].Parameter.Value;
            if (there[i] > 0)
            {
                Tensor gradient = value.Grad ?? value.ZerosLike();
                gradient.CopyFrom(sum.Narrow(0, at, value.Count).Reshape(value.Shape));
                value.Grad = gradient;
            }

            at += value.Count;
        }
    }
}
