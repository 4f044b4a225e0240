using Graft.Training;

namespace Graft.Cli;

/// <summary>Shows a run to people: a moving line in a terminal, a line an epoch everywhere.</summary>
internal sealed class TrainingProgress(Output output, int epochs) : IRunObserver
{
    private double _speed;

    public void OnStep(StepReport report)
    {
        _speed = report.ImagesPerSecond;
        double left = (report.Steps - report.Step) / Math.Max(1e-9, report.Step) * (report.Step / Math.Max(1e-9, report.ImagesPerSecond));
        string losses = string.Join("  ", report.Losses.Select(loss => $"{loss.Name.Replace("_loss", "", StringComparison.Ordinal)} {loss.Value:f3}"));
        int filled = 20 * report.Step / report.Steps;
        output.Progress(
            $"epoch {report.Epoch + 1}/{epochs} [{new string('#', filled)}{new string('.', 20 - filled)}] {report.Step}/{report.Steps}  {losses}  "
            + $"lr {report.Rate:e1}  {report.ImagesPerSecond:f1} images/s  {left:f0} s left");
    }

    public void OnEpoch(EpochReport report)
    {
        string losses = string.Join("  ", report.Losses.Select(loss => $"{loss.Name.Replace("_loss", "", StringComparison.Ordinal)} {loss.Value:f3}"));
        string scores = report.Scores is { } s ? $"  mAP50 {s.Map50:f4}  mAP {s.Map:f4}{(report.IsBest ? " *" : "")}" : "";
        double left = report.Seconds / (report.Epoch + 1) * (epochs - report.Epoch - 1);
        output.Line($"epoch {report.Epoch + 1,3}/{epochs}  {losses}{scores}  {_speed:f1} images/s  {TimeSpan.FromSeconds(left):hh\\:mm\\:ss} left");
    }

    public void OnNote(string note) => output.Note(note);
}
