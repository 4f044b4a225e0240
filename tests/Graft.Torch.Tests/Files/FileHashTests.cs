using Graft.Files;

namespace Graft.Torch.Tests.Files;

/// <summary>Hashes of files.</summary>
[SideBySide]
public sealed class FileHashTests : IDisposable
{
    // SHA-256 of "abc", from FIPS 180-2, appendix B.1.
    private const string Abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void TheHash_IsThatOfTheBytes_OrOfTheFirstOnes()
    {
        string path = Path.Combine(_folder.Path, "file");
        File.WriteAllText(path, "abc");
        Assert.Equal(Abc, FileHash.Of(path));
        Assert.Equal(Abc, FileHash.Of(path, 4096));
        File.AppendAllText(path, "d");
        Assert.NotEqual(Abc, FileHash.Of(path));
        Assert.Equal(Abc, FileHash.Of(path, 3));
    }

    [Fact]
    public void AFileThatCannotBeRead_HasNone()
    {
        Assert.Null(FileHash.OrNull(Path.Combine(_folder.Path, "missing")));
        Assert.Throws<FileNotFoundException>(() => FileHash.Of(Path.Combine(_folder.Path, "missing")));
    }

    public void Dispose() => _folder.Dispose();
}
