using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Graft.Runtime.Tests;

/// <summary>The package references ONNX Runtime, SkiaSharp and the framework only, and nothing in it is written for one system.</summary>
[SideBySide]
public sealed partial class IndependenceTests
{
    private static readonly string Folder = Path.Combine(Shared.Checkout, "src", "Graft.Runtime");

    [Fact]
    public void TheAssembly_ReferencesOnnxRuntimeAndSkiaSharpOnly()
    {
        string[] others = [.. typeof(OnnxDetector).Assembly.GetReferencedAssemblies().Select(name => name.Name!)
            .Where(name => !name.StartsWith("System.", StringComparison.Ordinal) && name != "Microsoft.Win32.Primitives").Order(StringComparer.Ordinal)];
        Assert.Equal(["Microsoft.ML.OnnxRuntime", "SkiaSharp"], others);
    }

    [Fact]
    public void TheProject_ReferencesTheirPackagesOnly_ForAllFrameworks()
    {
        XElement project = XElement.Load(Path.Combine(Folder, "Graft.Runtime.csproj"));
        Assert.Empty(project.Descendants("ProjectReference"));
        Assert.Empty(project.Descendants("Reference"));
        Assert.DoesNotContain(project.Descendants(), element => element.Attribute("Condition") is not null);
        Assert.Equal(
            ["Microsoft.ML.OnnxRuntime", "SkiaSharp", "SkiaSharp.NativeAssets.Linux.NoDependencies"],
            project.Descendants("PackageReference").Select(element => (string)element.Attribute("Include")!).Order(StringComparer.Ordinal));
        Assert.Equal("net8.0;net10.0", (string)project.Descendants("TargetFrameworks").Single());
    }

    [Fact]
    public void NoFile_AsksForTheSystem_OrCallsItsLibraries()
    {
        string[] files = [.. Directory.EnumerateFiles(Folder, "*.cs", SearchOption.AllDirectories)];
        Assert.True(files.Length > 30, $"only {files.Length} files were found");
        string[] wrong = [.. files.Select(file => (File: file, Found: OfOneSystem().Match(File.ReadAllText(file))))
            .Where(found => found.Found.Success).Select(found => $"{Path.GetRelativePath(Folder, found.File)}: {found.Found.Value}")];
        Assert.True(wrong.Length == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void InstructionsOfOneProcessor_AreGuarded()
    {
        foreach (string file in Directory.EnumerateFiles(Folder, "*.cs", SearchOption.AllDirectories))
        {
            string text = File.ReadAllText(file);
            Assert.True(
                !text.Contains("Intrinsics.X86", StringComparison.Ordinal) || Regex.IsMatch(text, @"\b(Sse\w*|Ssse3|Avx\w*|Fma|Bmi\w*)\.(X64\.)?IsSupported"), $"{file} uses x86 instructions unasked");
            Assert.True(
                !text.Contains("Intrinsics.Arm", StringComparison.Ordinal) || Regex.IsMatch(text, @"\b(AdvSimd|Dp)\.(Arm64\.)?IsSupported"), $"{file} uses Arm instructions unasked");
        }
    }

    [GeneratedRegex(@"\b(DllImport|LibraryImport|OperatingSystem\.|RuntimeInformation\.|OSVersion|OSPlatform|SupportedOSPlatform|Registry\.|NativeLibrary\.)|^\s*#if\b|""/(proc|sys|dev|usr|etc|tmp)/", RegexOptions.Multiline)]
    private static partial Regex OfOneSystem();
}
