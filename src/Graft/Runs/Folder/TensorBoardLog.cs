using System.Globalization;
using Graft.Adapters;
using Graft.Reports;
using Graft.Reports.TensorBoard;
using Graft.Torch;
using Graft.Torch.Images;
using Graft.Torch.Optimizers;
using Graft.Training;

namespace Graft.Runs;

/// <summary>Writes a run for TensorBoard: losses, scores, rates of the groups, histograms of adapters, the experts that routers choose, images.</summary>
internal sealed class TensorBoardLog : IRunObserver, IDisposable
{
    private static readonly string[] Shown = ["val_batch0_labels.jpg", "val_batch0_pred.jpg"];

    private readonly RunFolder _folder;
    private readonly IRunObserver _next;
    private readonly AttachedAdapters? _attached;
    private readonly EventFile _events;
    private readonly (string Name, double Factor)[] _rates;
    private long _step;

    /// <summary>Begins the events of a session.</summary>
    /// <param name="folder">The run folder.</param>
    /// <param name="attached">Adapters; null without any.</param>
    /// <param name="optimizer">Its groups have the rates.</param>
    /// <param name="step">Steps that are done: a run that continues there.</param>
    /// <param name="next">Receives all reports first.</param>
    internal TensorBoardLog(RunFolder folder, AttachedAdapters? attached, Optimizer optimizer, long step, IRunObserver next)
    {
        (_folder, _attached, _step, _next) = (folder, attached, step, next);
        _rates = [.. optimizer.Groups.Select(group => group.RateFactor).Distinct().OrderDescending()
            .Select((factor, i) => (string.Create(CultureInfo.InvariantCulture, $"lr/group{i}_x{factor:0.####}"), factor))];
        _events = EventFile.Create(folder.Path, next.OnNote, step);
    }

    /// <inheritdoc/>
    public void OnStep(StepReport report)
    {
        _step++;
        _events.Scalars(_step, [
            .. report.Losses.Select(loss => ($"train/{loss.Name}", loss.Value)), .. _rates.Select(rate => (rate.Name, rate.Factor * report.Rate)), ("speed/images_per_second", report.ImagesPerSecond),
        ]);
        _next.OnStep(report);
    }

    /// <inheritdoc/>
    public void OnNote(string note) => _next.OnNote(note);

    /// <inheritdoc/>
    public void OnEpoch(EpochReport report)
    {
        _events.Scalars(_step, report.ValLosses.Select(loss => ($"val/{loss.Name}", loss.Value)));
        if (report.Scores is { Map: >= 0 } scores)
        {
            (double precision, double recall) = DetectionCurves.BestF1(scores);
            _events.Scalars(_step, [
                ("metrics/mAP50(B)", scores.Map50), ("metrics/mAP50-95(B)", scores.Map), ("metrics/precision(B)", precision), ("metrics/recall(B)", recall),
                .. scores.PerClass.Where(one => one.Ap50 >= 0).Select(one => ($"AP50/{one.Name}", one.Ap50)),
            ]);
        }

        _events.Scalars(_step, _attached is null ? [] : RouterUsage.Of(_attached).Select(one => (string.Create(CultureInfo.InvariantCulture, $"experts/{one.Site}/{one.Expert}_{one.Side}x{one.Side}"), one.Share)));
        if (report.Scores is not null)
        {
            Histograms();
        }

        _next.OnEpoch(report);
    }

    /// <summary>Writes the images of the run, which are drawn at its end.</summary>
    internal void Images()
    {
        foreach (string path in Shown.Select(name => _folder.In(name)).Where(File.Exists))
        {
            using Image image = Image.Load(path);
            _events.Image(_step, Path.GetFileNameWithoutExtension(path), File.ReadAllBytes(path), image.Width, image.Height);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _events.Dispose();

    private void Histograms()
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        foreach (PlannedAdapter planned in _attached?.Adapters ?? [])
        {
            foreach ((string name, Torch.Layers.Parameter parameter) in planned.Adapter.Parameters())
            {
                _events.Histogram(_step, $"adapters/{planned.Site.Name}/{name}", parameter.Value.ToDoubles());
            }
        }
    }
}
