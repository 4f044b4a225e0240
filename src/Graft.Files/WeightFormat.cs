namespace Graft.Files;

/// <summary>The containers that <see cref="WeightFile"/> reads; recognised by content, not by name.</summary>
public enum WeightFormat
{
    /// <summary>PyTorch 1.6 and later: a zip file with a pickle and one member per storage.</summary>
    TorchZip,

    /// <summary>PyTorch 0.1.10 to 1.5: five pickles in a row, then the storages.</summary>
    TorchLegacy,

    /// <summary>safetensors.</summary>
    SafeTensors,

    /// <summary>Several safetensors files under one <c>.index.json</c>.</summary>
    SafeTensorsSharded,

    /// <summary>One NumPy array.</summary>
    Npy,

    /// <summary>A zip file of NumPy arrays.</summary>
    Npz,

    /// <summary>An ONNX model, of which only the initializers are read.</summary>
    Onnx,
}
