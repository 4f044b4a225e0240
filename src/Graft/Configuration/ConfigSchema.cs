using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text;

namespace Graft.Configuration;

/// <summary>How record types look in YAML: keys, kinds, element types.</summary>
internal static class ConfigSchema
{
    private static readonly Type[] Lists =
        [typeof(IReadOnlyList<>), typeof(IReadOnlyCollection<>), typeof(IEnumerable<>), typeof(IList<>), typeof(List<>)];

    private static readonly Type[] Dictionaries = [typeof(IReadOnlyDictionary<,>), typeof(IDictionary<,>), typeof(Dictionary<,>)];
    private static readonly ConcurrentDictionary<Type, IReadOnlyList<(string Key, PropertyInfo Property)>> Cache = [];

    /// <summary>The settable properties of a record with their keys, base class first.</summary>
    public static IReadOnlyList<(string Key, PropertyInfo Property)> Properties(Type type) => Cache.GetOrAdd(type, static type =>
        [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanRead && property.SetMethod is { IsPublic: true } && property.GetIndexParameters().Length == 0)
            .OrderBy(property => Depth(property.DeclaringType!))
            .ThenBy(property => property.MetadataToken)
            .Select(property => (SnakeCase(property.Name), property))]);

    /// <summary>The kinds that a type declares; empty when it is not polymorphic.</summary>
    public static IReadOnlyList<KindAttribute> Kinds(Type type)
        => [.. type.GetCustomAttributes<KindListAttribute>(inherit: false).SelectMany(list => list.Kinds)];

    /// <summary>The kind name of a value's type, looked up on its base types; null when it has none.</summary>
    public static string? KindOf(Type type)
    {
        for (Type? at = type; at is not null; at = at.BaseType)
        {
            if (Kinds(at).FirstOrDefault(kind => kind.Type == type) is { } kind)
            {
                return kind.Name;
            }
        }

        return null;
    }

    /// <summary>The element type of a list type that can be bound, or null.</summary>
    public static Type? ElementOf(Type type)
    {
        if (type.IsArray)
        {
            return type.GetElementType();
        }

        return type.IsGenericType && Lists.Contains(type.GetGenericTypeDefinition()) ? type.GetGenericArguments()[0] : null;
    }

    /// <summary>The value type of a dictionary type with text keys that can be bound, or null.</summary>
    public static Type? ValueOf(Type type)
        => type.IsGenericType && Dictionaries.Contains(type.GetGenericTypeDefinition()) && type.GetGenericArguments()[0] == typeof(string)
            ? type.GetGenericArguments()[1]
            : null;

    /// <summary>The numbers that a property allows; null when it has no range.</summary>
    public static NumberRange? RangeOf(PropertyInfo property)
    {
        int multiple = property.GetCustomAttribute<MultipleOfAttribute>()?.Divisor ?? 0;
        return property.GetCustomAttribute<RangeAttribute>() is not { } range ? multiple == 0 ? null : new NumberRange(Multiple: multiple)
            : new NumberRange(
                Convert.ToDouble(range.Minimum, CultureInfo.InvariantCulture), Convert.ToDouble(range.Maximum, CultureInfo.InvariantCulture),
                range.MinimumIsExclusive, range.MaximumIsExclusive, multiple);
    }

    /// <summary>True for values that are written as one word or number.</summary>
    public static bool IsScalar(Type type)
    {
        Type plain = Nullable.GetUnderlyingType(type) ?? type;
        return plain == typeof(string) || plain.IsPrimitive || plain.IsEnum || plain == typeof(decimal);
    }

    /// <summary><c>LastStageOutChannels</c> → <c>last_stage_out_channels</c>; digits stay with the word before them.</summary>
    public static string SnakeCase(string name)
    {
        StringBuilder key = new();
        for (int i = 0; i < name.Length; i++)
        {
            bool endsCapitals = i + 1 < name.Length && char.IsLower(name[i + 1]);
            bool starts = i > 0 && char.IsUpper(name[i]) && (!char.IsUpper(name[i - 1]) || endsCapitals);
            key.Append(starts ? "_" : "").Append(char.ToLowerInvariant(name[i]));
        }

        return key.ToString();
    }

    /// <summary>All paths of settings below a type, for suggestions.</summary>
    public static IEnumerable<string> Paths(Type type, string path = "", int depth = 0)
    {
        foreach ((string key, PropertyInfo property) in Properties(type))
        {
            string at = ConfigPath.Append(path, key);
            Type of = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            yield return at;
            if (!IsScalar(of) && ElementOf(of) is null && ValueOf(of) is null && depth < 4)
            {
                foreach (string inner in Paths(of, at, depth + 1))
                {
                    yield return inner;
                }
            }
        }
    }

    private static int Depth(Type type)
    {
        int depth = 0;
        for (Type? at = type; at is not null; at = at.BaseType)
        {
            depth++;
        }

        return depth;
    }
}
