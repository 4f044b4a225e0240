using Graft.Data;
using Graft.Torch.Images;

namespace Graft.Tests.Data;

public sealed class ImageStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(DamagedImages.Skip, DataProblemKind.DamagedImage, 1)]
    [InlineData(DamagedImages.Use, DataProblemKind.DamagedImageUsed, 2)]
    public void DamagedImage_IsSkippedOrUsed_AndCountedOnce(DamagedImages damaged, DataProblemKind kind, int used)
    {
        byte[] jpeg = File.ReadAllBytes(PngFile.Write(_folder, "images/0.jpg", 64, 48));
        using Image detailed = ImageFiles.Uneven(64, 48);
        byte[] cut = detailed.Encode(".jpg");
        File.WriteAllBytes(_folder.At("images", "1.jpg"), cut[..^40]);
        Assert.NotEmpty(jpeg);
        DetectionDataset data = Open(new DataOptions { Train = _folder.At("images"), Names = ["disc"], Damaged = damaged });
        Assert.Equal(used, Used(data));
        Assert.Equal(used, Used(data));
        Assert.Equal(2, data.Problems.CountOf(kind));
    }

    [Theory]
    [InlineData(null, 1)]
    [InlineData(12, 0)]
    public void DarkSixteenBitImage_IsCounted(int? depth, int noted)
    {
        Directory.CreateDirectory(_folder.At("images"));
        File.WriteAllBytes(_folder.At("images", "0.png"), ImageFiles.Deep(40, 40, 100, 4080));
        File.WriteAllBytes(_folder.At("images", "1.png"), ImageFiles.Deep(40, 40, 100, 60000));
        DetectionDataset data = Open(new DataOptions { Train = _folder.At("images"), Names = ["disc"], Depth = depth });
        Assert.Equal(2, Used(data));
        Assert.Equal(noted, data.Problems.CountOf(DataProblemKind.DarkImage));
    }

    public void Dispose() => _folder.Dispose();

    private static DetectionDataset Open(DataOptions options) => DetectionData.OpenSplit(options, DataSplit.Train);

    private static int Used(DetectionDataset data)
    {
        using EvaluationBatches batches = new(data, new BatchOptions { Size = 1, Side = 64, Workers = 0 });
        return batches.All().Sum(batch => batch.Images.Count);
    }
}
