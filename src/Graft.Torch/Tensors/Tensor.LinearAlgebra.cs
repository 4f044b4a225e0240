namespace Graft.Torch;

/// <summary>Factorisations.</summary>
public sealed partial class Tensor
{
    /// <summary>Singular value decomposition of an m×n matrix: U m×k, S k in descending order, Vᵀ k×n with k = min(m, n).</summary>
    public (Tensor U, Tensor S, Tensor Vt) Svd() => Aten.Svd.CallMany(this, false) is [var u, var s, var vt] ? (u, s, vt) : default;

    /// <summary>QR decomposition: Q m×k, R k×n with k = min(m, n).</summary>
    public (Tensor Q, Tensor R) Qr() => Aten.Qr.CallMany(this) is [var q, var r] ? (q, r) : default;
}
