namespace Graft.Runs;

/// <summary>Parameters that are trained at one rate.</summary>
/// <param name="LearningRate">Their largest learning rate.</param>
/// <param name="WeightDecay">Their weight decay.</param>
/// <param name="Values">Number of parameters.</param>
/// <param name="Names">Their names.</param>
public sealed record RateGroup(double LearningRate, double WeightDecay, long Values, IReadOnlyList<string> Names);
