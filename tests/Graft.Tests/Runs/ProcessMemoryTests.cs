using Graft.Runs;

namespace Graft.Tests.Runs;

public class ProcessMemoryTests
{
    [Theory]
    [InlineData("VmHWM:\t    2048 kB", 2)]
    [InlineData("VmHWM:\t12582912 kB", 12288)]
    [InlineData("VmRSS:\t274311272 kB", 267882.1015625)]
    public void LinesOfTheKernel_AreRead_HoweverLargeTheNumber(string line, double expected) => Assert.Equal(expected, ProcessMemory.Megabytes(line));
}
