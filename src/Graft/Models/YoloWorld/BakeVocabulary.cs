using Graft.Detectors;
using Graft.Rewriting;
using Graft.Torch;

namespace Graft.Models.YoloWorld;

/// <summary>Bakes a vocabulary into convolutions (re-parameterisation): a detector of exactly these classes that needs no text.</summary>
/// <remarks>Key names are those of the official tool's output, so that the official configuration loads the result.</remarks>
public static class BakeVocabulary
{
    /// <summary>A new network with the vocabulary in its classifier and, on request, in the gates of its neck.</summary>
    /// <param name="source">A v2 network; it is not changed and is needed again for other prompts.</param>
    /// <param name="vocabulary">Names and embeddings.</param>
    /// <param name="neck">Whether to bake the vocabulary into the gates too; otherwise they read it from the key <c>embeddings</c>.</param>
    /// <param name="log">Receives what was baked and what was corrected.</param>
    /// <exception cref="MergeRefusedException">The network is of version 1, or has a vocabulary baked in already.</exception>
    /// <exception cref="GraftException">Of kind Data: the embeddings cannot be used.</exception>
    public static YoloWorld Of(YoloWorld source, Vocabulary vocabulary, bool neck = true, RewriteLog? log = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(vocabulary);
        RequireReader(source.Options);
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        int count = vocabulary.Names.Count, width = source.Options.TextDim;
        Tensor rows = source.LearnedText is { } prompts
            ? Learned(prompts.Squeeze(0), count)
            : Tensor.From(BakeableVocabulary.Checked(vocabulary, width, log).Embeddings!, count, width).To(DType.Double);
        YoloWorld target = YoloWorld.Fresh(
            source.Options with { Form = source.Options.Form with { BakedHead = count, BakedNeck = neck ? count : 0 } }, ModelCopy.PrecisionOf(source));
        try
        {
            ModelCopy.CopyState(source, target);
            ModelCopy.CopyFollowers(source, target);
            BakeHead(source, target, rows, log);
            if (neck)
            {
                BakeNeck(source, target, rows, log);
            }
            else
            {
                target.LearnPrompts(rows.To(ModelCopy.PrecisionOf(source))).Trainable = false;
                log?.Note("the neck still reads the prompts, which the model carries under the key 'embeddings'");
            }

            log?.Note($"the vocabulary is fixed: {string.Join(", ", vocabulary.Names)}; other prompts need the source");
            return target;
        }
        catch
        {
            target.Dispose();
            throw;
        }
    }

    private static void RequireReader(YoloWorldOptions options)
    {
        if (options.Version == 1)
        {
            throw new MergeRefusedException(
                "A vocabulary cannot be baked into YOLO-World v1: its classifier normalises every embedding to length one, which no convolution does, "
                + "and its text enhancer changes the prompts with each image.",
                "Use a v2 checkpoint, or run v1 with its prompts as an input.");
        }

        if (!options.Form.ReadsText)
        {
            throw new MergeRefusedException(
                $"This model has {Math.Max(options.Form.BakedHead, options.Form.BakedNeck)} classes baked in already; it reads no text.",
                "Bake the new classes into the source that its metadata names.");
        }
    }

    private static Tensor Learned(Tensor prompts, int count)
        => prompts.Size(0) == count ? prompts.Detach().To(DType.Double) : throw new GraftException(
            Failure.Data, $"The model has learned {prompts.Size(0)} prompts and {count} names were given.", "Give one name per prompt.");

    private static void BakeHead(YoloWorld source, YoloWorld target, Tensor prompts, RewriteLog? log)
    {
        for (int level = 0; level < 3; level++)
        {
            BakedContrasts.Apply(source.Head.Contrasts[level], (BakedContrast)target.Head.Contrasts[level], prompts);
            string path = $"bbox_head.head_module.cls_contrasts.{level}";
            log?.Fold($"{path} words", "comparison with known prompts is a 1×1 convolution", $"{path}.conv");
        }
    }

    private static void BakeNeck(YoloWorld source, YoloWorld target, Tensor prompts, RewriteLog? log)
    {
        foreach ((string path, TextGate gate) in Gates(source))
        {
            BakedGates.Apply(gate, (TextGate)target.Find(path)!, prompts);
            log?.Fold($"{path}.guide_fc", "similarity to known prompts is a 1×1 convolution per head", $"{path}.guide_convs");
        }
    }

    private static IEnumerable<(string Path, TextGate Gate)> Gates(YoloWorld model)
        => model.Modules().Where(found => found.Module is TextGate).Select(found => (found.Path, (TextGate)found.Module));
}
