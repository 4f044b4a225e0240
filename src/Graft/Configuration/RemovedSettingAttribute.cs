namespace Graft.Configuration;

/// <summary>A key that older files hold and that is no setting: its harmless value is ignored, any other is an error with a reason.</summary>
/// <param name="key">The key.</param>
/// <param name="harmless">The value that changes nothing; null: every value is ignored, since the weights say the same.</param>
/// <param name="reason">What the error says, such as "mixed precision is not available"; for keys of which every value is ignored, why.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class RemovedSettingAttribute(string key, string? harmless, string reason) : Attribute
{
    /// <summary>The key.</summary>
    public string Key { get; } = key;

    /// <summary>The value that changes nothing; null: every value is ignored.</summary>
    public string? Harmless { get; } = harmless;

    /// <summary>What the error says.</summary>
    public string Reason { get; } = reason;
}
