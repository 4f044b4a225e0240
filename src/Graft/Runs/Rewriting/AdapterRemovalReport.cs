namespace Graft.Runs;

/// <summary>What came out when adapters were taken out of a merged model.</summary>
/// <param name="Exact">Whether the weights are those from before the merge bit for bit, because the base was kept.</param>
/// <param name="MaxRelative">Merged once more, how far the weights are from the merged ones: largest difference relative to the largest value
/// of its tensor.</param>
/// <param name="Tuned">Tensors that stay as they were tuned, since tuning unfroze them.</param>
public sealed record AdapterRemovalReport(bool Exact, double MaxRelative, int Tuned);
