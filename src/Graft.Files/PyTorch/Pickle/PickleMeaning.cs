namespace Graft.Files;

/// <summary>What the reader does for an allowed global; everything else is foreign.</summary>
internal enum PickleMeaning
{
    Foreign,
    Forbidden,
    OrderedDictionary,
    Set,
    EncodeLatin1,
    RebuildTensor,
    RebuildTensorV2,
    RebuildTensorV3,
    RebuildParameter,
    Size,
    Device,
    TypeOnly,
    Storage,
    UntypedStorage,
    ElementType,
    NumpyScalar,
    NumpyType,
}
