namespace Graft.Peft;

/// <summary>How several adapters are combined. Only the first two give the weighted sum of their updates.</summary>
public enum CombinationMethod
{
    /// <summary>Matrices side by side: the ranks add up, the result is exactly the weighted sum.</summary>
    Cat,

    /// <summary>The weighted sum of the updates, cut to a rank by singular values: the best adapter of that rank.</summary>
    Svd,

    /// <summary>PEFT's <c>linear</c>: sums of the matrices; equal ranks only, and every pair of adapters leaves a cross term.</summary>
    Linear,

    /// <summary>PEFT's <c>svd</c>: as <see cref="Svd"/>, but the scalings are applied twice.</summary>
    PeftSvd,

    /// <summary>PEFT's <c>ties</c> (arXiv:2306.01708), on the matrices instead of the updates.</summary>
    Ties,

    /// <summary>PEFT's <c>magnitude_prune</c>: the largest entries of each matrix, then as <see cref="Linear"/>.</summary>
    MagnitudePrune,

    /// <summary>
    /// PEFT's <c>dare_linear</c> (arXiv:2311.03099): random entries of each matrix, rescaled, then as <see cref="Linear"/>.
    /// </summary>
    DareLinear,

    /// <summary>PEFT's <c>dare_ties</c>: random entries of each matrix, rescaled, then as <see cref="Ties"/>.</summary>
    DareTies,
}
