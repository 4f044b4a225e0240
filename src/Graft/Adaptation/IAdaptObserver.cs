using Graft.Training;

namespace Graft.Adaptation;

/// <summary>Receives the progress of an adaptation; it does not influence it.</summary>
public interface IAdaptObserver : IRunObserver
{
    /// <summary>Called with the result of each step, a line each.</summary>
    void OnLine(string line);

    /// <summary>Called during long work.</summary>
    /// <param name="share">Share that is done, 0 to 1.</param>
    /// <param name="text">What is being done.</param>
    void OnProgress(double share, string text);

    /// <summary>Called when all is chosen, before training begins.</summary>
    void OnPlan(AdaptPlan plan);
}
