using Xunit;

namespace Graft.Testing;

/// <summary>Definition of the tests that run one after another, beside those that touch nothing global.</summary>
[SeededByName]
public sealed class InTurn;

/// <summary>Definition of the tests beside which nothing runs.</summary>
[SeededByName, CollectionDefinition("alone", DisableParallelization = true)]
public sealed class Alone;
