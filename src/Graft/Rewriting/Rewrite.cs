using Graft.Detectors;
using Graft.Torch;

namespace Graft.Rewriting;

/// <summary>A chain of exact rewrites, carried out in double precision on a copy; <see cref="Prove"/> completes it.</summary>
/// <example><code>
/// using Rewrite rewrite = Rewrite.Of(model, vocabulary);
/// using Rewritten merged = rewrite.MergeAdapters().FoldNorms().Prove(new ProofOptions(), images);
/// merged.Report.MaxAbs;   // 3e-6
/// </code></example>
public sealed class Rewrite : IDisposable
{
    private readonly RewriteLog _log = new();
    private Subject _source;
    private Vocabulary? _vocabulary;
    private DetectionNetwork _wide;

    private Rewrite(Subject source)
        => (_source, _vocabulary, _wide) = (source, source.Vocabulary, ModelCopy.Of(source.Network, DType.Double));

    /// <summary>What was done so far.</summary>
    public RewriteLog Log => _log;

    /// <summary>Starts from a detector.</summary>
    /// <param name="detector">Not changed.</param>
    public static Rewrite Of(IDetector detector) => new(Subject.Of(detector));

    /// <summary>Starts from a network.</summary>
    /// <param name="network">Not changed.</param>
    /// <param name="vocabulary">Its class names and embeddings; null where it holds them itself or reads no text.</param>
    public static Rewrite Of(DetectionNetwork network, Vocabulary? vocabulary = null) => new(Subject.Of(network, vocabulary));

    /// <summary>Merges adapters into weights, see <see cref="Rewriting.MergeAdapters"/>.</summary>
    /// <param name="options">Whether adapters must merge completely.</param>
    /// <exception cref="MergeRefusedException">An adapter applies dropout, or one that must merge completely does not.</exception>
    public Rewrite MergeAdapters(MergeOptions? options = null)
    {
        Rewriting.MergeAdapters.RequireEvaluation(_source.Network);
        return Then("adapters merged", network => Rewriting.MergeAdapters.Of(_source with { Network = network }, options, _log));
    }

    /// <summary>Folds every normalisation with fixed statistics into its convolution, and parallel branches into one.</summary>
    /// <exception cref="GraftException">Of kind Model: the network has no folded form.</exception>
    public Rewrite FoldNorms() => Then("normalisations folded", network => network is IFoldable foldable
        ? foldable.Fold(_log)
        : throw new GraftException(Failure.Model, "This network has no folded form.", "Omit the folding; adapters merge without it."));

    /// <summary>Bakes the vocabulary into the weights, see <see cref="IBakeable"/>; the original then runs with the same embeddings at length one.</summary>
    /// <param name="neck">Whether the vocabulary is baked into the neck too.</param>
    /// <exception cref="MergeRefusedException">The vocabulary cannot be baked exactly, or one is baked already.</exception>
    /// <exception cref="GraftException">Of kind Data: the embeddings cannot be used.</exception>
    public Rewrite Bake(bool neck = true)
    {
        if (_wide is not IBakeable { HasLearnedPrompts: var learned } bakeable || _wide.TextWidth is not { } width || _vocabulary is not { } vocabulary)
        {
            throw new GraftException(Failure.Usage, "There is no vocabulary to bake in.", "Start from a network that reads text, and its vocabulary.");
        }

        if (!learned)
        {
            _vocabulary = vocabulary = BakeableVocabulary.Checked(vocabulary, width, _log);
            _source = _source with { Vocabulary = vocabulary };
        }

        return Then(neck ? "prompts baked into head and neck" : "prompts baked into the head", _ => bakeable.Bake(vocabulary, neck, _log));
    }

    /// <summary>Runs both models side by side in float32 and float64, and returns the rewritten one in the precision of the source.</summary>
    /// <param name="options">Inputs and tolerances.</param>
    /// <param name="images">Real images.</param>
    /// <exception cref="MergeRefusedException">A difference is above the tolerance; the exception contains the proof.</exception>
    public Rewritten Prove(ProofOptions? options = null, IReadOnlyList<ProofImage>? images = null)
    {
        options ??= new ProofOptions();
        Subject result = _source with { Network = Narrowed() };
        using DetectionNetwork wideSource = ModelCopy.Of(_source.Network, DType.Double);
        bool trained = _source.Network.Training;
        try
        {
            _source.Network.Train(false);
            (Subject, Subject) wide = (_source with { Network = wideSource }, _source with { Network = _wide });
            Proof proof = Prover.Compare((_source, result), wide, options, images).Require();
            return new Rewritten(result, _source, _vocabulary, _log, proof, Report(proof, result, options));
        }
        catch
        {
            result.Network.Dispose();
            throw;
        }
        finally
        {
            _source.Network.Train(trained);
        }
    }

    /// <summary>Frees the copy in double precision.</summary>
    public void Dispose() => _wide.Dispose();

    private RewriteReport Report(Proof proof, Subject result, ProofOptions options)
    {
        bool attached = ModelCopy.Attached(result.Network).Any();
        using DetectionNetwork? bare = attached ? ModelCopy.Bare(result.Network) : null;
        if (bare is not null && ModelCopy.IsChannelsLast(result.Network))
        {
            bare.To(MemoryFormat.ChannelsLast);
        }

        Subject[] models = bare is null ? [_source, result] : [_source, result, result with { Network = bare }];
        IReadOnlyList<ModelCost> costs = ModelCost.Of(options.CostSide, options.TimedRuns, models);
        return RewriteReport.Of(_log, proof, costs[0], costs[1], costs[^1]);
    }

    /// <summary>The rewritten network in the precision and memory format of the source.</summary>
    private DetectionNetwork Narrowed()
    {
        DetectionNetwork result = ModelCopy.Of(_wide, ModelCopy.PrecisionOf(_source.Network));
        if (ModelCopy.IsChannelsLast(_source.Network))
        {
            result.To(MemoryFormat.ChannelsLast);
        }

        return result;
    }

    private Rewrite Then(string name, Func<DetectionNetwork, DetectionNetwork> step)
    {
        DetectionNetwork next = step(_wide);
        _wide.Dispose();
        _wide = next;
        _log.Step(name);
        return this;
    }
}
