namespace Graft.Files;

/// <summary>The meaning of an allowed global; everything else is foreign.</summary>
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
