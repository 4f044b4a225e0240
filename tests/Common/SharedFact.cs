using Xunit;

namespace Graft.Testing;

/// <summary>A fact that needs the shared reference data and is skipped, with the reason, where that is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SharedFactAttribute : FactAttribute
{
    /// <summary>Skips the test when the data is absent.</summary>
    public SharedFactAttribute()
    {
        if (Shared.Find() is null)
        {
            Skip = "The shared reference data (../shared beside the checkout) is absent.";
        }
    }
}

/// <summary>A theory that needs the shared reference data and is skipped, with the reason, where that is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SharedTheoryAttribute : TheoryAttribute
{
    /// <summary>Skips the test when the data is absent.</summary>
    public SharedTheoryAttribute()
    {
        if (Shared.Find() is null)
        {
            Skip = "The shared reference data (../shared beside the checkout) is absent.";
        }
    }
}
