using Graft.Detectors;
using Graft.Torch;
using Graft.Torch.Distributed;
using Graft.Torch.Optimizers;

namespace Graft.Training;

/// <summary>Adds the gradients of a batch that passes the network in parts, so that they are those of the whole batch to rounding.</summary>
/// <remarks>Each term of a YOLO loss is divided by a number that only the whole batch gives (arXiv:2108.07755), so sums are added and divided
/// at the end. Norms that are trained use the statistics of each part.</remarks>
/// <param name="optimizer">Its parameters receive the gradients.</param>
internal sealed class GradientSum(Optimizer optimizer) : IDisposable
{
    private readonly List<Dictionary<ParameterGroup, Tensor>> _sums = [];
    private readonly List<(LossShare Share, double Weight, double[] Items)> _shares = [];
    private int _images;

    /// <summary>Back-propagates the loss of a part and adds its gradients.</summary>
    /// <param name="losses">The part's loss.</param>
    /// <param name="images">Its images.</param>
    internal void Add(Losses losses, int images)
    {
        _images += images;
        for (int i = 0; i < losses.Shares.Count; i++)
        {
            LossShare share = losses.Shares[i];
            double factor = share.ToSum(images);
            using TensorScope scope = TensorScope.Begin();
            if (share.Value.RequiresGrad)                       // a head of which nothing is trained has none
            {
                (share.Value * factor).Backward(keepGraph: i + 1 < losses.Shares.Count);
            }

            AddGradients(i);
            double[] items = [.. share.Items.Select(item => item.Value.ToDouble() * factor)];
            if (i < _shares.Count)
            {
                (_, double weight, double[] before) = _shares[i];
                _shares[i] = (share, weight + share.Weight, [.. before.Zip(items, (sum, next) => sum + next)]);
            }
            else
            {
                _shares.Add((share, share.Weight, items));
            }
        }
    }

    /// <summary>Gives the parameters the gradients of the whole batch.</summary>
    /// <param name="processes">Processes whose sums, added, are those of the whole batch: the gradients are this process's share; null: it is alone.</param>
    /// <returns>The named parts of its loss.</returns>
    internal IReadOnlyList<(string Name, double Value)> Finish(ProcessGroup? processes = null)
    {
        using NoGrad off = NoGrad.Begin();
        if (processes is not null)
        {
            double[] all = processes.Add([_images, .. _shares.SelectMany(entry => entry.Items.Prepend(entry.Weight))]);
            _images = (int)all[0];
            int at = 1;
            for (int i = 0; i < _shares.Count; i++)
            {
                int items = _shares[i].Items.Length;
                _shares[i] = (_shares[i].Share, all[at], all[(at + 1)..(at + 1 + items)]);
                at += 1 + items;
            }
        }

        double[] factors = [.. _shares.Select(entry => entry.Share.FromSum(_images, entry.Weight))];
        foreach (ParameterGroup group in optimizer.Groups)
        {
            using TensorScope scope = TensorScope.Begin();
            Tensor[] parts = [.. _sums.Zip(factors).Where(sum => sum.First.ContainsKey(group)).Select(sum => sum.First[group].ScaleInPlace(sum.Second))];
            group.Parameter.Value.Grad = parts.Length == 0 ? null : parts.Skip(1).Aggregate(parts[0], (sum, next) => sum.AddInPlace(next));
        }

        return [.. _shares.SelectMany((entry, i) => entry.Share.Items.Select((item, j) => (item.Name, entry.Items[j] * factors[i])))];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor sum in _sums.SelectMany(sums => sums.Values))
        {
            sum.Dispose();
        }
    }

    /// <summary>Moves the present gradients into the sum of a term.</summary>
    private void AddGradients(int term)
    {
        using NoGrad off = NoGrad.Begin();
        while (_sums.Count <= term)
        {
            _sums.Add([]);
        }

        foreach (ParameterGroup group in optimizer.Groups)
        {
            if (group.Parameter.Value.Grad is not { } gradient)
            {
                continue;
            }

            if (_sums[term].TryGetValue(group, out Tensor? sum))
            {
                sum.AddInPlace(gradient);
            }
            else
            {
                _sums[term].Add(group, gradient.Unscoped());
            }
        }

        optimizer.ZeroGrad();
    }
}
