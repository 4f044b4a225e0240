using Graft.Files;

namespace Graft.Peft;

/// <summary>Where the adapted model sits among the names of a checkpoint.</summary>
/// <param name="Prefix">What every name of the model begins with: <c>model.</c> in Lightning checkpoints, else nothing.</param>
/// <param name="Owner">The part of the model that PEFT wrapped, with a dot, such as <c>language_model.</c>; nothing when it is
/// the whole.</param>
public sealed record CheckpointLayout(string Prefix, string Owner)
{
    private const string Lightning = "model.";

    /// <summary>Reads the layout off the names.</summary>
    /// <param name="file">The checkpoint.</param>
    public static CheckpointLayout Of(WeightFile file)
    {
        bool isLightning = file.Root?["pytorch-lightning_version"] is not null
            && file.Entries.Any(entry => NameMap.WithoutWrappers(entry.Name).StartsWith(Lightning, StringComparison.Ordinal));
        string prefix = isLightning ? Lightning : "";
        foreach (WeightEntry entry in file.Entries)
        {
            string name = NameMap.WithoutWrappers(entry.Name);
            int at = name.IndexOf(PeftKey.Prefix, StringComparison.Ordinal);
            if (at >= prefix.Length && name.StartsWith(prefix, StringComparison.Ordinal) && (at == 0 || name[at - 1] == '.'))
            {
                return new CheckpointLayout(prefix, name[prefix.Length..at]);
            }
        }

        return new CheckpointLayout(prefix, "");
    }
}
