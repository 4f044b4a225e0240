using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Graft.Torch.Images;

namespace Graft.Runtime.Tests.Samples;

/// <summary>The samples of the runtime run and do what their README says.</summary>
public sealed class RuntimeSamplesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _model, _image;

    public RuntimeSamplesTests()
    {
        (_model, _image) = (_folder.At("colours.onnx"), _folder.At("part.png"));
        File.WriteAllBytes(_model, ColourModel.Bytes());
        using Image image = new(64, 64, Colour.Grey(20));
        image.Rectangle(8, 16, 23, 47, Colour.Rgb(255, 0, 0), -1);
        File.WriteAllBytes(_image, image.Encode(".png"));
    }

    [Theory]
    [InlineData("DetectOnnx")]
    [InlineData("DetectNative")]
    public void Program_prints_the_box(string sample)
    {
        string output = Processes.Run(_folder.Path, "dotnet", Path.Combine(AppContext.BaseDirectory, sample + ".dll"), _model, _image);
        Assert.Contains("red 1.00 at (8, 16), 16 × 32 px", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Native_program_measures_its_start()
    {
        string output = Processes.Run(_folder.Path, "dotnet", Path.Combine(AppContext.BaseDirectory, "DetectNative.dll"), _model, _image);
        Assert.Matches(@"first boxes after \d+ ms: \d+ ms to start, \d+ ms to load the model; decode ", output);
    }

    [Fact]
    public async Task Service_answers_counts_and_refuses()
    {
        string program = Path.Combine(AppContext.BaseDirectory, "DetectService.dll");
        using Process service = Processes.Start(_folder.Path, "dotnet", program, _model, "--urls", "http://127.0.0.1:0");
        try
        {
            using HttpClient client = new() { BaseAddress = await AddressAsync(service), Timeout = TimeSpan.FromMinutes(2) };
            Assert.Contains("\"ok\"", await client.GetStringAsync("health"), StringComparison.Ordinal);

            using HttpResponseMessage answer = await client.PostAsync("detect", new ByteArrayContent(File.ReadAllBytes(_image)));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            JsonElement box = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("boxes").EnumerateArray().Single();
            Assert.Equal("red", box.GetProperty("name").GetString());
            Assert.Equal((8, 48), (box.GetProperty("x1").GetDouble(), box.GetProperty("y2").GetDouble()));

            using HttpResponseMessage refusal = await client.PostAsync("detect", new StringContent("no image"));
            Assert.Equal(HttpStatusCode.BadRequest, refusal.StatusCode);
            Assert.Contains("not a readable image", await refusal.Content.ReadAsStringAsync(), StringComparison.Ordinal);

            string metrics = await client.GetStringAsync("metrics");
            Assert.Contains("graft_images_total 1\n", metrics, StringComparison.Ordinal);
            Assert.Contains("graft_boxes_total{name=\"red\"} 1\n", metrics, StringComparison.Ordinal);
            Assert.Contains("graft_refused_total 1\n", metrics, StringComparison.Ordinal);
            Assert.Contains("graft_seconds_total{stage=\"inference\"} ", metrics, StringComparison.Ordinal);
        }
        finally
        {
            service.Kill();
            await service.WaitForExitAsync();
        }
    }

    public void Dispose() => _folder.Dispose();

    private static async Task<Uri> AddressAsync(Process service)
    {
        const string Sign = "Now listening on: ";
        while (await service.StandardOutput.ReadLineAsync() is { } line)
        {
            int at = line.IndexOf(Sign, StringComparison.Ordinal);
            if (at >= 0)
            {
                return new Uri(line[(at + Sign.Length)..].Trim());
            }
        }

        throw new InvalidOperationException($"The service ended: {await service.StandardError.ReadToEndAsync()}");
    }
}
