// Only classes that touch no global state run side by side; tests/Common/CollectionsByUse.cs says why.
[assembly: CollectionBehavior(CollectionsByUse.Name, "Graft.Torch.Tests")]
