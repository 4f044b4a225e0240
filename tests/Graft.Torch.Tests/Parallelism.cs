// Only classes that touch nothing global run side by side; tests/Common/CollectionsByUse.cs tells why.
[assembly: CollectionBehavior(CollectionsByUse.Name, "Graft.Torch.Tests")]
