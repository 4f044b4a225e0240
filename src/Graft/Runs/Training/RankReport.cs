namespace Graft.Runs;

/// <summary>What processes that trained together exchanged.</summary>
/// <param name="Count">Number of processes.</param>
/// <param name="BytesPerStep">Bytes that each process gives to the others in a step.</param>
/// <param name="MessagesPerStep">Sums of gradients in a step.</param>
/// <param name="WaitSecondsPerStep">Seconds of a step that this process waits for others and for the network.</param>
/// <param name="SynchronisedNorms">Layers whose batch statistics are those of the batch over all processes; 0: all statistics are frozen.</param>
public sealed record RankReport(int Count, long BytesPerStep, int MessagesPerStep, double WaitSecondsPerStep, int SynchronisedNorms);
