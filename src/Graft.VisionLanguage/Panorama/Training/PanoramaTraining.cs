using System.Globalization;
using Graft.Files;
using Graft.Torch;

namespace Graft.VisionLanguage;

/// <summary>Trains a PanoramaVLM on a CSV at small scale and writes a folder that <see cref="PanoramaModel.Open"/> reads.</summary>
public static class PanoramaTraining
{
    private const int KeptImages = 256;
    private static readonly string[] TokenizerFiles = ["tokenizer.json", "tokenizer_config.json", "vocab.json", "merges.txt", "added_tokens.json"];

    /// <summary>Trains and writes weights, sizes, <c>lora_weights</c> (last stage), the tokenizer's files and <c>results.csv</c>.</summary>
    /// <param name="request">Model, data, output and settings.</param>
    /// <param name="progress">Called after each step with the number of steps done and the loss before it.</param>
    /// <exception cref="GraftException">The checkpoint is not explained, a sample is unreadable, or the loss is not finite.</exception>
    public static PanoramaTrainingResult Run(PanoramaTrainingRequest request, Action<int, double>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Batch < 1 || request.Options.Steps < 0)
        {
            throw new GraftException(Failure.Usage, $"batch is {request.Batch} and steps is {request.Options.Steps}; expected at least 1 and 0.");
        }

        TorchRuntime.Seed((ulong)request.Seed);
        using PanoramaModel opened = PanoramaModel.Open(request.Model, request.Opening with { Merge = false });
        PanoramaVlm model = opened.Model;
        PanoramaDescriber? describer = PanoramaDescriber.TryOpen(opened, request.Views, request.Tokenizer, request.SystemMessage);
        List<PanoramaSample> samples = PanoramaSample.Read(request.Csv, request.Options.Stage, describer);
        using PanoramaTrainer trainer = new(model, request.Options);
        List<double> losses = [];
        List<string[]> table = [["step", "lr", "loss"]];
        using (TensorScope images = TensorScope.Begin())
        {
            Dictionary<string, Tensor> kept = new(StringComparer.Ordinal);
            foreach (PanoramaSample[] batch in Batches(samples, request))
            {
                double rate = trainer.Rate(losses.Count);
                using TensorScope step = TensorScope.Begin();
                Tensor[] views = [.. batch.Select(sample => Views(sample, model, request.Views, kept, step))];
                if (Array.Exists(views, one => one.Size(0) != views[0].Size(0)))
                {
                    throw new GraftException(Failure.Data, "Images of one batch give different numbers of views.", "Use --batch 1 or another crop strategy.");
                }

                losses.Add(trainer.Step(Tensor.Stack(views), [.. batch.Select(sample => sample.Text).OfType<TextTokens>()]));
                table.Add([$"{losses.Count}", rate.ToString("g6", CultureInfo.InvariantCulture), losses[^1].ToString("g6", CultureInfo.InvariantCulture)]);
                progress?.Invoke(losses.Count, losses[^1]);
            }
        }

        PanoramaFiles.Write(request.Output, model, Path.GetFileName(opened.Check.Choice.Path));
        AtomicFile.WriteText(Path.Combine(request.Output, "results.csv"), Csv.Write(table));
        if (opened.FindTokenizer(request.Tokenizer) is { } tokenizer)
        {
            Copy(tokenizer, Path.Combine(request.Output, "tokenizer"));
        }

        LoraLinear[] updated = [.. model.Language.Projections.Select(projection => projection.Layer).Where(layer => layer.Up is not null)];
        return new PanoramaTrainingResult(request.Output, losses, trainer.Trainable.Count,
            model.Parameters().Where(entry => entry.Parameter.Trainable).Sum(entry => entry.Parameter.Value.Count),
            updated.Length, updated.Count(layer => !layer.Up!.Weight.Value.ToSingles().Any(value => value != 0)));
    }

    private static IEnumerable<PanoramaSample[]> Batches(List<PanoramaSample> samples, PanoramaTrainingRequest request)
    {
        Random random = new(request.Seed);
        Queue<PanoramaSample> order = new();
        for (int step = 0; step < request.Options.Steps; step++)
        {
            PanoramaSample[] batch = new PanoramaSample[request.Batch];
            for (int i = 0; i < batch.Length; i++)
            {
                if (order.Count == 0)
                {
                    PanoramaSample[] shuffled = [.. samples];
                    random.Shuffle(shuffled);
                    order = new Queue<PanoramaSample>(shuffled);
                }

                batch[i] = order.Dequeue();
            }

            yield return batch;
        }
    }

    private static Tensor Views(PanoramaSample sample, PanoramaVlm model, PanoramaOptions views, Dictionary<string, Tensor> kept, TensorScope step)
    {
        if (kept.TryGetValue(sample.Image, out Tensor? known))
        {
            return known;
        }

        Tensor pixels = sample.Pixels(model, views);
        if (kept.Count < KeptImages)
        {
            kept.Add(sample.Image, step.Keep(pixels));
        }

        return pixels;
    }

    private static void Copy(string from, string to)
    {
        foreach (string name in TokenizerFiles.Where(name => File.Exists(Path.Combine(from, name))))
        {
            AtomicFile.WriteBytes(Path.Combine(to, name), File.ReadAllBytes(Path.Combine(from, name)));
        }
    }
}
