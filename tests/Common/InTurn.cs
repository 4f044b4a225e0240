using Xunit;

namespace Graft.Testing;

/// <summary>The collection of tests that run one after another, beside those that touch no global state.</summary>
[SeededByName]
public sealed class InTurn;

/// <summary>The collection of tests beside which no other test runs.</summary>
[SeededByName, CollectionDefinition("alone", DisableParallelization = true)]
public sealed class Alone;
