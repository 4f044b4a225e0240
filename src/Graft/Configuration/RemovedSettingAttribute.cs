namespace Graft.Configuration;

/// <summary>A key that older files hold and that is no setting: its harmless value is passed over; any other is an error with a reason, or
/// <see cref="Ignored"/>.</summary>
/// <param name="key">The key.</param>
/// <param name="harmless">The value that changes nothing.</param>
/// <param name="reason">What the message says, such as "mixed precision is not available".</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class RemovedSettingAttribute(string key, string harmless, string reason) : Attribute
{
    /// <summary>The key.</summary>
    public string Key { get; } = key;

    /// <summary>The value that changes nothing.</summary>
    public string Harmless { get; } = harmless;

    /// <summary>What the message says.</summary>
    public string Reason { get; } = reason;

    /// <summary>Whether other values are listed in <see cref="Config{T}.Ignored"/> instead of refused.</summary>
    public bool Ignored { get; init; }
}
