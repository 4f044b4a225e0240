using System.IO.Compression;
using System.Xml.Linq;
using Graft.Torch.Images;

namespace Graft.Runtime.Tests.Packages;

/// <summary>Packs into a folder feed; programs outside the repository are built from it and run, as a user would.</summary>
public sealed class PackageTests(PackedFeed feed) : IClassFixture<PackedFeed>
{
    [Fact]
    public void Runtime_depends_on_two_packages_and_runs_everywhere()
    {
        XElement metadata = feed.Metadata("Graft.Runtime");
        Assert.Equal("Apache-2.0", Text(metadata, "license"));
        Assert.NotEmpty(Text(metadata, "description"));
        string[] groups = [.. Named(metadata, "group").Select(group => (string)group.Attribute("targetFramework")!).Order()];
        Assert.Equal(["net10.0", "net8.0"], groups);
        Assert.All(Named(metadata, "group"), group => Assert.All(
            Named(group, "dependency").Select(one => (string)one.Attribute("id")!),
            id => Assert.True(id.StartsWith("Microsoft.ML.OnnxRuntime", StringComparison.Ordinal) || id.StartsWith("SkiaSharp", StringComparison.Ordinal), id)));
        string[] files = feed.Files("Graft.Runtime");
        Assert.Superset(
            new HashSet<string>(["lib/net8.0/Graft.Runtime.dll", "lib/net8.0/Graft.Runtime.xml", "lib/net10.0/Graft.Runtime.dll", "PACKAGE.md"]), files.ToHashSet());
        Assert.DoesNotContain(files, file => file.StartsWith("runtimes/", StringComparison.Ordinal) || file.StartsWith("contentFiles/", StringComparison.Ordinal));
        Assert.True(File.Exists(feed.Path("Graft.Runtime", "snupkg")));
    }

    [Fact]
    public void Graft_brings_its_parts_and_the_native_library()
    {
        string[] ids = [.. Named(feed.Metadata("Graft"), "dependency").Select(one => (string)one.Attribute("id")!)];
        Assert.Superset(new HashSet<string>(["Graft.Torch", "Graft.Runtime"]), ids.ToHashSet());
        Assert.DoesNotContain("Grpc.Tools", ids);
        Assert.Contains("runtimes/linux-x64/native/libgraft.so", feed.Files("Graft.Torch"));
        Assert.Contains(feed.Files("Graft"), file => file.StartsWith("contentFiles/any/any/configs/yolo_world/", StringComparison.Ordinal));
        Assert.Contains("lib/net10.0/Graft.dll", feed.Files("Graft"));
    }

    [Fact]
    public void Program_of_the_package_page_finds_a_box()
    {
        using TemporaryFolder folder = new();
        File.WriteAllBytes(folder.At("line-3.onnx"), ColourModel.Bytes());
        using Image image = new(64, 64, Colour.Grey(20));
        image.Rectangle(8, 16, 23, 47, Colour.Rgb(0, 0, 255), -1);
        // The name of the page; the contents tell the format.
        File.WriteAllBytes(folder.At("part.jpg"), image.Encode(".png"));
        string page = File.ReadAllText(Path.Combine(Shared.Checkout, "src", "Graft.Runtime", "PACKAGE.md"));
        string program = page.Split("```csharp\n")[1].Split("```")[0];
        Assert.Equal("blue 1.00 (8, 16), 16 × 32 px", feed.BuildAndRun(folder, "Graft.Runtime", program).Trim());
    }

    [Fact]
    public void Program_on_Graft_loads_the_native_library_and_finds_the_configurations()
    {
        using TemporaryFolder folder = new();
        const string Program = """
            using Graft.Torch;

            using Tensor two = Tensor.From([1f, 2f]), sum = two + two;
            Console.WriteLine($"sum {sum.ToSingles()[1]}");
            Console.WriteLine($"configurations {Directory.Exists(Path.Combine(AppContext.BaseDirectory, "configs", "yolo_world"))}");
            """;
        string output = feed.BuildAndRun(folder, "Graft", Program);
        Assert.Contains("sum 4", output, StringComparison.Ordinal);
        Assert.Contains("configurations True", output, StringComparison.Ordinal);
    }

    private static IEnumerable<XElement> Named(XElement root, string name) => root.Descendants().Where(element => element.Name.LocalName == name);

    private static string Text(XElement root, string name) => Named(root, name).Single().Value;
}

/// <summary>A folder feed with the packages of this checkout.</summary>
public sealed class PackedFeed : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public PackedFeed()
    {
        foreach (string project in (string[])["Graft.Files", "Graft.Torch", "Graft.Runtime", "Graft"])
        {
            Processes.Run(
                Shared.Checkout, "dotnet", "pack", System.IO.Path.Combine("src", project), "-c", "Release", "--no-restore", "-nologo", "-v", "quiet",
                "-o", _folder.At("feed"));
        }
    }

    /// <summary>A packed file.</summary>
    internal string Path(string id, string kind = "nupkg")
        => Directory.EnumerateFiles(_folder.At("feed"), $"{id}.*.{kind}").Single(file => char.IsAsciiDigit(System.IO.Path.GetFileName(file)[id.Length + 1]));

    /// <summary>Names of the files inside a package.</summary>
    internal string[] Files(string id)
    {
        using ZipArchive zip = ZipFile.OpenRead(Path(id));
        return [.. zip.Entries.Select(entry => entry.FullName)];
    }

    /// <summary>The description that NuGet reads.</summary>
    internal XElement Metadata(string id)
    {
        using ZipArchive zip = ZipFile.OpenRead(Path(id));
        using Stream stream = zip.GetEntry($"{id}.nuspec")!.Open();
        return XElement.Load(stream);
    }

    /// <summary>Builds a program that references a package, and runs it; what it printed.</summary>
    internal string BuildAndRun(TemporaryFolder folder, string package, string program, params string[] arguments)
    {
        string version = System.IO.Path.GetFileNameWithoutExtension(Path(package))[(package.Length + 1)..];

        // Packages of others were restored when this project was built; ours come from the feed.
        string known = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        folder.Write("nuget.config", $"""
            <configuration>
              <packageSources>
                <clear />
                <add key="feed" value="{_folder.At("feed")}" />
              </packageSources>
              <fallbackPackageFolders><add key="known" value="{known}" /></fallbackPackageFolders>
            </configuration>
            """);
        folder.Write("Consumer.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
                <RestorePackagesPath>{folder.At("packages")}</RestorePackagesPath>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="{package}" Version="{version}" />
              </ItemGroup>
            </Project>
            """);
        folder.Write("Program.cs", program);
        Processes.Run(folder.Path, "dotnet", "build", "-c", "Release", "-nologo", "-v", "quiet", "-o", folder.At("out"));
        return Processes.Run(folder.Path, "dotnet", [folder.At("out", "Consumer.dll"), .. arguments]);
    }

    public void Dispose() => _folder.Dispose();
}
