using System.Reflection;
using System.Text;

namespace Graft.Torch.Tests.Interop;

/// <summary>Compares the native library's exports with the imports of C#.</summary>
public class ExportedSymbolsTests
{
    private const string Prefix = "graft_";

    [Fact]
    public void Exports_AreExactlyTheImports()
    {
        string[] exported = [.. ElfSymbols.Defined(Path.Combine(AppContext.BaseDirectory, "libgraft.so")).Where(IsOurs).Distinct().Order(StringComparer.Ordinal)];
        string[] imported = [.. Imports().Distinct().Order(StringComparer.Ordinal)];
        Assert.True(exported.Length > 50, $"only {exported.Length} symbols were found");
        Assert.Empty(imported.Except(exported));     // would fail when first called
        Assert.Empty(exported.Except(imported));     // never called
    }

    [Fact]
    public void PlainNames_AllHaveThePrefix()
    {
        // A plain C symbol of Graft could shadow one of glib's or of libtorch's; mangled names of templates cannot.
        string[] linker = ["_init", "_fini", "_edata", "_end", "__bss_start"];
        IEnumerable<string> plain = ElfSymbols.Defined(Path.Combine(AppContext.BaseDirectory, "libgraft.so"))
            .Where(name => !name.StartsWith("_Z", StringComparison.Ordinal) && !linker.Contains(name));
        Assert.All(plain, name => Assert.StartsWith(Prefix, name, StringComparison.Ordinal));
    }

    private static IEnumerable<string> Imports()
        => typeof(Tensor).Assembly.GetTypes().Where(type => type.Namespace == "Graft.Torch.Interop")
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly))
            .Select(method => method.Name).Where(IsOurs);

    private static bool IsOurs(string name) => name.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Reads the dynamic symbol table of a 64-bit little-endian ELF library.</summary>
    private static class ElfSymbols
    {
        private const int SectionHeader = 64, Symbol = 24, DynamicSymbols = 11;

        internal static IEnumerable<string> Defined(string path)
        {
            byte[] file = File.ReadAllBytes(path);
            Assert.Equal("\u007fELF\u0002\u0001", Encoding.ASCII.GetString(file, 0, 6));
            long sections = BitConverter.ToInt64(file, 0x28);
            int count = BitConverter.ToUInt16(file, 0x3C);
            (long At, long Size, int Link) table = Section(Enumerable.Range(0, count).Select(Header)
                .Single(header => BitConverter.ToInt32(file, (int)header + 4) == DynamicSymbols));
            long names = Section(Header(table.Link)).At;
            for (long at = table.At; at < table.At + table.Size; at += Symbol)
            {
                if (BitConverter.ToUInt16(file, (int)at + 6) != 0)       // 0: imported
                {
                    int start = (int)names + BitConverter.ToInt32(file, (int)at);
                    yield return Encoding.ASCII.GetString(file, start, Array.IndexOf(file, (byte)0, start) - start);
                }
            }

            long Header(int number) => sections + ((long)number * SectionHeader);

            (long At, long Size, int Link) Section(long header) => (
                BitConverter.ToInt64(file, (int)header + 24), BitConverter.ToInt64(file, (int)header + 32), BitConverter.ToInt32(file, (int)header + 40));
        }
    }
}
