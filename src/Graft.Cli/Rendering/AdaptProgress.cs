using Graft.Adaptation;
using Graft.Training;

namespace Graft.Cli.Rendering;

/// <summary>Shows an adaptation to people: a line per step and per epoch, the plan as a table, a progress bar in a terminal.</summary>
/// <param name="output">Where lines go.</param>
/// <param name="progress">Receives the share that is done, and the text beside the bar.</param>
internal sealed class AdaptProgress(Output output, Action<double, string> progress) : IAdaptObserver
{
    private TrainingProgress? _training;

    private TrainingProgress Training => _training ??= new TrainingProgress(output, progress, 0);

    public void OnLine(string line) => output.Line(line);

    public void OnProgress(double share, string text) => progress(share, text);

    public void OnPlan(AdaptPlan plan)
    {
        int width = plan.Choices.Max(choice => choice.Key.Length + choice.Value.Length);
        foreach (AdaptChoice choice in plan.Choices)
        {
            output.Line($"   {(choice.Key + " " + choice.Value).PadRight(width + 1)}  {choice.Reason}");
        }

        _training = new TrainingProgress(output, progress, plan.Epochs);
    }

    public void OnStep(StepReport report) => Training.OnStep(report);

    public void OnEpoch(EpochReport report) => Training.OnEpoch(report);

    public void OnNote(string note) => output.Notes([note]);
}
