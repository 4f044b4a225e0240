using Graft.Data;
using Graft.Detectors;
using Graft.Text;
using Graft.Torch.Images;

namespace Graft.Tests.Data;

/// <summary>A data set of grey images with one red and one blue rectangle each, so that boxes can be found again in the pixels.</summary>
internal static class PaintedBoards
{
    public static readonly Colour[] Colours = [new(0, 0, 255), new(255, 0, 0)];

    public static DetectionDataset Write(TemporaryFolder folder, int count, int width = 200, int height = 160)
    {
        SplitMix64 random = new(5);
        List<DetectionImage> images = [];
        for (int i = 0; i < count; i++)
        {
            string path = folder.At($"{i:00}.png");
            using Image image = new(width, height, Colour.Grey(114));
            List<LabelledBox> objects = [];
            for (int label = 0; label < 2; label++)
            {
                int x = random.Integer(5, (width / 2) - 45) + (label * width / 2);
                int y = random.Integer(5, height - 45);
                (int w, int h) = (random.Integer(20, 40), random.Integer(20, 40));
                image.Rectangle(x, y, x + w - 1, y + h - 1, Colours[label], thickness: -1);
                objects.Add(new LabelledBox(label, new Box(x, y, x + w, y + h)));
            }

            File.WriteAllBytes(path, image.Encode(".png"));
            images.Add(new DetectionImage(100 + i, path, width, height, objects));
        }

        return new DetectionDataset
        {
            Source = folder.Path,
            ClassNames = ["red", "blue"],
            Categories = [new CocoCategory(1, "red"), new CocoCategory(2, "blue")],
            Prompts = PromptSet.Parse("red, blue"),
            Images = images,
            Annotations = [],
            Problems = new DataProblems(folder.Path),
        };
    }
}
