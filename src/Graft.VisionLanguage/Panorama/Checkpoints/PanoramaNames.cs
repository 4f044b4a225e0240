using Graft.Files;
using Graft.Text;
using Graft.Torch.Weights;

namespace Graft.VisionLanguage;

/// <summary>The published names of PanoramaVLM's weights: several tensors are stored under two names, and training adds prefixes.</summary>
public static class PanoramaNames
{
    private const string Lightning = "model.", Vision = "vision_backbone.encoder.";
    private const string TokenEmbedding = "language_model.model.embed_tokens.weight", Head = "language_model.lm_head.weight";

    /// <summary>Second names, and the first names of the same tensors.</summary>
    private static readonly (string Second, string First)[] Duplicates =
        [("resampler.", "resampler_module.resampler."), ("vision_to_language_projection.", "projector.linear.")];

    /// <summary>All names of the model without adapters, duplicates included, in the published order.</summary>
    public static IEnumerable<ExpectedWeight> Published(PanoramaVlm model)
    {
        ArgumentNullException.ThrowIfNull(model);
        List<ExpectedWeight> own = [.. model.ExpectedWeights().Where(weight => !weight.Name.Contains(".lora_", StringComparison.Ordinal))];
        foreach (IGrouping<string, ExpectedWeight> part in own.GroupBy(weight => weight.Name.Split('.')[0]))
        {
            foreach (ExpectedWeight weight in part)
            {
                yield return weight;
            }

            if (part.Key == "language_model" && model.Options.Language.TiedHead)
            {
                yield return own.Single(weight => weight.Name == TokenEmbedding) with { Name = Head };
            }

            foreach ((string second, string first) in Duplicates)
            {
                foreach (ExpectedWeight weight in part.Where(weight => weight.Name.StartsWith(first, StringComparison.Ordinal)))
                {
                    yield return weight with { Name = second + weight.Name[first.Length..] };
                }
            }
        }
    }

    /// <summary>The prefix of the model's names after leading wrappers are removed: <c>model.</c> of Lightning, with or without wrappers inside it.</summary>
    internal static string PrefixOf(IEnumerable<string> names)
        => names.Select(NameMap.WithoutWrappers).Select(name => name[..Math.Max(0, name.IndexOf(Vision, StringComparison.Ordinal))])
            .FirstOrDefault(found => found.StartsWith(Lightning, StringComparison.Ordinal)
                && NameMap.WithoutWrappers(found[Lightning.Length..]).Length == 0) ?? "";

    /// <summary>The first name of a tensor with two names; the name itself otherwise.</summary>
    internal static string FirstNameOf(string name, bool tiedHead)
    {
        foreach ((string second, string first) in Duplicates)
        {
            if (name.StartsWith(second, StringComparison.Ordinal))
            {
                return first + name[second.Length..];
            }
        }

        return tiedHead && name == Head ? TokenEmbedding : name;
    }

    /// <summary>Maps a file's names to the model's: prefixes of Lightning and PEFT are removed, duplicates are unified.</summary>
    /// <param name="names">The file's names.</param>
    /// <param name="tiedHead">Whether the output layer is the token embedding.</param>
    public static NameMap From(IEnumerable<string> names, bool tiedHead)
    {
        ArgumentNullException.ThrowIfNull(names);
        string prefix = PrefixOf(names);
        string wrapped = prefix + "language_model.base_model.model.";
        NameMap map = new NameMap
        {
            [wrapped + "*.lora_A.*.weight"] = "language_model.*.lora_A.*.weight",
            [wrapped + "*.lora_B.*.weight"] = "language_model.*.lora_B.*.weight",
            [wrapped + "*.base_layer.*"] = "language_model.*.*",
        };
        if (tiedHead)
        {
            map[wrapped + "lm_head.weight"] = TokenEmbedding;
            map[prefix + Head] = TokenEmbedding;
        }

        map[wrapped + "*"] = "language_model.*";
        foreach ((string second, string first) in Duplicates)
        {
            map[prefix + second + "*"] = first + "*";
        }

        if (prefix.Length > 0)
        {
            map[prefix + "*"] = "*";
        }

        return map;
    }
}
