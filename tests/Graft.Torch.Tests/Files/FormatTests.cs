using System.Text.Json;

namespace Graft.Files.Tests;

/// <summary>Every container variant returns the values that were written.</summary>
[SideBySide]
public class FormatTests
{
    private static string PathOf(params string[] parts) => Shared.Golden(["files", "formats", .. parts]);

    private static JsonElement Expected(string name) => JsonDocument.Parse(File.ReadAllText(PathOf(name))).RootElement;

    [Theory]
    [InlineData("zip_protocol2.pth", "expected_tensors.json")]
    [InlineData("zip_protocol3.pth", "expected_tensors.json")]
    [InlineData("zip_protocol4.pth", "expected_tensors.json")]
    [InlineData("zip_protocol5.pth", "expected_tensors.json")]
    [InlineData("legacy_protocol2.pth", "expected_tensors.json")]
    [InlineData("legacy_ordereddict_protocol4.pth", "expected_tensors.json")]
    [InlineData("zip_cuda_location.pth", "expected_zip_cuda_location.json")]
    [InlineData("zip_deflated.pth", "expected_zip_deflated.json")]
    [InlineData("zip_big_endian.pth", "expected_zip_big_endian.json")]
    [InlineData("torch2_float8_v3.pth", "expected_torch2_float8_v3.json")]
    [InlineData("state_dict_with_metadata.pth", "expected_state_dict_with_metadata.json")]
    [InlineData("all_dtypes.safetensors", "expected_all_dtypes_safetensors.json")]
    public void Container_HoldsItsValues(string file, string expectation)
    {
        JsonElement expected = Expected(expectation);
        expected = expected.TryGetProperty("tensors", out JsonElement tensors) ? tensors : expected;
        using WeightFile weights = WeightFile.Open(PathOf(file), WeightPolicy.Strict);
        List<JsonProperty> wanted = [.. expected.EnumerateObject().Where(property => property.Value.ValueKind == JsonValueKind.Object)];
        Assert.Equal(wanted.Select(property => property.Name).Order(), weights.Entries.Select(entry => entry.Name).Order());
        foreach (JsonProperty property in wanted)
        {
            ExpectedTensors.AssertMatches(property.Value, weights[property.Name]);
        }
    }

    [Theory]
    [InlineData("nested.pth")]
    [InlineData("nested_protocol5.pth")]
    public void NestedContainers_NameTensorsByTheirPath(string file)
    {
        using WeightFile weights = WeightFile.Open(PathOf(file), WeightPolicy.Strict);
        foreach (JsonProperty property in Expected("expected_nested.json").GetProperty("paths").EnumerateObject())
        {
            ExpectedTensors.AssertMatches(property.Value, weights[property.Name]);
        }
    }

    [Fact]
    public void LightningFile_LoadsBesideForeignClasses()
    {
        JsonElement expected = Expected("expected_lightning_foreign_classes.json");
        using WeightFile weights = WeightFile.Open(PathOf("lightning_foreign_classes.ckpt"));
        Assert.Equal("state_dict", weights.Origin);
        Assert.Equal(expected.GetProperty("foreign_classes").EnumerateArray().Select(name => name.GetString()!).Order(),
            weights.ForeignClasses.Keys.Where(name => name is not ("__builtin__.getattr" or "__builtin__.list")).Order());
        foreach (JsonProperty property in expected.GetProperty("state_dict").EnumerateObject())
        {
            ExpectedTensors.AssertMatches(property.Value, weights[property.Name]);
        }

        PickleValue parameters = weights.Root!["hyper_parameters"]!;
        foreach (JsonProperty property in expected.GetProperty("readable").EnumerateObject())
        {
            Assert.Equal(property.Value.GetDouble(), parameters[property.Name]!.Number);
        }

        GraftException error = Assert.Throws<GraftException>(() => WeightFile.Open(PathOf("lightning_foreign_classes.ckpt"),
            WeightPolicy.Strict));
        Assert.Contains("panovlm_private.config", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NumPyArrays_HoldTheirValues()
    {
        foreach (JsonProperty property in Expected(Path.Combine("npy", "expected.json")).EnumerateObject())
        {
            string file = PathOf("npy", property.Name + ".npy");
            if (!File.Exists(file))
            {
                continue;
            }

            using WeightFile weights = WeightFile.Open(file);
            Assert.Equal(property.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()), weights.Single.Shape);
            ExpectedTensors.AssertValues(property.Value, weights.Single);
        }
    }

    [Theory]
    [InlineData("stored.npz")]
    [InlineData("deflated.npz")]
    public void NumPyArchives_HoldTheirValues(string file)
    {
        JsonElement expected = Expected(Path.Combine("npy", "expected.json"));
        using WeightFile weights = WeightFile.Open(PathOf("npy", file));
        Assert.NotEmpty(weights.Entries);
        foreach (WeightEntry entry in weights.Entries)
        {
            ExpectedTensors.AssertValues(expected.GetProperty(entry.Name), entry);
        }
    }
}
