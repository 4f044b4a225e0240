using Graft.Files;

namespace Graft.Peft;

/// <summary>Prefix and part of the adapted model in the tensor names of a checkpoint.</summary>
/// <param name="Prefix">What every name of the model begins with: <c>model.</c> in Lightning checkpoints, else empty.</param>
/// <param name="Owner">The part of the model that PEFT wrapped, with a dot, such as <c>language_model.</c>; empty when it is
/// the whole model.</param>
public sealed record CheckpointLayout(string Prefix, string Owner)
{
    private const string Lightning = "model.";

    /// <summary>Infers the layout from the names.</summary>
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
