using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Graft.Configuration;

/// <summary>Makes immutable records from nodes, and reports all mistakes at once.</summary>
internal sealed class ConfigBinder
{
    private const int MistakesShown = 10;

    private readonly List<(string Message, string? Hint)> _mistakes = [];
    private readonly NullabilityInfoContext _nullability = new();
    private readonly Dictionary<string, ConfigOrigin> _origins = [];
    private readonly List<string> _ignored = [];
    private Type _root = typeof(object);

    /// <summary>Where each path that was bound came from.</summary>
    public IReadOnlyDictionary<string, ConfigOrigin> Origins => _origins;

    /// <summary>Keys that are no settings, with their places, values and the reason.</summary>
    public IReadOnlyList<string> Ignored => _ignored;

    /// <summary>Binds a whole configuration; throws one <see cref="GraftException"/> that lists all mistakes.</summary>
    public T Bind<T>(ConfigMap map)
    {
        _root = typeof(T);
        object? value = BindRecord(typeof(T), map, "", null);
        if (_mistakes.Count > 0)
        {
            throw _mistakes.Count == 1
                ? new GraftException(Failure.Usage, _mistakes[0].Message, _mistakes[0].Hint)
                : new GraftException(
                    Failure.Usage,
                    string.Join('\n', [
                        .. _mistakes.Take(MistakesShown).Select(mistake => $"{mistake.Message} {mistake.Hint}".TrimEnd()),
                        .. _mistakes.Count > MistakesShown ? new[] { $"and {_mistakes.Count - MistakesShown} more." } : [],
                    ]),
                    "Correct the settings listed.");
        }

        return (T)value!;
    }

    private object? BindValue(Type type, bool nullable, ConfigNode node, string path, NumberRange? range, object? current)
    {
        _origins[path] = node.Origin;
        Type plain = Nullable.GetUnderlyingType(type) ?? type;
        if (node is ConfigScalar { Text: null })
        {
            return nullable ? null : Mistake(node, $"{path} is empty, expected {Describe(plain, range)}.");
        }

        if (ConfigSchema.IsScalar(plain))
        {
            return node is ConfigScalar scalar
                ? BindScalar(plain, scalar, path, range)
                : Mistake(node, $"{path} is {node.Describe()}, expected {Describe(plain, range)}.");
        }

        if (ConfigSchema.ElementOf(plain) is { } element)
        {
            return BindList(plain, element, node, path, range);
        }

        if (node is not ConfigMap map)
        {
            return Mistake(node, $"{path} is {node.Describe()}, expected {Describe(plain)}.");
        }

        return ConfigSchema.ValueOf(plain) is { } value
            ? BindDictionary(value, map, path, range)
            : BindRecord(plain, map, path, current);
    }

    private object? BindScalar(Type type, ConfigScalar node, string path, NumberRange? range)
    {
        string text = node.Text!;
        object? value = ConfigNumbers.Parse(type, text);
        if (value is null)
        {
            string? hint = type.IsEnum
                ? Nearest.Suggestion(text, Enum.GetNames(type).Select(ConfigSchema.SnakeCase))
                : ConfigNumbers.Hint(type, text, range);
            return Mistake(node, $"{path} is '{text}', expected {Describe(type, range)}.", hint);
        }

        if (range is { } allowed && IsNumber(type) && Convert.ToDouble(value, CultureInfo.InvariantCulture) is var number && !allowed.Contains(number))
        {
            return Mistake(node, $"{path} is {text}, expected {allowed}.", allowed.Hint(number));
        }

        return value;
    }

    private object? BindList(Type type, Type element, ConfigNode node, string path, NumberRange? range)
    {
        IReadOnlyList<ConfigNode> nodes = node switch
        {
            ConfigList list => list.Items,
            ConfigScalar { Text: { } text } when node.Origin == ConfigOrigin.CommandLine
                => [.. text.Split(',', StringSplitOptions.TrimEntries).Select(part => new ConfigScalar(node.Origin, part))],
            _ => [node],
        };
        Array items = Array.CreateInstance(element, nodes.Count);
        for (int i = 0; i < nodes.Count; i++)
        {
            object? item = BindElement(element, nodes[i], ConfigPath.Append(path, $"{i}"), range);
            if (item is not null)
            {
                items.SetValue(item, i);
            }
        }

        return type.IsGenericType && type.GetGenericTypeDefinition() == typeof(List<>) ? Activator.CreateInstance(type, items) : items;
    }

    private IDictionary BindDictionary(Type element, ConfigMap map, string path, NumberRange? range)
    {
        IDictionary items = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(typeof(string), element))!;
        foreach ((string key, ConfigNode node) in map.Entries)
        {
            items[key] = BindElement(element, node, ConfigPath.Append(path, key), range);
        }

