using Graft.Training;

namespace Graft.Cli;

/// <summary>Shows a run to people: a moving line in a terminal, a line an epoch everywhere.</summary>
internal sealed class TrainingProgress(Output output, int epochs) : IRunObserver
{
    private double _speed;

    private string Of => epochs == 0 ? "" : $"/{epochs}";

    public void OnStep(StepReport report)
    {
        _speed = report.ImagesPerSecond;
        string losses = string.Join("  ", report.Losses.Select(loss => $"{loss.Name.Replace("_loss", "", StringComparison.Ordinal)} {loss.Value:f3}"));
        int filled = 20 * report.Step / report.Steps;
        output.Progress(
            $"epoch {report.Epoch + 1}{Of} [{new string('#', filled)}{new string('.', 20 - filled)}] {report.Step}/{report.Steps}  {losses}  "
            + $"lr {report.Rate:e1}  {report.ImagesPerSecond:f1} images/s  {report.SecondsLeft:f0} s left");
    }

    public void OnEpoch(EpochReport report)
    {
        string losses = string.Join("  ", report.Losses.Select(loss => $"{loss.Name.Replace("_loss", "", StringComparison.Ordinal)} {loss.Value:f3}"));
        string scores = report.Scores switch
        {
            null => "",
            { Map: >= 0 } s => $"  mAP50 {s.Map50:f4}  mAP {s.Map:f4}{(report.IsBest ? " *" : "")}",
            _ => "  mAP –",
        };
        string left = epochs == 0 ? "" : $"  {TimeSpan.FromSeconds(report.Seconds / (report.Epoch + 1) * (epochs - report.Epoch - 1)):hh\\:mm\\:ss} left";
        output.Line($"epoch {report.Epoch + 1,3}{Of}  {losses}{scores}  {_speed:f1} images/s{left}");
    }

    public void OnNote(string note) => output.Note(note);
}
