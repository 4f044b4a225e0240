using Graft.Detectors;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Rewriting;

/// <summary>A base and its branches as one detector: each answers for its own classes, exactly as it does alone.</summary>
/// <remarks>Thresholds, suppression and the largest number of boxes apply to each member by itself, so that no member's boxes depend on those of
/// another; the boxes of all members are then sorted by score.</remarks>
public sealed class JoinedDetector : IDetector
{
    private readonly JoinedNetwork _network;
    private readonly int?[][] _labels;

    /// <summary>Joins detectors; the joined detector disposes them.</summary>
    /// <param name="members">The base first; their networks are frozen and in evaluation mode.</param>
    /// <param name="names">The classes that are detected, in label order; null: all. Members without any do not run.</param>
    /// <exception cref="GraftException">Of kind Usage: a name that no member has; of kind Model: members that take different inputs.</exception>
    public JoinedDetector(IReadOnlyList<JoinedMember> members, IReadOnlyList<string>? names = null)
    {
        ArgumentNullException.ThrowIfNull(members);
        Members = members;
        if (members.FirstOrDefault(member => member.Detector.InputFit != InputFit) is { } other)
        {
            throw new GraftException(
                Failure.Model, $"{other.Name} fits images into its input in another way than {members[0].Name}: the models are of different families.",
                "Join models that were adapted from this base.");
        }

        string[] all = [.. members.SelectMany(member => member.Names)];
        Names = names ?? all;
        if (Names.FirstOrDefault(name => !all.Contains(name)) is { } unknown)
        {
            throw new GraftException(
                Failure.Usage, $"No member of the joined model has the class '{unknown}'.", Nearest.Suggestion(unknown, all) ?? $"The classes are {Listed.All(all)}.");
        }

        Dictionary<string, int> labels = Names.Select((name, label) => (name, label)).DistinctBy(entry => entry.name)
            .ToDictionary(entry => entry.name, entry => entry.label);
        _labels = [.. members.Select(member => member.Names.Select(name => labels.TryGetValue(name, out int label) ? (int?)label : null).ToArray())];
        _network = new JoinedNetwork([.. members.Select(member => Subject.Of(member.Detector))], [.. members.Select(member => member.Names.Count)]);
    }

    /// <summary>The members, the base first.</summary>
    public IReadOnlyList<JoinedMember> Members { get; }

    /// <inheritdoc/>
    public DetectionNetwork Network => _network;

    /// <summary>The network with its own type.</summary>
    public JoinedNetwork Joined => _network;

    /// <inheritdoc/>
    public IReadOnlyList<string> Names { get; }

    /// <inheritdoc/>
    public InputFit InputFit => Members[0].Detector.InputFit;

    /// <inheritdoc/>
    public Detection[][] Detect(Tensor images, IReadOnlyList<Fitting> fittings, PostProcessOptions options)
    {
        Detection[][][] each = DetectEach(images, fittings, options);
        return [.. Enumerable.Range(0, fittings.Count).Select(image => each
            .SelectMany((found, member) => found[image].Where(one => _labels[member][one.Label] is not null)
                .Select(one => one with { Label = _labels[member][one.Label]!.Value }))
            .OrderByDescending(one => one.Score).ToArray())];
    }

    /// <summary>Detections of each member: by member, by image, with the member's own labels; none of a member that is not asked.</summary>
    /// <param name="images">B×3×H×W, RGB in 0..1.</param>
    /// <param name="fittings">How each image was fitted into the input.</param>
    /// <param name="options">Thresholds.</param>
    public Detection[][][] DetectEach(Tensor images, IReadOnlyList<Fitting> fittings, PostProcessOptions options)
    {
        ArgumentNullException.ThrowIfNull(fittings);
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        using SharedRun run = _network.Share();
        return [.. Members.Select((member, i) => Array.Exists(_labels[i], label => label is not null)
            ? member.Detector.Detect(images, fittings, options)
            : [.. fittings.Select(_ => Array.Empty<Detection>())])];
    }

    /// <inheritdoc/>
    /// <exception cref="GraftException">Of kind Usage, always: a joined model is not trained.</exception>
    public Losses ComputeLoss(StageMaps input, Targets targets) => throw NotTrained();

    /// <inheritdoc/>
    /// <exception cref="GraftException">Of kind Usage, always: a joined model has no loss.</exception>
    public (Detection[][] Detections, Losses Losses) DetectWithLoss(
        Tensor images, IReadOnlyList<Fitting> fittings, PostProcessOptions options, Targets targets) => throw NotTrained();

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (JoinedMember member in Members)
        {
            member.Detector.Dispose();
        }
    }

    private static GraftException NotTrained()
        => new(Failure.Usage, "A joined model has no loss and is not trained.", "Train an adapter on its base, then join again: graft join.");
}