        return items;
    }

    private object? BindElement(Type element, ConfigNode node, string path, NumberRange? range)
        => BindValue(element, Nullable.GetUnderlyingType(element) is not null, node, path, range, null);

    private object? BindRecord(Type declared, ConfigMap map, string path, object? current)
    {
        if (Choose(declared, map, path, current) is not { } type)
        {
            return null;
        }

        bool copies = current is not null && current.GetType() == type;
        object record = copies ? Copy(current!) : Activator.CreateInstance(type)!;
        IReadOnlyList<(string Key, PropertyInfo Property)> properties = ConfigSchema.Properties(type);
        bool polymorphic = ConfigSchema.Kinds(declared).Count > 0;
        foreach ((string key, ConfigNode node) in map.Entries)
        {
            PropertyInfo? property = properties.FirstOrDefault(property => property.Key == key).Property;
            if (property is not null)
            {
                bool nullable = Nullable.GetUnderlyingType(property.PropertyType) is not null
                    || (!property.PropertyType.IsValueType && _nullability.Create(property).WriteState != NullabilityState.NotNull);
                object? value = BindValue(
                    property.PropertyType,
                    nullable,
                    node,
                    ConfigPath.Append(path, key),
                    ConfigSchema.RangeOf(property),
                    property.GetValue(record));
                if (value is not null || nullable)
                {
                    property.SetValue(record, value);
                }
            }
            else if (type.GetCustomAttributes<RemovedSettingAttribute>().FirstOrDefault(removed => removed.Key == key) is { } removed)
            {
                Removed(node, path, removed);
            }
            else if (!(polymorphic && key == "kind"))
            {
                Unknown(node, path, key, properties.Select(property => property.Key));
            }
        }

        foreach ((string key, PropertyInfo property) in properties)
        {
            if (!copies && map[key] is null && property.IsDefined(typeof(RequiredMemberAttribute)))
            {
                Mistake(map, $"the setting '{ConfigPath.Append(path, key)}' is missing; expected {Describe(property.PropertyType)}.");
            }
        }

        return record;
    }

    private Type? Choose(Type declared, ConfigMap map, string path, object? current)
    {
        IReadOnlyList<KindAttribute> kinds = ConfigSchema.Kinds(declared);
        if (kinds.Count == 0)
        {
            return declared;
        }

        if (map["kind"] is not ConfigScalar { Text: { } name } node)
        {
            Type? type = current?.GetType() ?? (declared.IsAbstract ? null : declared);
            return type ?? (Type?)Mistake(map, $"{path} needs 'kind', one of {Names(kinds)}.");
        }

        return kinds.FirstOrDefault(kind => kind.Name == name)?.Type
            ?? (Type?)Mistake(
                node,
                $"{path}.kind is '{name}', expected one of {Names(kinds)}.",
                Nearest.Suggestion(name, kinds.Select(kind => kind.Name)));
    }

    private void Unknown(ConfigNode node, string path, string key, IEnumerable<string> known)
    {
        string full = ConfigPath.Append(path, key);
        if (key == "<<")
        {
            Mistake(node, $"'{full}': merge keys are not read.", "Write the keys out, or name a file under this one with _base_.");
            return;
        }

        string? elsewhere = ConfigSchema.Paths(_root).FirstOrDefault(other => other.EndsWith("." + key, StringComparison.Ordinal));
        string? hint = Nearest.Suggestion(key, known) is not null
            ? $"Did you mean '{ConfigPath.Append(path, Nearest.To(key, known)!)}'?"
            : elsewhere is not null ? $"Did you mean '{elsewhere}'?"
            : _mistakes.Count == 0 ? $"Known here: {string.Join(", ", known)}." : null;     // the list once, not with each mistake
        Mistake(node, $"there is no setting '{full}'.", hint);
    }

    private void Removed(ConfigNode node, string path, RemovedSettingAttribute removed)
    {
        string? text = (node as ConfigScalar)?.Text;
        if (node is ConfigScalar && (text is null || text.Equals(removed.Harmless, StringComparison.OrdinalIgnoreCase)))
        {
            return;
        }

        string full = ConfigPath.Append(path, removed.Key);
        if (removed.Ignored)
        {
            _ignored.Add($"{node.Origin}: {full} is {text ?? node.Describe()}; it is ignored: {removed.Reason}.");
        }
        else
        {
            Mistake(node, $"{full}: {removed.Reason}.", "Leave it out.");
        }
    }

    private object? Mistake(ConfigNode node, string message, string? hint = null)
    {
        _mistakes.Add(($"{node.Origin}: {message}", hint));
        return null;
    }

    // Records copy themselves through a method that the compiler writes; other classes start from their own defaults.
    private static object Copy(object record)
        => record.GetType().GetMethod("<Clone>$")?.Invoke(record, null) ?? Activator.CreateInstance(record.GetType())!;

    private static string Names(IEnumerable<KindAttribute> kinds) => string.Join(", ", kinds.Select(kind => kind.Name));

    private static bool IsNumber(Type type) => ConfigNumbers.IsReal(type) || ConfigNumbers.IsWhole(type);

    private static string Describe(Type type, NumberRange? range = null)
    {
        Type plain = Nullable.GetUnderlyingType(type) ?? type;
        return range is { } allowed && IsNumber(plain) ? $"{Describe(plain)}, {allowed}"
            : plain == typeof(string) ? "text"
            : plain == typeof(bool) ? "true or false"
            : ConfigNumbers.IsWhole(plain) ? "a whole number"
            : plain.IsEnum ? "one of " + string.Join(", ", Enum.GetNames(plain).Select(ConfigSchema.SnakeCase))
            : plain.IsPrimitive ? "a number"
            : ConfigSchema.ElementOf(plain) is not null ? "a list"
            : "a group of keys";
    }
}
