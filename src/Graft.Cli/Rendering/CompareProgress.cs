using Graft.Comparison;
using Graft.Training;

namespace Graft.Cli.Rendering;

/// <summary>Shows a comparison to people: a line per run and per epoch, a progress bar in a terminal.</summary>
/// <param name="output">Where lines go.</param>
/// <param name="progress">Receives the share that is done, and the text beside the bar.</param>
internal sealed class CompareProgress(Output output, Action<double, string> progress) : ICompareObserver
{
    private TrainingProgress _training = new(output, progress, 0);

    public void OnLine(string line) => output.Line(line);

    public void OnProgress(double share, string text) => progress(share, text);

    public void OnTraining(int epochs) => _training = new TrainingProgress(output, progress, epochs);

    public void OnStep(StepReport report) => _training.OnStep(report);

    public void OnEpoch(EpochReport report)
    {
        if (report.Scores is not null)
        {
            _training.OnEpoch(report);
        }
    }

    public void OnNote(string note) => output.Notes([note]);
}
