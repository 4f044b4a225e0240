using Graft.Runs;

namespace Graft.Tests.Runs;

/// <summary>Which files are processed, where results go, and that nothing is lost or replaced. The files here are only listed, never
/// read.</summary>
public sealed class PredictionInputsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void EveryInput_HasAResultOfItsOwn()
    {
        Files("in/a/001.jpg", "in/a/001.png", "in/a/clip.avi", "in/a/clip.mkv", "in/a/clip.mp4", "in/b/001.jpg", "in/001.jpg");
        Assert.Equal(
            [
                "001.jpg", "a/001.jpg", "a/001.png.jpg", "a/clip.mp4", "a/clip.mkv.mp4", "a/clip-2.mp4", "b/001.jpg",
            ],
            Results(_folder.At("in")));
    }

    [Fact]
    public void SeveralTargetsOfOneName_AreNumbered()
    {
        Files("a/001.jpg", "b/001.jpg", "b/001.bmp", "c/001.jpg");
        Assert.Equal(
            ["001.jpg", "001.bmp.jpg", "001-2.jpg", "001-3.jpg", "001-4.jpg"],
            Results(_folder.At("a"), _folder.At("b"), _folder.At("c", "001.jpg"), _folder.At("c", "001.jpg")));
    }

    [Fact]
    public void NamesThatDifferInCapitalsOnly_StayApart()
    {
        Files("in/A.jpg", "in/a.jpg");
        Assert.Equal(2, Results(_folder.At("in")).Select(name => name.ToUpperInvariant()).Distinct().Count());
    }

    [Fact]
    public void OtherFiles_AreCounted_AndVideosOfFoldersAreSearched()
    {
        Files("in/a.jpg", "in/b.MP4", "in/c.heic", "in/d.heic", "in/e.gif", "in/notes");
        PredictionSurvey survey = Of(null, _folder.At("in")).Survey();
        Assert.Equal((1, 1), (survey.Images, survey.Videos));
        Assert.Equal(["4 files that are neither images nor videos (.heic 2, .gif 1, without extension 1) skipped"], survey.Notes("out"));
    }

    [Fact]
    public void ResultsInsideTheSearchedFolder_AreNotSearched_AndCounted()
    {
        Files("in/a.jpg", "in/o/a.jpg", "in/o/sub/b.mp4", "in/o/note.txt", "in/other/a.jpg");
        string results = _folder.At("in", "o");
        PredictionInputs inputs = Of(results, _folder.At("in"));
        PredictionSurvey survey = inputs.Survey();
        Assert.Equal((2, 2), (survey.Images, survey.Results));
        Assert.Equal([$"2 files in {results}, the folder of results, are skipped"], survey.Notes(results));
        Assert.Equal(["a.jpg", "other/a.jpg"], inputs.List().Select(input => input.Result.Replace('\\', '/')));
    }

    [Fact]
    public void ResultThatWouldReplaceAnInput_IsRefusedBeforeAnythingIsWritten()
    {
        Files("in/a.jpg", "in/sub/a.jpg", "in/sub/sub/a.jpg");
        Assert.Contains("is the input folder", Assert.Throws<GraftException>(() => Of(_folder.At("in"), _folder.At("in"))).Message, StringComparison.Ordinal);
        foreach (string target in new[] { _folder.At("in", "a.jpg"), Path.Combine(_folder.At("in", "sub"), "..", "a.jpg") })
        {
            GraftException error = Assert.Throws<GraftException>(() => Of(_folder.At("in"), target).Survey());
            Assert.Equal(Failure.Usage, error.Failure);
            Assert.Contains("would replace", error.Message, StringComparison.Ordinal);
        }

        // The input folder lies in that of the results, and holds a folder of its own name.
        Assert.Throws<GraftException>(() => Of(_folder.At("in"), _folder.At("in", "sub")).Survey());
    }

    [Fact]
    public void Links_AreFollowedOnce_AndDoNotHideWhatWouldBeReplaced()
    {
        Files("in/a.jpg", "in/deep/b.jpg");
        Directory.CreateSymbolicLink(_folder.At("in", "deep", "again"), _folder.At("in"));
        Directory.CreateSymbolicLink(_folder.At("link"), _folder.At("in"));
        Assert.Equal(["a.jpg", "deep/b.jpg"], Results(_folder.At("in")));
        Assert.Throws<GraftException>(() => Of(_folder.At("link"), _folder.At("in")));
        Assert.Throws<GraftException>(() => Of(_folder.At("link"), _folder.At("in", "a.jpg")).Survey());
    }

    [Fact]
    public void FolderWithoutImages_IsAnError_SayingWhatItHolds()
    {
        Files("in/a.heic", "more/a.jpg");
        GraftException error = Assert.Throws<GraftException>(() => Of(null, _folder.At("in")).Survey());
        Assert.Equal(Failure.Data, error.Failure);
        Assert.Contains("contains no images or videos", error.Message, StringComparison.Ordinal);
        Assert.Contains("1 file that is neither an image nor a video (.heic 1)", error.Message, StringComparison.Ordinal);
        Assert.Equal([_folder.At("in")], Of(null, _folder.At("in"), _folder.At("more")).Survey().EmptyFolders);
    }

    [Fact]
    public void FileAsFolderOfResults_IsRefused()
    {
        Files("in/a.jpg", "out");
        GraftException error = Assert.Throws<GraftException>(() => Of(_folder.At("out"), _folder.At("in")));
        Assert.Equal(Failure.Usage, error.Failure);
        Assert.Contains("is a file; expected a folder", error.Message, StringComparison.Ordinal);
    }

    private static PredictionInputs Of(string? results, params string[] targets) => new(targets, results, results ?? "runs/detect");

    private static IEnumerable<string> Results(params string[] targets)
        => Of(null, targets).List().Select(input => input.Result.Replace('\\', '/'));

    private void Files(params string[] names)
    {
        foreach (string name in names)
        {
            _folder.Write(name, "");
        }
    }
}
