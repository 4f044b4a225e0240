using System.Collections.Frozen;

namespace Graft.Files;

/// <summary>The known pairs of module and name, matched exactly and as a pair, never by prefix.</summary>
internal static class PickleGlobals
{
    private static readonly FrozenDictionary<(string, string), PickleMeaning> Known = new Dictionary<(string, string), PickleMeaning>
    {
        [("collections", "OrderedDict")] = PickleMeaning.OrderedDictionary,
        [("builtins", "set")] = PickleMeaning.Set,
        [("builtins", "frozenset")] = PickleMeaning.Set,
        [("__builtin__", "set")] = PickleMeaning.Set,
        [("__builtin__", "frozenset")] = PickleMeaning.Set,
        [("_codecs", "encode")] = PickleMeaning.EncodeLatin1,
        [("torch._utils", "_rebuild_tensor")] = PickleMeaning.RebuildTensor,
        [("torch._utils", "_rebuild_tensor_v2")] = PickleMeaning.RebuildTensorV2,
        [("torch._utils", "_rebuild_tensor_v3")] = PickleMeaning.RebuildTensorV3,
        [("torch._utils", "_rebuild_parameter")] = PickleMeaning.RebuildParameter,
        [("torch", "Size")] = PickleMeaning.Size,
        [("torch", "device")] = PickleMeaning.Device,
        [("torch", "Tensor")] = PickleMeaning.TypeOnly,
        [("torch.nn.parameter", "Parameter")] = PickleMeaning.TypeOnly,
        [("torch.storage", "UntypedStorage")] = PickleMeaning.UntypedStorage,
        [("torch", "UntypedStorage")] = PickleMeaning.UntypedStorage,
        [("numpy.core.multiarray", "scalar")] = PickleMeaning.NumpyScalar,
        [("numpy._core.multiarray", "scalar")] = PickleMeaning.NumpyScalar,
        [("numpy", "dtype")] = PickleMeaning.NumpyType,
        // A file in a file: refused even where foreign names are skipped.
        [("torch.storage", "_load_from_bytes")] = PickleMeaning.Forbidden,
    }.ToFrozenDictionary();

    internal static PickleGlobal Find(string module, string member)
    {
        if (Known.TryGetValue((module, member), out PickleMeaning meaning))
        {
            return new PickleGlobal(module, member, meaning, null);
        }

        if (module == "torch" && ElementTypes.TryFromStorage(member, out ElementType stored))
        {
            return new PickleGlobal(module, member, PickleMeaning.Storage, stored);
        }

        return module == "torch" && ElementTypes.TryFromTorch(member, out ElementType type)
            ? new PickleGlobal(module, member, PickleMeaning.ElementType, type)
            : new PickleGlobal(module, member, PickleMeaning.Foreign, null);
    }
}
