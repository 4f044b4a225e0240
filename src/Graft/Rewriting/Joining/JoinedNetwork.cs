using Graft.Detectors;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Rewriting;

/// <summary>Several networks in one: what is the same in them runs once, then each has its own outputs.</summary>
/// <remarks>The first member is the base. As one network it has the levels of each member in turn, and classes that a member does not have get
/// a logit whose score is 0.</remarks>
public sealed class JoinedNetwork : DetectionNetwork
{
    /// <summary>Logit of a class in the levels of a member that does not have it; its score is 0 in every precision.</summary>
    public const double Absent = -1e4;

    private readonly IReadOnlyList<Subject> _members;
    private readonly int[] _classes;
    private readonly SharedOutputs _shared;

    /// <summary>Joins networks that are in evaluation mode and on the CPU; tensors with the same bits become one.</summary>
    /// <param name="members">The base and its branches, each with its vocabulary.</param>
    /// <param name="classes">Number of classes of each member.</param>
    /// <exception cref="GraftException">Of kind Model: the members predict at different strides.</exception>
    public JoinedNetwork(IReadOnlyList<Subject> members, IReadOnlyList<int> classes)
    {
        ArgumentNullException.ThrowIfNull(members);
        (_members, _classes) = (members, [.. classes]);
        if (members.FirstOrDefault(member => !member.Strides.SequenceEqual(members[0].Strides)) is { } other)
        {
            throw new GraftException(
                Failure.Model, $"A member predicts at strides {string.Join(", ", other.Strides)}, the base at {string.Join(", ", members[0].Strides)}.",
                "Join models that were adapted from this base.");
        }

        Add("base", members[0].Network);
        Add("branches", new ModuleList<DetectionNetwork>(members.Skip(1).Select(member => member.Network)));
        NamePaths();
        CommonLayers.ShareWeights([.. members.Select(member => member.Network)]);
        _shared = CommonLayers.Of(members);
    }

    /// <summary>The members, the base first.</summary>
    public IReadOnlyList<Subject> Members => _members;

    /// <inheritdoc/>
    public override IReadOnlyList<AdapterSite> Sites => [];

    /// <inheritdoc/>
    /// <remarks>Those of the base, once for each member.</remarks>
    public override IReadOnlyList<int> Strides => [.. _members.SelectMany(member => member.Strides)];

    /// <inheritdoc/>
    public override bool IsEndToEnd => _members.All(member => member.Network.IsEndToEnd);

    /// <inheritdoc/>
    public override int Classes => _classes.Sum();

    /// <inheritdoc/>
    public override bool CanCopy => false;

    /// <summary>Begins a run in which members take from one another what they have in common; end it before the present tensor scope ends.</summary>
    public SharedRun Share() => _shared.Begin();

    /// <summary>Raw outputs of each member, each with its own classes.</summary>
    /// <param name="images">B×3×H×W, RGB in 0..1, H and W multiples of the largest stride.</param>
    public IReadOnlyList<RawDetections> PredictEach(Tensor images)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        using SharedRun run = Share();
        RawDetections[] all = [.. _members.Select(member => member.Forward(images))];
        foreach (Tensor map in all.SelectMany(raw => raw.Logits.Concat(raw.Distributions)))
        {
            scope.Keep(map);
        }

        return all;
    }

    /// <summary>Operations that each member adds to those of the members before it, 10⁹.</summary>
    /// <param name="side">Side of the image in pixels, a multiple of the largest stride.</param>
    public IReadOnlyList<double> AddedGflops(int side)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        using SharedRun run = Share();
        Tensor image = Tensor.Full([1, 3, side, side], 0.5);
        List<double> added = [];
        foreach (Subject member in _members)
        {
            using OperationRecorder recorder = new();
            member.Forward(image);
            added.Add(recorder.Flops / 1e9);
        }

        return added;
    }

    /// <summary>Whether a member takes a feature map from the members before it; layers that read text alone do not count.</summary>
    /// <param name="member">Its position.</param>
    /// <param name="side">Side of the image in pixels, a multiple of the largest stride.</param>
    public bool HasCommonMaps(int member, int side)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        Tensor image = Tensor.Full([1, 3, side, side], 0.5);
        int alone = Convolutions(() => _members[member].Forward(image));
        using SharedRun run = Share();
        foreach (Subject earlier in _members.Take(member))
        {
            earlier.Forward(image);
        }

        return Convolutions(() => _members[member].Forward(image)) < alone;

        static int Convolutions(Action run)
        {
            using OperationRecorder recorder = new();
            run();
            return recorder.Operations.Count(operation => operation.Name == "aten::conv2d");
        }
    }

    /// <inheritdoc/>
    /// <param name="images">B×3×H×W, RGB in 0..1, H and W multiples of the largest stride.</param>
    /// <param name="text">Not read: each member has its own.</param>
    public override RawDetections Predict(Tensor images, Tensor? text)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        IReadOnlyList<RawDetections> each = PredictEach(images);
        List<Tensor> logits = [];
        int before = 0;
        for (int i = 0; i < each.Count; i++)
        {
            long[] channels = [0, 0, 0, 0, before, Classes - before - _classes[i]];       // width, height, classes
            logits.AddRange(each[i].Logits.Select(map => scope.Keep(map.Pad(channels, Absent))));
            before += _classes[i];
        }

        return new([.. logits], [.. each.SelectMany(raw => raw.Distributions).Select(scope.Keep)]);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> RunAll(Tensor images, Tensor? text) => [.. PredictEach(images).SelectMany(raw => raw.Logits.Concat(raw.Distributions))];

    /// <inheritdoc/>
    /// <exception cref="GraftException">Of kind Refused, always: a joined network is made of its members.</exception>
    public override DetectionNetwork EmptyCopy(DType type) => throw new GraftException(
        Failure.Refused, "A joined model cannot be rewritten or trained as a whole.", "Merge, bake or train the members, then join them again: graft join.");
}
