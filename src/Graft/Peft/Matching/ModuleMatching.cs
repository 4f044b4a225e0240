using System.Globalization;

namespace Graft.Peft;

/// <summary>Decides, as PEFT does, whether a configuration adapts a module.</summary>
internal static class ModuleMatching
{
    internal static bool IsTargeted(PeftConfig config, string module, bool firstNumber)
    {
        if (IsNamed(config.ExcludeModules, module) || config.ModulesToSave.Any(entry => IsAtOrBelow(entry, module)))
        {
            return false;
        }

        PeftTargets targets = config.TargetModules;
        if (targets.Pattern is { } pattern)
        {
            return targets.AllLinear || PeftPattern.FitsWhole(pattern, module);
        }

        // A full name is adapted regardless of the layer numbers.
        return targets.Names.Contains(module)
            || (targets.Names.Any(name => EndsWith(module, name)) && IsInLayers(config, module, firstNumber));
    }

    private static bool IsNamed(PeftTargets targets, string module)
        => targets.Pattern is { } pattern ? PeftPattern.FitsWhole(pattern, module)
            : targets.Names.Any(name => module == name || EndsWith(module, name));

    private static bool EndsWith(string module, string name)
        => module.Length > name.Length && module[module.Length - name.Length - 1] == '.' && module.EndsWith(name, StringComparison.Ordinal);

    /// <summary>Whether the path contains the components of an entry, so that the module is that one or below it.</summary>
    private static bool IsAtOrBelow(string entry, string module)
        => $".{module}.".Contains($".{entry}.", StringComparison.Ordinal);

    private static bool IsInLayers(PeftConfig config, string module, bool firstNumber)
        => config.LayersToTransform is not { } layers || (LayerOf(config, module, firstNumber) is { } layer && layers.Contains(layer));

    private static long? LayerOf(PeftConfig config, string module, bool firstNumber)
    {
        string[] parts = module.Split('.');
        if (config.LayersPattern.Count > 0)
        {
            foreach (string list in config.LayersPattern)
            {
                for (int i = parts.Length - 3; i >= 1; i--)
                {
                    if (PeftPattern.FitsWhole(list, parts[i]) && Number(parts[i + 1]) is { } number)
                    {
                        return number;
                    }
                }
            }

            return null;
        }

        // A layer's number follows the name of a list that is not at the root, and precedes the name of a submodule.
        IEnumerable<long?> numbers = parts.Skip(2).SkipLast(1).Select(Number).Where(number => number is not null);
        return firstNumber ? numbers.FirstOrDefault() : numbers.LastOrDefault();
    }

    private static long? Number(string part)
        => long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;
}
