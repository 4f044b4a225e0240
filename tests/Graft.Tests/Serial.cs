// All tests of the process draw from one random generator: side by side they would take each other's numbers, and no failure would come back.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: TestCollectionOrderer(CollectionsByName.Name, "Graft.Tests")]
