using System.Text;
using Graft.Cli.CommandLine;

namespace Graft.Cli.Tests.CommandLine;

/// <summary>Random command lines are parsed or clearly refused.</summary>
public sealed class ArgumentMutationTests
{
    [Fact]
    public void AnyArguments_AreParsedOrRefused()
    {
        TextMutations mutations = new(9, ["train\ndata=x.yaml\n--data\nout\nepochs=5\ntrain.lr=1e-3", "--cfg-options\na=b\n--epochs\n3\n--json", "--conf=0.5\n--allow\nx\n-h\na b"]);
        ProbeCommand probe = new();
        int refused = 0;
        for (int i = 0; i < 3000; i++)
        {
            string[] words = Encoding.UTF8.GetString(mutations.Next()).Split('\n');
            try
            {
                Arguments.Parse(probe, words);
            }
            catch (GraftException error)
            {
                Assert.Equal(Failure.Usage, error.Failure);
                Assert.DoesNotContain("System.", error.Message, StringComparison.Ordinal);
                refused++;
            }
        }

        Assert.InRange(refused, 100, 2900);
    }
}
