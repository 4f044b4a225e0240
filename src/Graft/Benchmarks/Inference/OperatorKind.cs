namespace Graft.Benchmarks;

/// <summary>What an operator does, in either engine.</summary>
public enum OperatorKind
{
    /// <summary>Convolutions, with what is fused into them.</summary>
    Convolution,

    /// <summary>Matrix products.</summary>
    MatrixProduct,

    /// <summary>Operators of single values: sigmoid, SiLU, products, sums.</summary>
    Elementwise,

    /// <summary>Concatenation, splitting, slicing.</summary>
    Join,

    /// <summary>Resizing of feature maps.</summary>
    Resize,

    /// <summary>Pooling.</summary>
    Pooling,

    /// <summary>Softmax.</summary>
    Softmax,

    /// <summary>Copies into another order or shape.</summary>
    Layout,

    /// <summary>Conversions between float and integers.</summary>
    Quantization,

    /// <summary>Best values, gathering, suppression.</summary>
    Selection,

    /// <summary>Everything else.</summary>
    Other,
}
