using Graft.Data;

namespace Graft.Tests.Data;

[SideBySide]
public class PrefetchTests
{
    [Fact]
    public void Sequences_ShareThreadsThatStay()
    {
        HashSet<string> names = [];
        for (int epoch = 0; epoch < 5; epoch++)
        {
            foreach (string? name in Prefetch.InOrder(0, 20, workers: 1, _ => Thread.CurrentThread.IsThreadPoolThread ? null : Thread.CurrentThread.Name, _ => { }, default))
            {
                names.Add(Assert.IsType<string>(name));
            }
        }

        Assert.InRange(names.Count, 1, LoaderThreads.Shared.MaximumConcurrencyLevel);
        Assert.All(names, name => Assert.StartsWith("graft loader", name, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void Results_ComeInOrder_AndUnusedOnesAreDropped(int workers)
    {
        List<int> dropped = [], taken = [];
        foreach (int made in Prefetch.InOrder(2, 40, workers, number => number, dropped.Add, default))
        {
            taken.Add(made);
            if (taken.Count == 10)
            {
                break;
            }
        }

        Assert.Equal(Enumerable.Range(2, 10), taken);
        Assert.Equal(Enumerable.Range(12, workers), dropped);
    }

    [Fact]
    public void AFailure_ReachesTheConsumer_AndTheThreadsContinue()
    {
        IEnumerable<int> failing = Prefetch.InOrder(0, 5, 2, number => number == 2 ? throw new InvalidDataException("two") : number, _ => { }, default);
        Assert.Equal("two", Assert.Throws<InvalidDataException>(() => failing.Sum()).Message);
        Assert.Equal(10, Prefetch.InOrder(0, 5, 2, number => number, _ => { }, default).Sum());
    }
}
