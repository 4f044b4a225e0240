using Graft.Training;

namespace Graft.Cli.Rendering;

/// <summary>Shows a run to people: a progress bar in a terminal, a line per epoch everywhere.</summary>
/// <param name="output">Where lines go.</param>
/// <param name="progress">Receives the share of the epoch that is done, and the text beside the bar.</param>
/// <param name="epochs">Epochs of the run; 0: unknown.</param>
internal sealed class TrainingProgress(Output output, Action<double, string> progress, int epochs) : IRunObserver
{
    private double _speed;

    private string Of => epochs == 0 ? "" : $"/{epochs}";

    public void OnStep(StepReport report)
    {
        _speed = report.ImagesPerSecond;
        progress(
            (double)report.Step / report.Steps,
            $"epoch {report.Epoch + 1}{Of}  {report.Step}/{report.Steps}  {report.SecondsLeft:f0} s left  {report.ImagesPerSecond:f1} images/s  "
            + $"{Losses(report.Losses)}  lr {report.Rate:e1}");
    }

    public void OnEpoch(EpochReport report)
    {
        string scores = report.Scores switch
        {
            null => "",
            { Map: >= 0 } s => $"  mAP50 {s.Map50:f4}  mAP {s.Map:f4}{(report.IsBest ? " *" : "")}",
            _ => "  mAP –",
        };
        string left = epochs == 0 ? "" : $"  {TimeSpan.FromSeconds(report.Seconds / (report.Epoch + 1) * (epochs - report.Epoch - 1)):hh\\:mm\\:ss} left";
        output.Line($"epoch {report.Epoch + 1,3}{Of}  {Losses(report.Losses)}{scores}  {_speed:f1} images/s{left}");
    }

    public void OnNote(string note) => output.Note(note);

    private static string Losses(IEnumerable<(string Name, double Value)> losses)
        => string.Join("  ", losses.Select(loss => $"{loss.Name.Replace("_loss", "", StringComparison.Ordinal)} {loss.Value:f3}"));
}
