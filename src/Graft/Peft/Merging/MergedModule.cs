namespace Graft.Peft;

/// <summary>One module after merging.</summary>
/// <param name="Name">The weight that changed.</param>
/// <param name="RelativeChange">Norm of the change over the norm of the weight before.</param>
public sealed record MergedModule(string Name, double RelativeChange);
