using Graft.Detectors;
using Graft.Models.YoloV10;
using Graft.Models.YoloWorld;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Rewriting;

/// <summary>A chain of exact rewrites, carried out in double precision on a copy; <see cref="Prove"/> ends it.</summary>
/// <example><code>
/// using Rewrite rewrite = Rewrite.Of(model, words);
/// using Rewritten merged = rewrite.MergeAdapters().FoldNorms().Prove(new ProofOptions(), images);
/// merged.Report.MaxAbs;   // 3e-6
/// </code></example>
public sealed class Rewrite : IDisposable
{
    private readonly RewriteLog _log = new();
    private Subject _source;
    private Vocabulary? _words;
    private Module _wide;

    private Rewrite(Subject source, Vocabulary? words)
        => (_source, _words, _wide) = (source, words, ModelCopy.Of(source.Network, DType.Double));

    /// <summary>What was done so far.</summary>
    public RewriteLog Log => _log;

    /// <summary>Begins with a detector.</summary>
    /// <param name="detector">Stays as it is.</param>
    /// <exception cref="GraftException">Of kind Usage: such a detector cannot be rewritten.</exception>
    public static Rewrite Of(IDetector detector) => new(Subject.Of(detector), (detector as YoloWorldDetector)?.Vocabulary);

    /// <summary>Begins with a network that reads words, has learned prompts, or has words baked in.</summary>
    /// <param name="network">Stays as it is.</param>
    /// <param name="words">Its words; null where it holds them itself.</param>
    public static Rewrite Of(YoloWorld network, Vocabulary? words) => new(Subject.Of(network, words), words);

    /// <summary>Begins with a network of the YOLOv10 family.</summary>
    /// <param name="network">Stays as it is.</param>
    public static Rewrite Of(YoloV10 network) => new(Subject.Of(network), null);

    /// <summary>Dissolves adapters, see <see cref="Rewriting.MergeAdapters"/>.</summary>
    /// <param name="options">How far to go.</param>
    /// <exception cref="MergeRefusedException">An adapter drops values at random now, or something stays that must not.</exception>
    public Rewrite MergeAdapters(MergeOptions? options = null)
    {
        Rewriting.MergeAdapters.RequireEvaluation(_source.Network);
        return Then("adapters merged", network => Rewriting.MergeAdapters.Of(_source with { Network = network }, options, _log));
    }

    /// <summary>Folds every normalisation with fixed statistics into its convolution, and parallel branches into one.</summary>
    public Rewrite FoldNorms() => Then("normalisations folded", network => network switch
    {
        YoloWorld world => Rewriting.FoldNorms.Of(world, _log),
        YoloV10 ten => Deployed(ten),
        _ => throw new GraftException(Failure.Model, "This network has no folded form: it is neither YOLO-World nor YOLOv10."),
    });

    /// <summary>Bakes the words in, see <see cref="BakeVocabulary"/>; the original is then asked with the same words at length one.</summary>
    /// <param name="neck">Whether the gates of the neck take the words in too.</param>
    /// <exception cref="MergeRefusedException">Version 1, or words are baked in already.</exception>
    /// <exception cref="GraftException">Of kind Data: the words cannot be used.</exception>
    public Rewrite Bake(bool neck = true)
    {
        if (_wide is not YoloWorld world || _words is not { } words)
        {
            throw new GraftException(Failure.Usage, "There are no words to bake in.", "Begin with a YOLO-World network and its vocabulary.");
        }

        if (world.Prompts is null)
        {
            _words = BakeableWords.Checked(words, world.Options.TextDim, _log);
            _source = Subject.Of((YoloWorld)_source.Network, _words);
        }

        return Then(neck ? "words baked into head and neck" : "words baked into the head", _ => BakeVocabulary.Of(world, _words, neck, _log));
    }

    /// <summary>Runs both models side by side in float32 and float64, and hands the rewritten one over in the precision of the source.</summary>
    /// <param name="options">Inputs and tolerances.</param>
    /// <param name="images">Real images.</param>
    /// <exception cref="MergeRefusedException">Something is above the tolerance; the proof is in it.</exception>
    public Rewritten Prove(ProofOptions? options = null, IReadOnlyList<ProofImage>? images = null)
    {
        options ??= new ProofOptions();
        Subject result = _source with { Network = Narrowed() };
        using Module wideSource = ModelCopy.Of(_source.Network, DType.Double);
        bool trained = _source.Network.Training;
        try
        {
            _source.Network.Train(false);
            (Subject, Subject) wide = (_source with { Network = wideSource }, _source with { Network = _wide });
            Proof proof = Prover.Compare((_source, result), wide, options, images).Require();
            return new Rewritten(result, _source, _words, _log, proof, Report(proof, result, options));
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
        using Module? bare = attached ? ModelCopy.Bare(result.Network) : null;
        if (bare is not null && ModelCopy.IsChannelsLast(result.Network))
        {
            bare.To(MemoryFormat.ChannelsLast);
        }

        Subject[] models = bare is null ? [_source, result] : [_source, result, result with { Network = bare }];
        IReadOnlyList<ModelCost> costs = ModelCost.Of(options.CostSide, options.TimedRuns, models);
        return RewriteReport.Of(_log, proof, costs[0], costs[1], costs[^1]);
    }

    /// <summary>The rewritten network in the precision and memory order of the source.</summary>
    private Module Narrowed()
    {
        Module result = ModelCopy.Of(_wide, ModelCopy.PrecisionOf(_source.Network));
        if (ModelCopy.IsChannelsLast(_source.Network))
        {
            result.To(MemoryFormat.ChannelsLast);
        }

        return result;
    }

    private YoloV10 Deployed(YoloV10 network)
    {
        YoloV10 target = Deployment.Of(network, log: _log);
        ModelCopy.CopyFollowers(network, target);
        return target;
    }

    private Rewrite Then(string name, Func<Module, Module> step)
    {
        Module next = step(_wide);
        _wide.Dispose();
        _wide = next;
        _log.Step(name);
        return this;
    }
}
