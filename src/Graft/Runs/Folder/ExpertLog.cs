using System.Globalization;
using Graft.Adapters;
using Graft.Files;
using Graft.Training;

namespace Graft.Runs;

/// <summary>Writes how often the router of each mixture chose each expert in an epoch (experts.csv), and warns when one was not chosen.</summary>
/// <remarks>After a resume, the epoch in progress counts only the steps since the resume.</remarks>
internal sealed class ExpertLog : IRunObserver
{
    private const string Header = "epoch,adapter,kernel,choices,share";
    private readonly string _path;
    private readonly IRunObserver _next;
    private readonly AttachedAdapters _attached;
    private readonly List<string> _lines;
    private readonly HashSet<string> _warned = [];

    /// <summary>Opens the log of a run.</summary>
    /// <param name="folder">Where to write.</param>
    /// <param name="attached">The adapters that are trained.</param>
    /// <param name="next">Receives all reports too.</param>
    /// <param name="finished">Epochs that are done: later lines of an interrupted epoch are dropped.</param>
    internal ExpertLog(RunFolder folder, AttachedAdapters attached, IRunObserver next, int finished)
    {
        (_path, _next, _attached) = (folder.In("experts.csv"), next, attached);
        _lines = finished > 0 && File.Exists(_path) ? [.. File.ReadLines(_path).Skip(1).TakeWhile(line => EpochOf(line) <= finished)] : [];
    }

    /// <inheritdoc/>
    public void OnStep(StepReport report) => _next.OnStep(report);

    /// <inheritdoc/>
    public void OnNote(string note) => _next.OnNote(note);

    /// <inheritdoc/>
    public void OnEpoch(EpochReport report)
    {
        IReadOnlyList<RouterUsage> usage = RouterUsage.Of(_attached);
        foreach ((string site, long side, int expert, long choices, double share) in usage)
        {
            _lines.Add(string.Create(CultureInfo.InvariantCulture, $"{report.Epoch + 1},{site},{side}x{side},{choices},{share:f4}"));
            if (choices == 0 && _warned.Add($"{site} {expert}"))
            {
                _next.OnNote($"The {side}x{side} expert of {site} was chosen for no image in epoch {report.Epoch + 1}: it is not trained (experts.csv).");
            }
        }

        RouterUsage.Reset(_attached);
        if (usage.Count > 0)
        {
            AtomicFile.WriteText(_path, string.Join('\n', [Header, .. _lines]) + "\n");
        }

        _next.OnEpoch(report);
    }

    private static int EpochOf(string line)
        => int.TryParse(line.AsSpan(0, Math.Max(0, line.IndexOf(','))), CultureInfo.InvariantCulture, out int epoch) ? epoch : int.MaxValue;
}
