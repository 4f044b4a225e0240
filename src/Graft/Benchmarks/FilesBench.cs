using Graft.Rewriting;
using Graft.Runs;

namespace Graft.Benchmarks;

/// <summary>Measures the models of weight files on one image, alternating.</summary>
public static class FilesBench
{
    private const int WarmUps = 2;

    /// <summary>The measurements.</summary>
    /// <param name="ImageSize">Side of the image in pixels.</param>
    /// <param name="Costs">Parameters, operations and median time per model, in the order of the files.</param>
    public sealed record Result(int ImageSize, IReadOnlyList<ModelCost> Costs);

    /// <summary>Opens all models and measures them.</summary>
    /// <param name="targets">Run folders or weight files; the image size is that of the first.</param>
    /// <param name="settings">Settings to change in each, as <c>key=value</c>.</param>
    /// <param name="repetitions">Timed runs of each.</param>
    /// <exception cref="GraftException">A model that cannot be opened.</exception>
    public static Result Run(IReadOnlyList<string> targets, IReadOnlyList<string> settings, int repetitions)
    {
        ArgumentNullException.ThrowIfNull(targets);
        List<TrainedModel> models = [];
        try
        {
            foreach (string target in targets)
            {
                models.Add(TrainedModel.Open(target, settings));
                Bench.Prepare(models[^1].Detector.Network);
            }

            int side = models[0].Config.Train.Imgsz;
            Subject[] subjects = [.. models.Select(model => Subject.Of(model.Detector))];
            _ = ModelCost.Of(side, WarmUps, subjects);
            return new Result(side, ModelCost.Of(side, repetitions, subjects));
        }
        finally
        {
            models.ForEach(model => model.Dispose());
        }
    }
}
