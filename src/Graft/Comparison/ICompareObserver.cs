using Graft.Training;

namespace Graft.Comparison;

/// <summary>Receives the progress of a comparison; it does not influence it.</summary>
public interface ICompareObserver : IRunObserver
{
    /// <summary>Called with the result of each step, a line each.</summary>
    void OnLine(string line);

    /// <summary>Called during long work.</summary>
    /// <param name="share">Share that is done, 0 to 1.</param>
    /// <param name="text">What is being done.</param>
    void OnProgress(double share, string text);

    /// <summary>Called before each training.</summary>
    /// <param name="epochs">Its epochs.</param>
    void OnTraining(int epochs);
}
